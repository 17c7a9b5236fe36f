"""Positions: fixed sinusoidal codes, learned tables, what a shift does to them, and their sum with words."""

from core.positions.formula import FormulaTerms, formula_terms
from core.positions.learned import LearnedPositions
from core.positions.planar import sinusoidal_2d
from core.positions.sentences import word_rows
from core.positions.shifts import dot_by_distance, first_rise, rotation, similarities
from core.positions.sinusoidal import LAYOUTS, Layout, sinusoidal, wavelengths
from core.positions.sums import sum_with_words
from core.positions.training import TrainedTable, train_table

__all__ = [
    "LAYOUTS",
    "FormulaTerms",
    "Layout",
    "LearnedPositions",
    "TrainedTable",
    "dot_by_distance",
    "first_rise",
    "formula_terms",
    "rotation",
    "similarities",
    "sinusoidal",
    "sinusoidal_2d",
    "sum_with_words",
    "train_table",
    "wavelengths",
    "word_rows",
]
