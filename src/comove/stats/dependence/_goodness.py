"""Does a copula fit at all?  A Cramer-von Mises test of what it leaves unexplained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.dependence._conditionals import conditional
from comove.stats.dependence._copula import FEWEST, ranked
from comove.stats.dependence._copula_search import maximum
from comove.stats.dependence._families import Family, FamilyName, Parameters, family_of
from comove.stats.dependence._pair import pair
from comove.stats.frames import data_frame
from comove.stats.result import Result
from comove.stats.sample import Floats

if TYPE_CHECKING:
    from pandas import DataFrame

_HALVINGS = 45  # of the interval in which a conditional quantile lies


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class GoodnessOfFit(Result):
    """A test of the hypothesis that a pair has a copula of a family.

    Parameters
    ----------
    family
        Its name.
    statistic
        Cramer-von Mises distance of the transformed ranks from independence.
    pvalue
        Share of samples from the fitted copula, fitted again, with a distance at least as large.
    parameters
        Shape (p,), the parameters fitted.
    replications, nobs
        Number of samples drawn, T.
    """

    family: FamilyName
    statistic: float
    pvalue: float
    parameters: Floats
    replications: int
    nobs: int

    def to_frame(self) -> DataFrame:
        """Return the one line."""
        return data_frame({"statistic": [self.statistic], "pvalue": [self.pvalue]}, [self.family])


def goodness_of_fit(
    x: object,
    y: object,
    family: FamilyName,
    rng: np.random.Generator,
    replications: int = 199,
) -> GoodnessOfFit:
    r"""Test whether a copula family describes a pair.

    Parameters
    ----------
    x, y, family
        See :func:`copula_fit`.
    rng
        Source of chance; the same state gives the same p-value.
    replications
        Samples drawn from the fitted copula; each is fitted again, which takes a few milliseconds
        (the t copula: some tens of them).

    Returns
    -------
    GoodnessOfFit
        Statistic and p-value; a small one speaks against the family.

    Raises
    ------
    NotEstimable
        As :func:`copula_fit`; ``too_short`` for fewer than one replication.

    Notes
    -----
    With :math:`h(v \mid u)` the conditional distribution of the fitted copula,
    :math:`e_t = (u_t, h(v_t \mid u_t))` would be independent and uniform. With D their empirical
    distribution,

    .. math:: S = \sum_t \{D(e_t) - e_{t1} e_{t2}\}^2

    The days are taken as independent: spells of volatility make the test reject more often than it
    should, so give series divided by their conditional volatility.  AIC chooses among families;
    this says whether the chosen one will do.

    References
    ----------
    Genest, C., Remillard, B. and Beaudoin, D. (2009). Goodness-of-fit tests for copulas: a review
    and a power study. Insurance: Mathematics and Economics 44, 199-213.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> shared = rng.gamma(0.5, size=300)
    >>> both = (1 + rng.exponential(size=(2, 300)) / shared) ** -0.5  # Clayton, theta = 2
    >>> goodness_of_fit(both[0], both[1], "clayton", rng, 39).pvalue > 0.05
    True
    >>> goodness_of_fit(both[0], both[1], "gaussian", rng, 39).pvalue < 0.05
    True
    """
    kind = family_of(family)
    if replications < 1:
        raise NotEstimable("too_short", replications=replications, least=1)
    first, second = pair(x, y, least=FEWEST)
    u, v = ranked(first, second)
    parameters = kind.restored(maximum(kind, u, v))
    statistic = _distance(kind, parameters, u, v)
    null = np.empty(replications)
    for place in range(replications):
        drawn = ranked(*_drawn(kind, parameters, u.size, rng))
        null[place] = _distance(kind, kind.restored(maximum(kind, *drawn)), *drawn)
    return GoodnessOfFit(
        family=kind.name,
        statistic=statistic,
        pvalue=(1.0 + float((null >= statistic).sum())) / (1.0 + replications),
        parameters=np.array(parameters),
        replications=replications,
        nobs=u.size,
    )


def _distance(kind: Family, parameters: Parameters, u: Floats, v: Floats) -> float:
    """Cramer-von Mises distance of (u, h(v | u)) from independence."""
    order = np.argsort(u, kind="stable")
    first, second = u[order], conditional(kind.name, u, v, parameters)[order]
    # of the points to the left of each, how many lie below it: compared all with all, in order
    below = np.tril(second[None, :] <= second[:, None]).sum(axis=1)
    gaps = below / u.size - first * second
    return float(gaps @ gaps)


def _drawn(
    kind: Family, parameters: Parameters, nobs: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Sample of a copula: a uniform, and the conditional quantile of another by bisection."""
    u, level = rng.random((2, nobs))
    u = np.clip(u, 1e-12, 1.0 - 1e-12)
    low, high = np.zeros(nobs), np.ones(nobs)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        above = conditional(kind.name, u, middle, parameters) < level
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return u, (low + high) / 2.0
