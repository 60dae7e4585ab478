"""Covariances of trailing windows, each window centred on its own mean."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from comove.stats.sample import Floats

_AT_ONCE = 1 << 19  # numbers held at once: four megabytes


def trailing_covariances(
    x: Floats, window: int, weights: Floats | None = None
) -> Iterator[tuple[slice, Floats, Floats]]:
    """Go through the windows of a sample, some at a time.

    Parameters
    ----------
    x
        Shape (T, k), finite.
    window
        Rows w of a window, 2 <= w <= T.
    weights
        Shape (w,), oldest row first, summing to one; equal when None.

    Yields
    ------
    tuple
        The windows' numbers (window n ends with row n + w - 1), means (n, k) and covariances
        (n, k, k) with divisor one for weights that sum to one: multiply by w / (w - 1) for the
        unbiased one.

    Notes
    -----
    Two passes over each window: nothing is left behind by a spike that has gone, as with running
    sums.
    """
    view = sliding_window_view(x, window, axis=0)  # (n, k, w)
    used = np.full(window, 1.0 / window) if weights is None else weights
    step = max(1, _AT_ONCE // (window * x.shape[1]))
    for first in range(0, len(view), step):
        rows = slice(first, min(first + step, len(view)))
        # about a row of the window first: the mean of a large level costs digits otherwise
        part = np.subtract(view[rows], view[rows][..., -1:], order="C")
        means = part @ used
        part -= means[..., None]
        covariance = (part * used) @ part.transpose(0, 2, 1)
        yield rows, means + view[rows][..., -1], covariance
