"""Vector autoregressions with known truth, and the decomposition as a slow, obvious loop."""

import numpy as np


def simulated(coefficients, sigma, nobs, rng, count=None, warm=200):
    """Rows (T, k) of a vector autoregression with normal errors, or (count, T, k) of many."""
    lags, width = coefficients.shape[:2]
    size = (nobs + warm,) if count is None else (count, nobs + warm)
    path = rng.standard_normal((*size, width)) @ np.linalg.cholesky(sigma).T
    for row in range(lags, nobs + warm):
        for lag in range(lags):
            path[..., row, :] += path[..., row - lag - 1, :] @ coefficients[lag].T
    return path[..., warm:, :]


def stable(rng, lags, width, radius=0.8):
    """Random coefficients and covariance, the largest root of the given modulus."""
    coefficients = rng.standard_normal((lags, width, width))
    for lag in range(lags):
        coefficients[lag] /= (lag + 1) ** 2
    size = largest_root(coefficients)
    for lag in range(lags):
        coefficients[lag] *= (radius / size) ** (lag + 1)
    mixing = rng.standard_normal((width, width))
    return coefficients, mixing @ mixing.T + 0.5 * np.eye(width)


def largest_root(coefficients):
    lags, width = coefficients.shape[:2]
    companion = np.eye(lags * width, k=-width)
    companion[:width] = np.concatenate(list(coefficients), axis=1)
    return np.abs(np.linalg.eigvals(companion)).max()


def slow_fit(x, lags):
    """Least squares, one row of regressors after another: coefficients (p, k, k), sigma (k, k)."""
    rows = [
        np.r_[1.0, np.concatenate([x[t - lag - 1] for lag in range(lags)])]
        for t in range(lags, len(x))
    ]
    slopes = np.linalg.lstsq(np.array(rows), x[lags:], rcond=None)[0]
    errors = x[lags:] - np.array(rows) @ slopes
    width = x.shape[1]
    coefficients = np.array(
        [slopes[1 + lag * width : 1 + (lag + 1) * width].T for lag in range(lags)]
    )
    return coefficients, errors.T @ errors / len(errors)


def slow_table(coefficients, sigma, horizon, method="generalized", normalize=True):
    """The formulas entry by entry, responses from powers of the companion matrix."""
    lags, width = coefficients.shape[:2]
    companion = np.eye(lags * width, k=-width)
    companion[:width] = np.concatenate(list(coefficients), axis=1)
    triangle = np.linalg.cholesky(sigma)
    top, bottom = np.zeros((width, width)), np.zeros(width)
    for step in range(horizon):
        response = np.linalg.matrix_power(companion, step)[:width, :width]
        for i in range(width):
            bottom[i] += response[i] @ sigma @ response[i]
            for j in range(width):
                if method == "generalized":
                    top[i, j] += (response[i] @ sigma[:, j]) ** 2 / sigma[j, j]
                else:
                    top[i, j] += (response[i] @ triangle[:, j]) ** 2
    table = top / bottom[:, None]
    if normalize:
        table /= table.sum(axis=1, keepdims=True)
    return table
