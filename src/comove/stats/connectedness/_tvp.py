"""Connectedness from a vector autoregression whose parameters drift."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.connectedness._fevd import Decomposition, Method
from comove.stats.connectedness._prior import Prior, Start, start, with_errors
from comove.stats.connectedness._results import DriftingConnectedness
from comove.stats.connectedness._var import least_rows
from comove.stats.frames import table
from comove.stats.sample import Floats, matrix


@dataclass(frozen=True, kw_only=True)
class Drift:
    """How a vector autoregression drifts and where it starts.

    Parameters
    ----------
    lags
        Number p of lags.
    kappa
        Forgetting factors of the coefficients and of the covariance of the errors, in (0, 1].
    prior, gamma
        The prior, and the tightness of the Minnesota prior.
    causal
        Use no row later than the line's own.
    size
        Rows the prior may know; None for all of them.
    """

    lags: int
    kappa: tuple[float, float] = (0.99, 0.96)
    prior: Prior = "minnesota"
    gamma: float = 0.1
    causal: bool = True
    size: int | None = 200

    def __post_init__(self) -> None:
        """Refuse forgetting factors outside (0, 1], and a causal prior that knows everything."""
        if len(self.kappa) != 2 or not all(0.0 < factor <= 1.0 for factor in self.kappa):
            raise NotEstimable("kappa", kappa=self.kappa)
        if self.causal and self.size is None:
            raise NotEstimable("prior_size", prior_size=self.size)


@dataclass(frozen=True, kw_only=True, eq=False)
class Followed:
    """What the filter leaves behind: tables per line, and the model after the last row."""

    tables: Floats
    coefficients: Floats
    sigma: Floats
    explosive: int


def tvp_var(  # noqa: PLR0913 - the settings of the published method, each by its name
    x: object,
    lags: int,
    horizon: int,
    kappa: tuple[float, float] = (0.99, 0.96),
    prior: Prior = "minnesota",
    causal: bool = True,
    *,
    prior_size: int | None = 200,
    gamma: float = 0.1,
    method: Method = "generalized",
    normalize: bool = True,
) -> DriftingConnectedness:
    r"""Measure connectedness row by row, without a window.

    Parameters
    ----------
    x
        Shape (T, k), k >= 2: an array or a data frame.  No NaN.
    lags, horizon, method, normalize
        See :func:`static`.
    kappa
        Forgetting factors of the coefficients and of the covariance of the errors, in (0, 1].
        0.99 remembers about 100 rows, 0.96 about 25.
    prior
        ``"minnesota"``: coefficients start at 0 with variance gamma / lag^2; ``"uninformative"``:
        at 0 with variance 4; ``"bayes"``: at least squares on the first ``prior_size`` rows.
    causal
        True: line t rests on rows up to t only.  False: the compatibility mode described below.
    prior_size
        Causal: rows of the burn-in, which sets centre and scale; no line of it is returned.
        Compatible: rows of the ``"bayes"`` prior; None for all.
    gamma
        Tightness of the Minnesota prior.

    Returns
    -------
    DriftingConnectedness
        Causal: T - prior_size lines.  Compatible: T lines, the first of which show the prior only.
        ``explosive`` counts rows, those of the burn-in too, at which an update with a root outside
        the unit circle was refused and the coefficients before it were kept.

    Raises
    ------
    NotEstimable
        ``shape``, ``lags``, ``horizon``, ``method``, ``kappa``, ``prior``, ``gamma``,
        ``prior_size``, ``too_short``, ``not_finite``, ``constant`` (also within the burn-in) or
        ``collinear`` (also later: ``row`` says where).

    Notes
    -----
    With :math:`z_t` the lags and :math:`\beta` the stacked coefficients, forgetting is

    .. math::
        R_t = S_{t-1} / \kappa_1, \qquad
        Q_t = \kappa_2 Q_{t-1} + (1 - \kappa_2)\, e_t e_t', \qquad e_t = x_t - B_{t-1} z_t

    followed by the Kalman update of :math:`\beta_t, S_t` with error covariance :math:`Q_t`.  After
    an update with a root outside the unit circle the accepted coefficients stay as they were and
    the state becomes 0.99 times what it was before.

    Causal mode measures each column in deviations of its burn-in, so that units do not matter to
    the priors, and centres rows after the burn-in on the mean of all rows up to them.
    ``"bayes"`` gives coefficients the covariance they have, Q Kronecker (Z'Z)^-1, and begins after
    the burn-in; the other two pass through the burn-in, unseen.

    ``causal=False`` reproduces the R package ConnectednessApproach, and with it: centring on the
    mean of the whole sample and a start covariance from the whole sample, so that early lines know
    what came later; priors that depend on units; a ``"bayes"`` prior without the error covariance;
    0.1 x x' in place of squared errors in the first p rows; errors taken from an update that was
    refused.  Early totals have been seen to move by two points when later data are added.

    Low forgetting factors find spillover in noise: seven unrelated series show a total of about 6
    percent at (0.99, 0.99) and 13 at (0.99, 0.96), see :func:`null_band`.

    References
    ----------
    Koop, G. and Korobilis, D. (2014). A new index of financial conditions. European Economic Review
    71, 101-116.

    Antonakakis, N., Chatziantoniou, I. and Gabauer, D. (2020). Refined measures of dynamic
    connectedness based on time-varying parameter vector autoregressions. Journal of Risk and
    Financial Management 13, 84.

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_normal((400, 3))
    >>> path = tvp_var(x, lags=1, horizon=10)
    >>> path.total.shape, path.dates[0].item()
    ((200,), 200)
    """
    how = Decomposition(horizon=horizon, method=method, normalize=normalize)
    drift = Drift(lags=lags, kappa=kappa, prior=prior, gamma=gamma, causal=causal, size=prior_size)
    given = table(x)
    followed = follow(given.values, drift, how)
    lines = followed.tables.shape[0]
    return DriftingConnectedness(
        names=given.names,
        dates=given.index[len(given.index) - lines :],
        table=followed.tables,
        method=method,
        lags=lags,
        horizon=horizon,
        nobs=given.values.shape[0],
        explosive=followed.explosive,
        kappa=kappa,
        prior=prior,
        causal=causal,
        coefficients=followed.coefficients,
        sigma=followed.sigma,
    )


def follow(x: Floats, drift: Drift, how: Decomposition) -> Followed:
    """Run the filter over the rows of a sample.

    Parameters
    ----------
    x
        Shape (T, k).
    drift
        Lags, forgetting, prior and mode.
    how
        Horizon, method and normalisation.

    Returns
    -------
    Followed
        Tables of shape (T - size, k, k) when causal and (T, k, k) otherwise.

    Raises
    ------
    NotEstimable
        As :func:`tvp_var`.
    """
    least = least_rows(x.shape[1], drift.lags)
    known = drift.size if drift.causal or drift.prior == "bayes" else None
    if known is not None and known < least:
        raise NotEstimable("prior_size", prior_size=known, least=least)
    if not drift.causal:
        return _compatible(matrix(x, least=max(least, known or 0)), drift, how)
    burn = known or 0
    return _causal(matrix(x, least=burn + 1), burn, drift, how)


def _causal(values: Floats, burn: int, drift: Drift, how: Decomposition) -> Followed:
    values = values - values[0]  # a large common level would cost the means their digits
    early = matrix(values[:burn])
    mean, scale = early.mean(axis=0), early.std(axis=0)
    units = (values - mean) / scale
    begin = start(units[:burn], drift.lags, drift.prior, drift.gamma)
    units[burn:] -= (np.cumsum(units, axis=0) / np.arange(1, len(units) + 1)[:, None])[burn:]
    first = drift.lags
    if drift.prior == "bayes":
        begin, first = with_errors(begin), burn
    found = _run(units, first, begin, drift, how)
    return Followed(
        tables=found.tables[burn - first :],
        coefficients=found.coefficients * (scale[:, None] / scale[None, :]),
        sigma=found.sigma * np.outer(scale, scale),
        explosive=found.explosive,
    )


def _compatible(values: Floats, drift: Drift, how: Decomposition) -> Followed:
    known = values[: drift.size] if drift.prior == "bayes" else values
    begin = start(matrix(known), drift.lags, drift.prior, drift.gamma)
    return _run(values - values.mean(axis=0), 0, begin, drift, how)


def _run(values: Floats, first: int, begin: Start, drift: Drift, how: Decomposition) -> Followed:
    from comove.stats.connectedness._filter_kernel import track

    width = values.shape[1]
    sigma = begin.sigma.copy()
    coefficients = np.empty((drift.lags, width, width))
    coefficients[:] = begin.state.reshape(width, drift.lags, width).transpose(1, 0, 2)
    tables = np.empty((values.shape[0] - first, width, width))
    explosive, failed = track(
        values,
        (begin.state.copy(), begin.covariance.copy(), sigma, coefficients),
        (first, not drift.causal, *drift.kappa),
        (how.horizon, how.method == "generalized", how.normalize),
        tables,
    )
    if failed >= 0:
        raise NotEstimable("collinear", row=failed)
    return Followed(tables=tables, coefficients=coefficients, sigma=sigma, explosive=explosive)
