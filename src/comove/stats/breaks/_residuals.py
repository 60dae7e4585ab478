"""What break tests look at: returns with their own changing variance taken out, or as they are."""

from __future__ import annotations

from typing import Literal

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.frames import Labels, table
from comove.stats.sample import Floats, matrix

Margins = Literal["garch", "none"]


def standardised_pair(x: object, margins: Margins, least: int) -> tuple[Floats, Labels]:
    """Read two series and standardise them.

    Parameters
    ----------
    x
        Shape (T, 2), array or frame.  No NaN, no constant column.
    margins
        "garch" divides each series by the variance of a GARCH(1,1) of its own; "none" does not.
    least
        Smallest T accepted.

    Returns
    -------
    tuple
        Values of mean zero and mean square one, (T, 2), and the row labels.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant``, ``option`` (margins) or
        ``collinear`` when one series is an exact linear function of the other.
    """
    if margins not in {"garch", "none"}:
        raise NotEstimable("option", margins=margins)
    given = table(x)
    values = matrix(given.values, least=least, columns=2)
    # centred and scaled first: a large level or a small unit costs no digits afterwards
    values = values - values[0]
    values = (values - values.mean(axis=0)) / np.abs(values).max(axis=0)
    if margins == "garch":
        from comove.stats import garch

        values = np.array(garch.fit(values / values.std(axis=0)).residuals)
        values -= values.mean(axis=0)
    values /= np.sqrt(np.mean(values * values, axis=0))
    together = abs(float(values[:, 0] @ values[:, 1])) / len(values)
    if together > 1.0 - 1e-12:
        raise NotEstimable("collinear", correlation=together)
    return values, given.index
