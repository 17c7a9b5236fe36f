"""Positions: fixed sinusoidal codes, learned tables, what a shift does to them, and their sum with words."""

from core.positions.comparison import BEYOND, STEPS, Comparison, compare_positions, spread
from core.positions.formula import FormulaTerms, formula_terms
from core.positions.learned import LearnedPositions
from core.positions.permutation import permutation_test
from core.positions.planar import sinusoidal_2d
from core.positions.schemes import SCHEMES, SLOPE, Scheme, alibi, rotary
from core.positions.sentences import word_rows
from core.positions.shifts import dot_by_distance, first_rise, rotation, similarities, turned
from core.positions.sinusoidal import LAYOUTS, Layout, distinct_codes, sinusoidal, wavelengths
from core.positions.sums import sum_with_words

__all__ = [
    "BEYOND",
    "LAYOUTS",
    "SCHEMES",
    "SLOPE",
    "STEPS",
    "Comparison",
    "FormulaTerms",
    "Layout",
    "LearnedPositions",
    "Scheme",
    "alibi",
    "compare_positions",
    "distinct_codes",
    "dot_by_distance",
    "first_rise",
    "formula_terms",
    "permutation_test",
    "rotary",
    "rotation",
    "similarities",
    "sinusoidal",
    "sinusoidal_2d",
    "spread",
    "sum_with_words",
    "turned",
    "wavelengths",
    "word_rows",
]
