"""Copulas: what joins two series once each has been reduced to its ranks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.dependence._copula_errors import covariance, ellipse
from comove.stats.dependence._copula_search import maximum
from comove.stats.dependence._families import Family, FamilyName, family_of
from comove.stats.dependence._pair import pair
from comove.stats.frames import data_frame
from comove.stats.regression import critical_value, newey_west_lags
from comove.stats.result import Result
from comove.stats.sample import Floats

if TYPE_CHECKING:
    from pandas import DataFrame

FEWEST = 50
"""Fewest rows."""

_TIED = 0.5  # share of equal values above which ranks do not describe a series


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CopulaFit(Result):
    """A copula fitted to the ranks of two series.

    Parameters
    ----------
    family
        Its name.
    names
        Names of the p parameters.
    parameters, parameters_low, parameters_high
        Shape (p,), with their intervals.
    loglik, aic
        Log-likelihood of the ranks, and -2 loglik + 2 p.
    lower, lower_low, lower_high
        Coefficient of lower tail dependence with its interval; exactly zero where the family has
        none.
    upper, upper_low, upper_high
        The same for the upper tail.
    level, lags, nobs
        Coverage, Bartlett lag, T.
    """

    family: FamilyName
    names: tuple[str, ...]
    parameters: Floats
    parameters_low: Floats
    parameters_high: Floats
    loglik: float
    aic: float
    lower: float
    lower_low: float
    lower_high: float
    upper: float
    upper_low: float
    upper_high: float
    level: float
    lags: int
    nobs: int

    def to_frame(self) -> DataFrame:
        """Return one line per parameter and tail coefficient, with intervals."""
        tails = np.array(
            [
                [self.lower, self.lower_low, self.lower_high],
                [self.upper, self.upper_low, self.upper_high],
            ]
        )
        own = np.column_stack([self.parameters, self.parameters_low, self.parameters_high])
        lines = np.vstack([own, tails])
        columns = dict(zip(("value", "low", "high"), lines.T, strict=True))
        return data_frame(columns, [*self.names, "lower_tail", "upper_tail"])


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CopulaSelection(Result):
    """Several copulas fitted to one pair, the one with the lowest AIC first.

    Parameters
    ----------
    fits
        The fits, by rising AIC.
    weights
        Shape (n,), Akaike weights of the fits: how much evidence each has among those tried.
    nobs
        T.
    """

    headline: ClassVar[tuple[str, ...]] = ("selected", "lower", "upper")

    fits: tuple[CopulaFit, ...]
    weights: Floats
    nobs: int

    @property
    def best(self) -> CopulaFit:
        """The fit with the lowest AIC."""
        return self.fits[0]

    @property
    def selected(self) -> str:
        """Name of the best family."""
        return self.best.family

    @property
    def lower(self) -> float:
        """Coefficient of lower tail dependence of the best family."""
        return self.best.lower

    @property
    def upper(self) -> float:
        """Coefficient of upper tail dependence of the best family."""
        return self.best.upper

    def to_frame(self) -> DataFrame:
        """Return one line per family, best first."""
        names = ("loglik", "aic", "lower", "lower_low", "lower_high", "upper")
        columns = {name: [getattr(fit, name) for fit in self.fits] for name in names}
        return data_frame({**columns, "weight": self.weights}, [fit.family for fit in self.fits])


def copula_fit(
    x: object,
    y: object,
    family: FamilyName = "t",
    lags: int | None = None,
    level: float = 0.95,
) -> CopulaFit:
    r"""Fit a copula to the ranks of two series by maximum likelihood.

    Parameters
    ----------
    x, y
        Shape (T,): arrays or series, T >= 50.  Returns, or better returns divided by their
        conditional volatility; any unit, only ranks matter.  No NaN, not constant.
    family
        ``"gaussian"``, ``"t"``, ``"clayton"`` (lower tail), ``"rotated_gumbel"`` (lower tail) or
        ``"sjc"`` (symmetrised Joe-Clayton: both tails, each with its own coefficient).
    lags
        Bartlett lag of the intervals; the default rule of
        :func:`comove.stats.regression.newey_west_lags` when None.
    level
        Coverage of the intervals.

    Returns
    -------
    CopulaFit
        Parameters, likelihood, AIC, and coefficients of tail dependence, all with intervals.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant``, ``ties`` (more than half of a series
        is one value), ``collinear`` (one series is a monotone function of the other), ``family``,
        ``level``, ``lags``.

    Notes
    -----
    With :math:`u_t = rank(x_t) / (T + 1)`, maximise :math:`\sum_t \log c(u_t, v_t; \theta)`.  The
    coefficients of tail dependence follow from the parameters, see :func:`tail_coefficients`: they
    are as right as the family, and a family without tail dependence returns zero whatever the data
    say.  Fit several (:func:`copula_select`) and look at :func:`tail_dependence`, which assumes
    none.

    Intervals take into account that ranks stand in for the unknown distributions, which changes
    the variance, and that days depend on each other: with :math:`s` the score and B the curvature
    of the likelihood,

    .. math::
        \psi_t = B^{-1} \{ s(u_t, v_t) + W_1(u_t) + W_2(v_t) \}, \qquad
        W_1(u) = \tfrac{1}{T} \sum_j (1(u \le u_j) - u_j)\, \partial_u s(u_j, v_j)

    and the covariance of the parameters is the long-run variance of psi over T.  The interval of a
    tail coefficient is its range over the ellipse of that covariance, within the family's bounds.

    The degrees of freedom of the t copula are searched between 1 and 200; at 200 it is the normal
    one for all purposes.  Clayton and rotated Gumbel know no negative dependence: there they end at
    independence.

    References
    ----------
    Genest, C., Ghoudi, K. and Rivest, L.-P. (1995). A semiparametric estimation procedure of
    dependence parameters in multivariate families of distributions. Biometrika 82, 543-552.

    Demarta, S. and McNeil, A. J. (2005). The t copula and related copulas. International
    Statistical Review 73, 111-129.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> normal = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], 1500)
    >>> both = normal / np.sqrt(rng.chisquare(4, 1500) / 4)[:, None]
    >>> found = copula_fit(both[:, 0], both[:, 1], "t")
    >>> bool(found.lower_low < 0.3146 < found.lower_high), found.names
    (True, ('rho', 'nu'))
    """
    critical = critical_value(level)
    kind = family_of(family)
    first, second = pair(x, y, least=FEWEST)
    used = newey_west_lags(first.size) if lags is None else lags
    return _fitted(kind, *ranked(first, second), used, (level, critical))


def copula_select(
    x: object,
    y: object,
    families: Sequence[FamilyName] = ("gaussian", "t", "clayton", "rotated_gumbel"),
    lags: int | None = None,
    level: float = 0.95,
) -> CopulaSelection:
    """Fit several copulas and rank them by AIC.

    Parameters
    ----------
    x, y, lags, level
        See :func:`copula_fit`.
    families
        The families to try.

    Returns
    -------
    CopulaSelection
        All fits, the best first.

    Raises
    ------
    NotEstimable
        As :func:`copula_fit`; ``family`` also for an empty or repeating list.

    Notes
    -----
    AIC ranks; it does not say that the best is good.  Its interval for the tail coefficient knows
    nothing of the selection: look at the coefficients of all families with any weight.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> shared = rng.gamma(0.5, size=2000)
    >>> both = (1 + rng.exponential(size=(2, 2000)) / shared) ** -0.5  # Clayton, theta = 2
    >>> copula_select(both[0], both[1]).selected
    'clayton'
    """
    critical = critical_value(level)
    kinds = [family_of(family) for family in families]
    if not kinds or len({kind.name for kind in kinds}) < len(kinds):
        raise NotEstimable("family", families=tuple(families))
    first, second = pair(x, y, least=FEWEST)
    used = newey_west_lags(first.size) if lags is None else lags
    u, v = ranked(first, second)
    fits = [_fitted(kind, u, v, used, (level, critical)) for kind in kinds]
    fits.sort(key=lambda fit: fit.aic)
    lead = np.array([fits[0].aic - fit.aic for fit in fits])
    weights = np.exp(lead / 2.0)
    return CopulaSelection(fits=tuple(fits), weights=weights / weights.sum(), nobs=u.size)


def ranked(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Return the ranks of two series over T + 1.

    Parameters
    ----------
    first, second
        Shape (T,).

    Returns
    -------
    tuple[Floats, Floats]
        Each of shape (T,), strictly between 0 and 1; equal values share their mean rank.

    Raises
    ------
    NotEstimable
        ``ties`` when more than half of a series is one value, ``collinear`` when one series is a
        monotone function of the other.
    """
    u, v = _ranks(first), _ranks(second)
    if min(np.abs(u - v).max(), np.abs(u + v - 1.0).max()) < 1e-12:
        raise NotEstimable("collinear")
    return u, v


