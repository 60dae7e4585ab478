"""A switching regression in units of its own, and the way back."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comove.core.errors import NotEstimable
from comove.stats.conditioning import spectrum_condition
from comove.stats.sample import Floats

LARGEST_CONDITION = 1e6
"""Condition number of the scaled regressors above which coefficients are refused."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Design:
    """What the passes run on.

    Attributes
    ----------
    y
        Shape (T,), centred (with an intercept) and of unit standard deviation.
    x
        Shape (T, q), the intercept first when there is one; columns scaled, and centred when the
        intercept switches.
    places
        Shape (k, q): where in the vector of free coefficients each state finds its own.
    size
        Number of free coefficients.
    common_variance
        Whether one variance serves all states.
    back, shift
        Coefficients in the caller's units are ``back @ b + shift`` for each state's b of (q,).
    scale
        Standard deviation taken out of y.
    """

    y: Floats
    x: Floats
    places: NDArray[np.int64]
    size: int
    common_variance: bool
    back: Floats
    shift: Floats
    scale: float

    @property
    def states(self) -> int:
        """Number of states k."""
        return len(self.places)

    @property
    def variances(self) -> int:
        """Number of free variances."""
        return 1 if self.common_variance else self.states

    @property
    def data(self) -> tuple[Floats, Floats, NDArray[np.int64]]:
        """What the compiled passes take."""
        return self.y, self.x, self.places


def design(
    y: Floats, x: Floats, switches: tuple[bool, ...], states: int, common_variance: bool
) -> Design:
    """Standardise a regression.

    Parameters
    ----------
    y
        Shape (T,).
    x
        Shape (T, q), checked; a column of ones is the intercept and stands first.
    switches
        For each column, whether its coefficient differs between states.
    states
        k.
    common_variance
        One variance for all states.

    Returns
    -------
    Design
        Ready to run on.

    Raises
    ------
    NotEstimable
        ``constant`` or ``collinear``.
    """
    width = x.shape[1]
    intercept = bool((x[:, 0] == 1.0).all()) if width else False
    level = float(y.mean()) if intercept else 0.0
    scale = math.sqrt(float(np.mean((y - level) ** 2)))
    if scale == 0.0:
        raise NotEstimable("constant")
    means = x.mean(axis=0) if intercept and switches[0] else np.zeros(width)
    means[:1] = 0.0 if intercept else means[:1]
    centred = x - means
    sizes = np.sqrt(np.mean(centred * centred, axis=0))
    if (sizes == 0.0).any():
        raise NotEstimable("collinear", condition=math.inf)
    scaled = centred / sizes
    _refuse_collinear(scaled)
    back = np.diag(scale / sizes)
    shift = np.zeros(width)
    if intercept:
        back[0] -= means / sizes * scale
        shift[0] = level
    return Design(
        y=(y - level) / scale,
        x=np.ascontiguousarray(scaled),
        places=_places(switches, states),
        size=sum(states if switch else 1 for switch in switches),
        common_variance=common_variance,
        back=back,
        shift=shift,
        scale=scale,
    )


def _refuse_collinear(scaled: Floats) -> None:
    condition = spectrum_condition(scaled.T @ scaled / len(scaled))
    if condition > LARGEST_CONDITION:
        raise NotEstimable("collinear", condition=condition)


def _places(switches: tuple[bool, ...], states: int) -> NDArray[np.int64]:
    """Switching coefficients state by state, then the common ones."""
    moving = sum(switches)
    places = np.empty((states, len(switches)), dtype=np.int64)
    switching = np.flatnonzero(switches)
    places[:, switching] = np.arange(states * moving).reshape(states, moving)
    fixed = np.flatnonzero(~np.asarray(switches, dtype=bool))
    places[:, fixed] = states * moving + np.arange(len(fixed))
    return places
