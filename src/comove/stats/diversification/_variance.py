"""Variances of positions and of their sum in weighted samples, with the influence of every row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from comove.stats.sample import Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Spread:
    """Moments of h positions in L weighted samples of T rows.

    Parameters
    ----------
    values
        Shape (T, h).
    counts
        Shape (L, T), how often each row counts.
    mean, variance
        Shape (L, h).
    """

    values: Floats
    counts: Floats
    mean: Floats
    variance: Floats

    def combined(self, weights: Floats) -> Floats:
        """Return a combination of the positions in every sample, less its mean, shape (L, T).

        Parameters
        ----------
        weights
            Shape (L, h), or (1, h) for the same in all samples.
        """
        total: Floats = weights @ self.values.T - (weights * self.mean).sum(axis=1)[:, None]
        return total

    def average(self, rows: Floats) -> Floats:
        """Return the weighted mean over rows of an array (L, T), shape (L,)."""
        mean: Floats = np.einsum("lt,lt->l", rows, self.counts) / self.counts.shape[1]
        return mean

    def with_combination(self, combination: Floats) -> Floats:
        """Return the covariance of every position with a centred (L, T) combination, (L, h)."""
        covariance: Floats = (combination * self.counts) @ self.values / self.counts.shape[1]
        return covariance

    def squares(self, weights: Floats) -> Floats:
        """Return ``sum_i weights_i z_i^2`` of the standardised positions in every row, (L, T).

        Parameters
        ----------
        weights
            Shape (L, h).
        """
        scaled = weights / self.variance
        linear = -2.0 * scaled * self.mean
        constant = (scaled * self.mean**2).sum(axis=1)
        terms = np.concatenate([self.values**2, self.values], axis=1)
        total: Floats = np.concatenate([scaled, linear], axis=1) @ terms.T + constant[:, None]
        return total


def spread(values: Floats, counts: Floats) -> Spread:
    """Take the moments of weighted samples.

    Parameters
    ----------
    values
        Shape (T, h), already centred on the means of the sample so that nothing cancels.
    counts
        Shape (L, T); every line sums to T.

    Returns
    -------
    Spread
        Variances with divisor T.

    Examples
    --------
    >>> found = spread(np.array([[-1.0], [0.0], [1.0]]), np.array([[1.0, 1.0, 1.0]]))
    >>> found.variance.round(9).tolist()
    [[0.666666667]]
    """
    nobs = counts.shape[1]
    mean = counts @ values / nobs
    variance: Floats = counts @ values**2 / nobs - mean**2
    return Spread(values=values, counts=counts, mean=mean, variance=variance)


def ratio_terms(sample: Spread) -> tuple[Floats, Floats]:
    r"""Return the logarithm of the diversification ratio and its influence values.

    Parameters
    ----------
    sample
        Positions in L weighted samples.

    Returns
    -------
    tuple[Floats, Floats]
        Shapes (L,) and (L, T).

    Notes
    -----
    The logarithm of a standard deviation moves by ``(z_t^2 - 1) / 2``, so that of the ratio by
    ``(sum_i u_i z_it^2 - z_pt^2) / 2``, u the shares of the positions in the gross risk and p the
    portfolio.

    Examples
    --------
    >>> pair = np.array([[-1.0, 1.0], [1.0, 1.0], [0.0, -2.0]])
    >>> logs, influence = ratio_terms(spread(pair, np.ones((1, 3))))
    >>> round(float(np.exp(logs[0]) ** 2), 6), round(abs(float(influence.sum())), 9)
    (1.866025, 0.0)
    """
    deviations = np.sqrt(sample.variance)
    gross = deviations.sum(axis=1)
    portfolio = sample.combined(np.ones((1, sample.values.shape[1])))
    variance = sample.average(portfolio**2)
    logs = np.log(gross) - 0.5 * np.log(variance)
    shares = deviations / gross[:, None]
    influence: Floats = 0.5 * (sample.squares(shares) - portfolio**2 / variance[:, None])
    return logs, influence
