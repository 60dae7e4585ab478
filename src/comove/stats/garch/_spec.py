"""What is estimated: which parameters the variance has, and how its path begins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from comove.stats.sample import Floats

Model = Literal["garch", "gjr"]
Innovations = Literal["normal", "t"]
Start = Literal["backcast", "sample_variance", "rmgarch"]
Beginning = Literal["backcast", "fixed", "rmgarch"]

LARGEST_PERSISTENCE = 1.0 - 1e-8
"""Persistence is kept at or below this, so the unconditional variance exists."""

LEAST_INVERSE_NU, LARGEST_INVERSE_NU = 1.0 / 500.0, 1.0 / 2.02
"""Bounds of 1 / nu: beyond 500 degrees of freedom nobody can tell t from normal."""


class Spec(NamedTuple):
    """Which parameters there are.

    Internally a model is a row (mean, omega, alpha, [alpha of negative shocks], beta, [1 / nu]):
    every slope is then bounded below by zero and nothing else, which a leverage term
    gamma = difference of the two alphas is not.
    """

    split: bool = False
    tails: bool = False

    @property
    def size(self) -> int:
        """Number of parameters."""
        return 4 + self.split + self.tails

    @property
    def slopes(self) -> int:
        """Number of parameters of the mean and the variance; 1 / nu would be the next."""
        return 4 + self.split

    @property
    def beta(self) -> int:
        """Position of beta."""
        return 3 + self.split

    @property
    def alphas(self) -> slice:
        """Positions of the one or two alphas."""
        return slice(2, 3 + self.split)

    @property
    def weights(self) -> Floats:
        """Weights (p,) whose product with the parameters is the persistence."""
        weights = np.zeros(self.size)
        weights[self.alphas] = 0.5 if self.split else 1.0
        weights[self.beta] = 1.0
        return weights


class Series(NamedTuple):
    """Shocks of unit variance and how the variance path of each begins.

    ``shocks`` has shape (k, T).  ``anchor`` (k,) is the first variance when the beginning is
    fixed, the presample square of a backcast, and not used by rmgarch's mean of squares.
    """

    shocks: Floats
    anchor: Floats
    beginning: Beginning
    spec: Spec

    def rows(self, chosen: NDArray[np.intp] | slice) -> Series:
        """Select some of the series."""
        return Series(self.shocks[chosen], self.anchor[chosen], self.beginning, self.spec)


class Sums(NamedTuple):
    """Sums over observations of the derivatives d_i and d_ij of the variance s.

    ``first`` (k, 3, slopes): of d_i weighted by dl/ds, by d2l/dsde and by d2l/dsdh, zero
    without tails.  ``products`` (k, slopes, slopes): of d_i d_j / s^2.  ``curved``, as large: of
    d2l/ds2 d_i d_j + dl/ds d_ij.
    """

    first: Floats
    products: Floats
    curved: Floats


class Derivatives(NamedTuple):
    """Log-likelihoods (k,), scores (k, p), expected information and Hessians (k, p, p)."""

    value: Floats
    score: Floats
    information: Floats
    hessian: Floats


class Engine(NamedTuple):
    """How sums over observations are taken: by numpy, or compiled."""

    values: Callable[[Series, Floats], Floats]
    sums: Callable[[Series, Floats, Floats, Floats, Floats], Sums]
