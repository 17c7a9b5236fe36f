"""Telling valid from broken: AUC, accuracy and losses of scores."""

from __future__ import annotations

import numpy as np

from core.arrays import DoubleArray, FloatArray
from core.training.history import NOT_MEASURED, Measures

MOST = 4_000  # examples measured at most: the AUC is then sure to about .01, for a few milliseconds


def auc(valid: FloatArray | DoubleArray, broken: FloatArray | DoubleArray) -> float:
    """The chance that a valid example scores above a broken one, ties counting half (Mann & Whitney 1947)."""
    if not len(valid) or not len(broken):
        return NOT_MEASURED
    ordered = np.sort(broken)
    below = np.searchsorted(ordered, valid, "left") + np.searchsorted(ordered, valid, "right")
    return float(below.mean() / (2 * len(broken)))


def logistic(valid: FloatArray, broken: FloatArray, negatives: int = 1) -> Measures:
    """Mean logistic loss of valid examples with `negatives` broken ones each; .693147 at zero scores.

    With k negatives each the score of a fair guess is -log k, so that is where the accuracy
    divides; it is the mean of the two sides' accuracies, and a blind guess has .5.
    """
    right, wrong = np.logaddexp(0, -valid).mean(), np.logaddexp(0, broken).mean()
    line = -np.log(negatives)
    accuracy = ((valid > line).mean() + (broken <= line).mean()) / 2
    return Measures(float((right + negatives * wrong) / (1 + negatives)), float(accuracy), auc(valid, broken))


def hinge(valid: FloatArray, broken: FloatArray) -> Measures:
    """Mean of max(0, 1 - f(valid) + f(broken)) over pairs; 1 at equal scores (Collobert & Weston 2008).

    Such scores have no zero line, so accuracy is the share of pairs in the right order.
    """
    loss = np.maximum(0, 1 - valid + broken).mean()
    return Measures(float(loss), float((valid > broken).mean()), auc(valid, broken))
