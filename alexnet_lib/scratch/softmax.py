"""Softmax and cross-entropy: from scores to probabilities, and how wrong they are.

    softmax            p_k = e^(s_k) / sum_j e^(s_j)
    log_softmax        log p_k = s_k - log(sum_j e^(s_j))
    cross_entropy      -log p_label, the mean over the examples
    its gradient       (p - y) / N, where y is 1 for the label and 0 for the other classes

Adding the same number to all scores changes no probability. So the largest score is first moved
to 0: then no power of e overflows, and no sum is 0.

Shapes: scores (..., C) for softmax, which works along the last axis; scores (N, C) and
labels (N,), whole numbers from 0 to C - 1, for cross_entropy.
"""

import numpy as np

from alexnet_lib.scratch.arrays import check_rows, check_shape, floats

__all__ = [
    "cross_entropy",
    "cross_entropy_backward",
    "log_softmax",
    "log_softmax_backward",
    "softmax",
    "softmax_backward",
]


def softmax(scores):
    """Return probabilities, which sum to 1: scores (..., C) -> p (..., C)."""
    powers = np.exp(shifted_scores(scores))  # (..., C), the largest is 1
    return powers / powers.sum(-1, keepdims=True)  # (..., C)


def softmax_backward(dp, scores):
    """Return the gradient; each score acts on all probabilities: dp, scores -> dscores (..., C)."""
    dp, scores = floats(dp=dp, scores=scores)
    check_shape(dp, "dp", scores.shape, "the shape of the output")
    p = softmax(scores)  # (..., C)
    return p * (dp - (p * dp).sum(-1, keepdims=True))  # (..., C)


def log_softmax(scores):
    """Return the logarithms of the probabilities: scores (..., C) -> (..., C)."""
    scores = shifted_scores(scores)  # (..., C)
    return scores - np.log(np.exp(scores).sum(-1, keepdims=True))  # (..., C)


def log_softmax_backward(dlog, scores):
    """Return the gradient: dlog, scores (..., C) -> dscores (..., C)."""
    dlog, scores = floats(dlog=dlog, scores=scores)
    check_shape(dlog, "dlog", scores.shape, "the shape of the output")
    return dlog - softmax(scores) * dlog.sum(-1, keepdims=True)  # (..., C)


def cross_entropy(scores, labels):
    """Return the mean of -log p_label: scores (N, C), labels (N,) -> a number.

    It takes scores, not probabilities: a probability rounded to 0 would have no logarithm.
    """
    scores, labels = scores_and_labels(scores, labels)
    examples = np.arange(len(labels))  # (N,)
    return -log_softmax(scores)[examples, labels].mean()


def cross_entropy_backward(scores, labels):
    """Return (p - y) / N: each probability, minus 1 for the label.

    scores (N, C), labels (N,) -> dscores (N, C)
    """
    scores, labels = scores_and_labels(scores, labels)
    dscores = softmax(scores)  # (N, C)
    dscores[np.arange(len(labels)), labels] -= 1
    return dscores / len(labels)  # (N, C)


def shifted_scores(scores):
    """Return the scores minus the highest of them: (..., C) -> (..., C)."""
    (scores,) = floats(scores=scores)
    if scores.ndim == 0 or scores.shape[-1] == 0:
        raise ValueError(
            f"scores must have one number for each class along the last axis, (..., C),"
            f" but their shape is {scores.shape}."
        )
    return scores - scores.max(-1, keepdims=True)  # (..., C)


def scores_and_labels(scores, labels):
    """Return scores (N, C) as floats and labels (N,), after checking that each label is a class."""
    (scores,) = floats(scores=scores)
    check_rows(scores, "scores", "(N, C)")
    labels = np.asarray(labels)
    check_shape(labels, "labels", scores.shape[:1], "one for each row of scores")
    if len(labels) == 0:
        raise ValueError("The mean needs at least one example, but scores has no rows.")
    if labels.dtype.kind not in "iu":
        raise ValueError(f"labels must be whole numbers, not of type {labels.dtype}.")
    classes = scores.shape[1]
    wrong = labels[(labels < 0) | (labels >= classes)]
    if wrong.size:
        raise ValueError(
            f"Each label must be one of the {classes} classes, 0 to {classes - 1},"
            f" but {wrong[0]} was given."
        )
    return scores, labels