def _ranks(values: Floats) -> Floats:
    """Ranks over T + 1; equal values share their mean rank."""
    _, group, counts = np.unique(values, return_inverse=True, return_counts=True)
    if counts.max() > _TIED * values.size:
        raise NotEstimable("ties", equal=int(counts.max()), nobs=values.size)
    last = np.cumsum(counts)
    ranks: Floats = (last - (counts - 1) / 2.0)[group] / (values.size + 1.0)
    return ranks


def _fitted(
    kind: Family, u: Floats, v: Floats, lags: int, interval: tuple[float, float]
) -> CopulaFit:
    level, critical = interval
    best = maximum(kind, u, v)
    edge = ellipse(kind, best, covariance(kind, best, (u, v), lags), critical)
    parameters = kind.restored(best)
    loglik = float(kind.log_density(u, v, parameters).sum())
    around = np.array([kind.restored(point) for point in edge])
    tails = np.array([kind.tails(kind.restored(point)) for point in edge])
    lower, upper = kind.tails(parameters)
    return CopulaFit(
        family=kind.name,
        names=kind.parameters,
        parameters=np.array(parameters),
        parameters_low=around.min(axis=0),
        parameters_high=around.max(axis=0),
        loglik=loglik,
        aic=2.0 * len(parameters) - 2.0 * loglik,
        lower=lower,
        lower_low=float(tails[:, 0].min()),
        lower_high=float(tails[:, 0].max()),
        upper=upper,
        upper_low=float(tails[:, 1].min()),
        upper_high=float(tails[:, 1].max()),
        level=level,
        lags=lags,
        nobs=u.size,
    )
