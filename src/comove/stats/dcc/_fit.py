"""Fitting and evaluating models of changing correlations, margins first."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats import garch
from comove.stats.dcc._climb import climb
from comove.stats.dcc._equation import Model, Start, moments
from comove.stats.dcc._likelihood import Likelihood, Objective, pairs_of
from comove.stats.dcc._model import Dcc
from comove.stats.dcc._search import starts
from comove.stats.frames import Table, table
from comove.stats.garch import Garch
from comove.stats.sample import Floats

_KNOWN = {
    "model": ("dcc", "cdcc", "adcc"),
    "start": ("backcast", "sample_variance", "rmgarch"),
    "margins": ("garch", "gjr"),
    "likelihood": ("full", "contiguous_pairs", "all_pairs"),
}
_SHORT = 3000  # rows of a pair that need no compiler
_COLLINEAR = 1e-8  # smallest eigenvalue of a correlation matrix that is still one


def fit(
    x: ArrayLike,
    *,
    model: Model = "dcc",
    margins: garch.Model = "garch",
    start: Start = "backcast",
    innovations: garch.Innovations = "normal",
    likelihood: Objective = "full",
) -> Dcc:
    """Fit volatilities column by column, then one law of motion of their correlations.

    Parameters
    ----------
    x
        Shape (T, k), array or data frame, T >= 100, k >= 2. No NaN, no constant column, no column
        that the others determine.
    model
        "dcc"; "cdcc", whose shocks are rescaled so that Q's target is that of the shocks and can
        be estimated consistently; "adcc", where joint falls weigh more than joint rises.
    margins, innovations
        Model and density of the first step, see ``garch.fit``.
    start
        What stands for the days before the first, in both steps. "backcast": exponentially
        weighted means of the first 75 days; "sample_variance": the means of all days, Q starting
        at its target; "rmgarch": the convention of that software, whose moments are demeaned with
        divisor T - 1 and whose presample shocks are all one.
    likelihood
        What the second step maximises: "full"; or the sum of the likelihoods of pairs of columns,
        each with its neighbour ("contiguous_pairs") or with every other ("all_pairs"). With many
        columns the full likelihood is slow, pulls a towards zero, and needs T well above k; pairs
        do not.

    Returns
    -------
    Dcc
        Parameters, likelihood, and on demand paths and errors.

    Raises
    ------
    NotEstimable
        ``shape`` (also for one column), ``too_short``, ``not_finite``, ``constant``, ``collinear``,
        ``model``, ``margins``, ``innovations``, ``start`` or ``likelihood`` when not known.

    Notes
    -----
    With e the residuals of the margins over their standard deviations,

        Q_t = (1 - a - b) S - g N + a e_{t-1} e'_{t-1} + g n_{t-1} n'_{t-1} + b Q_{t-1},
        R_t = diag(Q_t)^-1/2 Q_t diag(Q_t)^-1/2,

    n = e 1(e < 0), S and N the second moments of e and n. "dcc" has g = 0; "cdcc" has g = 0 and
    diag(Q)^1/2 e in the place of e, in S as well, which is then scaled to a unit diagonal. The sum
    of -1/2 (log det R_t + e' R_t^-1 e - e'e) is maximised over a, b, g >= 0 and
    a + b + d g <= 1 - 1e-6, d the largest eigenvalue of S^-1/2 N S^-1/2.

    A grid over a few pairs shows the hills; each is climbed by quasi-Newton steps on analytic
    gradients and the best top taken: no randomness. "adcc" with g = 0 is "dcc".

    The first call compiles (tens of seconds once on a machine, then about a second in each
    process); afterwards three columns of twenty years take hundredths of a second.  Two columns of
    up to 3,000 rows ("dcc" and "adcc") do without the compiler: hundredths of a second at once.

    Traps: the two steps are a filter rather than a model of the data. One a and b rule all pairs.
    R_t moves slowly, so that a jump of correlation shows late and small; a single wild day can
    still bend the path. With a near zero the path is flat and b arbitrary.

    References
    ----------
    Engle (2002), "Dynamic conditional correlation"; Cappiello, Engle and Sheppard (2006),
    "Asymmetric dynamics in the correlations of global equity and bond returns"; Aielli (2013),
    "Dynamic conditional correlation: on properties and estimation"; Pakel, Shephard, Sheppard and
    Engle (2021), "Fitting vast dimensional time-varying covariance models"; Caporin and McAleer
    (2013), "Ten things you should know about the dynamic conditional correlation representation".

    Examples
    --------
    >>> noise = np.random.default_rng(1).standard_normal((500, 3))
    >>> found = fit(noise @ np.array([[1, 0.5, 0], [0, 1, 0.5], [0, 0, 1]]))
    >>> found.correlation.shape, found.a + found.b < 1
    ((500, 3, 3), True)
    """
    check(model, start, margins, likelihood)
    data = table(x)
    compiled = not _small(data, model)
    first = garch.fit(x, model=margins, innovations=innovations, start=start, compiled=compiled)
    residuals = usable(first, likelihood)
    pairs = pairs_of(likelihood, residuals.shape[1])
    objective = Likelihood(moments(residuals, model, start), pairs, compiled)
    psi, value, hills = climbed(objective)
    return _model(first, psi, (model, start, likelihood), value, hills)


def _small(data: Table, model: Model) -> bool:
    """Whether a sample is done in plain numpy before the compiler would be loaded."""
    nobs, columns = data.values.shape
    return columns == 2 and nobs <= _SHORT and model != "cdcc"


def evaluate(
    margins: Garch, params: Mapping[str, float], *, model: Model = "dcc", start: Start | None = None
) -> Dcc:
    """Run given parameters over the residuals of given margins, without a search.

    Parameters
    ----------
    margins
        Of at least two columns, from ``garch.fit`` or ``garch.evaluate``.
    params
        "a", "b" and, for "adcc", "g": all at least zero, a + b < 1.
    model
        As in :func:`fit`.
    start
        As in :func:`fit`; that of the margins when None.

    Returns
    -------
    Dcc
        At the parameters given, with the likelihood of all columns; its errors suppose that the
        parameters are an optimum.

    Raises
    ------
    NotEstimable
        ``params``, ``model``, ``start``, ``shape`` or ``collinear``.

    Examples
    --------
    >>> noise = np.random.default_rng(1).standard_normal((500, 3))
    >>> margins = garch.fit(noise)
    >>> found = evaluate(margins, {"a": 0.02, "b": 0.95})
    >>> round(found.half_life, 1), found.pair("0", "2").shape
    (22.8, (500,))
    """
    chosen = start or ("sample_variance" if margins.start == "given" else margins.start)
    check(model, chosen, "garch", "full")
    names = ("a", "b", "g") if model == "adcc" else ("a", "b")
    if set(params) != set(names):
        raise NotEstimable("params", names=", ".join(sorted(params)))
    psi = np.array([float(params[name]) for name in names])
    residuals = usable(margins, "full")
    objective = Likelihood(moments(residuals, model, chosen))
    weights = np.array([1.0, 1.0, objective.reach()])[: len(psi)]
    if not (np.isfinite(psi).all() and (psi >= 0.0).all() and psi @ weights < 1.0):
        raise NotEstimable("params", **params)
    return _model(margins, psi, (model, chosen, "full"), objective.scores(psi)[0], 0)


def climbed(objective: Likelihood) -> tuple[Floats, float, int]:
    """Return the best top, its value, and how many hills were climbed."""
    tops = [climb(objective, psi) for psi in starts(objective)]
    psi, value = max(tops, key=lambda top: top[1])
    if not np.isfinite(value):
        raise NotEstimable("collinear")
    return psi, value, len(tops)


def check(model: str, start: str, margins: str, likelihood: str) -> None:
    """Refuse what is not known."""
    asked = {"model": model, "start": start, "margins": margins, "likelihood": likelihood}
    for name, known in _KNOWN.items():
        if asked[name] not in known:
            raise NotEstimable(name, **{name: asked[name]})


def usable(margins: Garch, likelihood: Objective) -> Floats:
    """Return standardised residuals, no column of them or of the returns owed to the others."""
    residuals = np.ascontiguousarray(margins.residuals)
    if residuals.shape[1] < 2:
        raise NotEstimable("shape", got=residuals.shape, least=2)
    for sample in (residuals, residuals * margins.sigma):
        correlation = np.corrcoef(sample.T)
        least = float(np.linalg.eigvalsh(correlation)[0])
        if likelihood != "full":
            # Pairs need no more than that no two columns are the same.
            least = 1.0 - float(np.abs(np.tril(correlation, -1)).max())
        if least < _COLLINEAR:
            raise NotEstimable("collinear", least_eigenvalue=least)
    return residuals


def _model(
    margins: Garch,
    psi: Floats,
    asked: tuple[Model, Start, Objective],
    criterion: float,
    climbed: int,
) -> Dcc:
    squares = margins.residuals**2 + np.log(2.0 * np.pi * margins.sigma2)
    joint = -0.5 * float(squares.sum()) + criterion
    return Dcc(
        names=margins.names,
        index=margins.index,
        model=asked[0],
        start=asked[1],
        likelihood=asked[2],
        a=float(psi[0]),
        b=float(psi[1]),
        g=float(psi[2]) if len(psi) == 3 else 0.0,
        loglik=joint if asked[2] == "full" else float("nan"),
        criterion=criterion,
        nobs=margins.nobs,
        starts=climbed,
        margins=margins,
    )
