"""Fitting and evaluating models of single series, all columns of a table at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, cast

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.frames import Table, table
from comove.stats.garch import _beginning, _compiled, _recursion
from comove.stats.garch._model import Garch
from comove.stats.garch._search import best_of
from comove.stats.garch._spec import (
    Beginning,
    Engine,
    Innovations,
    Model,
    Series,
    Spec,
    Start,
)
from comove.stats.sample import Floats, matrix

FEWEST = 100
"""Fewest observations for which the parameters are fitted."""

_AT_ONCE = 1 << 20  # variances held at once by the grid in numpy: eight megabytes
_GRID = 121  # candidates of its first round
_COMPILED = Engine(_compiled.values, _compiled.sums)
_ALLOWED = ("mean", "omega", "alpha", "gamma", "beta", "nu")


def fit(
    x: ArrayLike,
    *,
    model: Model = "garch",
    innovations: Innovations = "normal",
    start: Start | ArrayLike = "sample_variance",
    compiled: bool = False,
) -> Garch:
    """Fit a constant-mean GARCH(1,1) or GJR to every column by quasi-maximum likelihood.

    Parameters
    ----------
    x
        Shape (T, k) or (T,), array or data frame, T >= 100. No NaN, no constant column.
    model
        "garch", or "gjr" where a negative shock raises variance by more than a positive one.
    innovations
        Density that the likelihood assumes. The normal one is consistent whatever the true one
        is; "t" is more precise under fat tails, if they are symmetric.
    start
        First variance: "sample_variance" (divisor T) of x; "backcast", an exponentially weighted
        mean of the first 75 squares stands for the square and the variance before the first;
        "rmgarch", the mean of the squared deviations from the fitted mean; or shape (k,), positive,
        the first variances themselves.
    compiled
        Run the sums in compiled code: the same numbers, faster for many or long series once the
        seconds of the first call are paid.

    Returns
    -------
    Garch
        Arrays read-only.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant``, ``start`` when not positive or not
        known, ``model`` or ``innovations`` when not known.

    Notes
    -----
    s_t = omega + (alpha + gamma 1(e_{t-1} < 0)) e_{t-1}^2 + beta s_{t-1}, e = x - mean. The sum of
    -1/2 (log 2 pi + log s_t + e_t^2 / s_t), or of the log-density of a t variable scaled to
    variance s_t, is maximised over omega > 0, alpha, alpha + gamma, beta >= 0 and persistence
    alpha + gamma / 2 + beta <= 1 - 1e-8.

    A grid in (persistence, alpha's share of it) at the sample mean under variance targeting,
    omega = (1 - persistence) var, refined once, finds the hill; Newton steps with the analytic
    Hessian climb it (scoring steps with the expected information where the surface is not
    concave). There is no randomness and no starting value to choose.

    When alpha is zero beta does not matter and is whatever the search last held. On short samples
    the likelihood can have two hills of nearly equal height; the grid picks the side. Software
    that reports other figures for the same data most often starts the path differently: compare
    under the same ``start``.

    References
    ----------
    Bollerslev (1986), "Generalized autoregressive conditional heteroskedasticity"; Glosten,
    Jagannathan and Runkle (1993), "On the relation between the expected value and the volatility
    of the nominal excess return on stocks"; Bollerslev (1987), "A conditionally heteroskedastic
    time series model for speculative prices and rates of return"; Francq, Horvath and Zakoian
    (2011), "Merits and drawbacks of variance targeting in GARCH models".

    Examples
    --------
    >>> noise = np.random.default_rng(1).standard_normal((400, 2))
    >>> found = fit(noise)
    >>> found.sigma2.shape, bool((found.alpha + found.beta < 1).all())
    ((400, 2), True)
    """
    data = table(x)
    values = matrix(data.values, least=FEWEST)
    spec = _spec(model, innovations)
    centre, scale = values.mean(axis=0), values.std(axis=0)
    shocks = (values - centre).T / scale[:, None]
    # Once more: a mean far from zero is not known to the last digit.
    left = shocks.mean(axis=1)
    shocks = np.ascontiguousarray(shocks - left[:, None])
    anchor, beginning, name = _start(shocks, start, scale)
    series = Series(shocks, anchor, beginning, spec)
    theta = _climbed(series, _COMPILED if compiled else _recursion.ENGINE)
    return _model(data, (series, name), theta, centre + left * scale, scale)


def evaluate(
    x: ArrayLike,
    params: Mapping[str, ArrayLike],
    *,
    start: Start | ArrayLike = "sample_variance",
) -> Garch:
    """Run given parameters over x: variances, residuals and likelihood without a search.

    Parameters
    ----------
    x
        As in :func:`fit`.
    params
        Shape (k,) each, or a number for all columns: "mean", "omega", "alpha", "beta", with
        "gamma" for GJR and "nu" for t innovations. ``Garch.params`` is one.
    start
        As in :func:`fit`.

    Returns
    -------
    Garch
        At the parameters given; its errors suppose that they are an optimum.

    Raises
    ------
    NotEstimable
        As :func:`fit`, and ``params`` when a name is missing or unknown or a variance could turn
        negative.

    Examples
    --------
    >>> noise = np.random.default_rng(1).standard_normal((400, 2))
    >>> found = fit(noise)
    >>> bool(np.allclose(evaluate(noise, found.params).loglik, found.loglik))
    True
    """
    data = table(x)
    values = matrix(data.values, least=FEWEST)
    size = values.shape[1]
    given = _given(params, size)
    spec = Spec(split="gamma" in params, tails="nu" in params)
    centre, scale = values.mean(axis=0), values.std(axis=0)
    shocks = np.ascontiguousarray((values - centre).T / scale[:, None])
    anchor, beginning, name = _start(shocks, start, scale)
    columns = [(given["mean"] - centre) / scale, given["omega"] / scale**2, given["alpha"]]
    if spec.split:
        columns.append(given["alpha"] + given["gamma"])
    columns.append(given["beta"])
    if spec.tails:
        columns.append(1.0 / given["nu"])
    series = Series(shocks, anchor, beginning, spec)
    return _model(data, (series, name), np.column_stack(columns), centre, scale)


def _spec(model: str, innovations: str) -> Spec:
    if model not in {"garch", "gjr"}:
        raise NotEstimable("model", model=model)
    if innovations not in {"normal", "t"}:
        raise NotEstimable("innovations", innovations=innovations)
    return Spec(split=model == "gjr", tails=innovations == "t")


def _start(
    shocks: Floats, start: Start | ArrayLike, scale: Floats
) -> tuple[Floats, Beginning, Start | Literal["given"]]:
    """Anchors in units of the shocks, the kind of beginning, and its name."""
    if isinstance(start, str):
        name = cast("Start", start)
        return (*_beginning.anchors(shocks, name), name)
    if start is None:
        raise NotEstimable("start", start=None)
    first = np.asarray(start, dtype=np.float64) / scale**2
    if first.shape != scale.shape or not ((first > 0.0) & np.isfinite(first)).all():
        raise NotEstimable("start", start=np.asarray(start).tolist())
    return first, "fixed", "given"


def _given(params: Mapping[str, ArrayLike], size: int) -> dict[str, Floats]:
    """Check parameters and bring each to shape (k,)."""
    missing = {"mean", "omega", "alpha", "beta"} - set(params)
    if missing or not set(params) <= set(_ALLOWED):
        raise NotEstimable("params", names=", ".join(sorted(params)))
    given = {}
    for name, value in params.items():
        column = np.asarray(value, dtype=np.float64)
        if column.shape not in {(), (size,)}:
            raise NotEstimable("shape", got=column.shape, columns=size)
        given[name] = np.broadcast_to(column, (size,))
    least = {**given, "alpha + gamma": given["alpha"] + given.get("gamma", np.zeros(size))}
    floors = {"alpha": 0.0, "alpha + gamma": 0.0, "beta": 0.0, "omega": 1e-300, "nu": 2.0 + 1e-9}
    for name, values in least.items():
        floor = floors.get(name, -np.inf)
        if not (np.isfinite(values) & (values >= floor)).all():
            raise NotEstimable("params", name=name, got=values.tolist())
    return given


def _climbed(series: Series, engine: Engine) -> Floats:
    """Optima (k, p), some columns at a time for memory."""
    group = max(1, _AT_ONCE // (_GRID * series.shocks.shape[1]))
    if engine is _COMPILED:
        group = len(series.shocks)
    found = []
    for begin in range(0, len(series.shocks), group):
        part = series.rows(slice(begin, begin + group))
        found.append(best_of(part, engine))
    return np.concatenate(found)


def _model(
    data: Table,
    began: tuple[Series, Start | Literal["given"]],
    theta: Floats,
    centre: Floats,
    scale: Floats,
) -> Garch:
    """Bring a fit of shocks of unit variance back to the units of x."""
    series, name = began
    spec, nobs = series.spec, series.shocks.shape[1]
    left, path = _recursion.path_at(series, theta)
    # The Jacobian of the scaling brings the likelihood back to x.
    loglik = _recursion.loglik(series, theta, left, path) - nobs * np.log(scale)
    size = len(scale)
    return Garch(
        names=data.names,
        index=data.index,
        model="gjr" if spec.split else "garch",
        innovations="t" if spec.tails else "normal",
        start=name,
        mean=centre + theta[:, 0] * scale,
        omega=theta[:, 1] * scale**2,
        alpha=theta[:, 2].copy(),
        gamma=theta[:, 3] - theta[:, 2] if spec.split else np.zeros(size),
        beta=theta[:, spec.beta].copy(),
        nu=1.0 / theta[:, -1] if spec.tails else np.full(size, np.inf),
        sigma2=np.ascontiguousarray(path.T) * scale**2,
        residuals=np.ascontiguousarray((left / np.sqrt(path)).T),
        loglik=loglik,
        presample=series.anchor * scale**2,
        nobs=nobs,
    )
