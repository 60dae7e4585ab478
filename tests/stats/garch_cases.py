"""Volatilities and correlations with known truth, and their models as slow, obvious loops."""

import numpy as np

DAILY = (0.05, 0.08, 0.90)


def garch_returns(nobs, count, truth, seed, gamma=0.0, nu=None):
    """Columns of GARCH(1,1) or GJR returns; ``truth`` is (omega, alpha, beta)."""
    omega, alpha, beta = truth
    rng = np.random.default_rng(seed)
    shape = (nobs + 200, count)
    z = rng.standard_normal(shape)
    if nu is not None:
        z = rng.standard_t(nu, shape) * np.sqrt((nu - 2) / nu)
    x, variance = np.empty(shape), np.full(count, omega / (1 - alpha - gamma / 2 - beta))
    for t in range(len(z)):
        x[t] = np.sqrt(variance) * z[t]
        variance = omega + (alpha + gamma * (x[t] < 0)) * x[t] ** 2 + beta * variance
    return x[200:] + 0.05


def slow_garch(x, params, start):
    """Variances and log-likelihood of one column, one day after another."""
    nu = params.get("nu")
    gamma = params.get("gamma", 0.0)
    e = x - params["mean"]
    if start == "sample_variance":
        variance = x.var()
    elif start == "rmgarch":
        variance = (e**2).mean()
    else:
        weights = 0.94 ** np.arange(75)
        past = ((x - x.mean())[:75] ** 2 * weights).sum() / weights.sum()
        persistence = params["alpha"] + gamma / 2 + params["beta"]
        variance = params["omega"] + persistence * past
    path, total = np.empty(len(x)), 0.0
    for t in range(len(x)):
        path[t] = variance
        if nu is None:
            total -= 0.5 * (np.log(2 * np.pi * variance) + e[t] ** 2 / variance)
        else:
            total += log_t(e[t], variance, nu)
        slope = params["alpha"] + (gamma if e[t] < 0 else 0.0)
        variance = params["omega"] + slope * e[t] ** 2 + params["beta"] * variance
    return path, total


def log_t(e, variance, nu):
    from scipy import stats

    scale = np.sqrt(variance * (nu - 2) / nu)
    return stats.t.logpdf(e / scale, nu) - np.log(scale)


def dcc_returns(shape, truth, seed, model="dcc", nu=None, level=0.5):
    """Samples (R, T, k) of a DCC with GARCH margins; ``truth`` is (a, b) or (a, b, g)."""
    count, nobs, k = shape
    a, b, g = (*truth, 0.0)[:3]
    rng = np.random.default_rng(seed)
    target = level + (1 - level) * np.eye(k)
    falls = np.minimum(
        np.random.default_rng(0).standard_normal((200_000, k)) @ np.linalg.cholesky(target).T, 0
    )
    negative = falls.T @ falls / len(falls)
    omega, alpha, beta = DAILY
    q = np.tile(target, (count, 1, 1))
    variance, warm = np.full((count, k), omega / (1 - alpha - beta)), 200
    x = np.empty((count, nobs + warm, k))
    for t in range(nobs + warm):
        scale = np.sqrt(np.einsum("rii->ri", q))
        root = np.linalg.cholesky(q / (scale[:, :, None] * scale[:, None]))
        z = np.einsum("rij,rj->ri", root, rng.standard_normal((count, k)))
        if nu is not None:
            z *= np.sqrt((nu - 2) / rng.chisquare(nu, (count, 1)))
        x[:, t] = np.sqrt(variance) * z
        variance = omega + alpha * x[:, t] ** 2 + beta * variance
        y = z * scale if model == "cdcc" else z
        n = np.minimum(y, 0)
        q = (1 - a - b) * target - g * negative + b * q
        q = q + a * y[:, :, None] * y[:, None] + g * n[:, :, None] * n[:, None]
    return x[:, warm:]


def slow_dcc(z, params, model, start):
    """Correlation path and log-likelihood beyond independence of residuals, day by day."""
    a, b, g = params["a"], params["b"], params.get("g", 0.0)
    nobs, k = z.shape
    n = np.minimum(z, 0)
    if start == "rmgarch":
        target, negative = np.cov(z.T), np.cov(n.T)
        shock, level, fall = np.ones((k, k)), target, np.ones((k, k))
    else:
        target, negative = z.T @ z / nobs, n.T @ n / nobs
        shock, level, fall = target, target, negative
    if start == "backcast":
        weights = 0.94 ** np.arange(75)
        weights /= weights.sum()
        shock = sum(w * np.outer(e, e) for w, e in zip(weights, z, strict=False))
        fall = sum(w * np.outer(e, e) for w, e in zip(weights, n, strict=False))
        level = shock
    if model == "cdcc":
        target = corrected_target(z, a, b, start, shock)
        shock = target if start == "sample_variance" else shock
        level = shock if start == "backcast" else target
    constant = (1 - a - b) * target - g * negative
    q = constant + a * shock + b * level + g * fall
    path, total = np.empty((nobs, k, k)), 0.0
    for t in range(nobs):
        scale = np.sqrt(np.diag(q))
        path[t] = q / np.outer(scale, scale)
        form = z[t] @ np.linalg.solve(path[t], z[t]) - z[t] @ z[t]
        total -= 0.5 * (np.linalg.slogdet(path[t])[1] + form)
        y = z[t] * scale if model == "cdcc" else z[t]
        fall = np.minimum(y, 0)
        q = constant + a * np.outer(y, y) + g * np.outer(fall, fall) + b * q
    return path, total


def corrected_target(z, a, b, start, shock):
    """Correlation of residuals rescaled by their own diagonal of Q."""
    own = np.ones(z.shape[1])
    if start == "backcast":
        own = (1 - a - b) + (a + b) * np.diag(shock)
    y = np.empty_like(z)
    for t in range(len(z)):
        y[t] = z[t] * np.sqrt(own)
        own = (1 - a - b) + a * y[t] ** 2 + b * own
    second = y.T @ y / len(y)
    scale = np.sqrt(np.diag(second))
    return second / np.outer(scale, scale)


def binomial_bounds(share, runs, sigmas=3.5):
    """Where a share of ``runs`` lies unless something is wrong (1 in 2,000)."""
    half = sigmas * np.sqrt(share * (1 - share) / runs)
    return share - half, share + half
