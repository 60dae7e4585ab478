"""Factor regressions of many assets in many replications at once, from weighted cross-products."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comove.core.errors import NotEstimable
from comove.stats.attribution import Groups, Sample
from comove.stats.bootstrap import percentile_interval
from comove.stats.conditioning import ridge_penalty, spectrum_condition
from comove.stats.sample import Floats, matrix

LEAST_ROWS = 30
# A driver that a replication happened never to draw has no variance there; this keeps the solve
# defined and gives it a beta of zero.  In units of the driver's variance: far below noise.
_REPLICATION_FLOOR = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class FactorFit:
    """Means and covariances of drivers and returns, in the sample (line 0) and its replications.

    Standardised units are those of the sample: each column minus its sample mean, over its sample
    standard deviation (divisor T).

    Parameters
    ----------
    drivers, assets
        Numbers p and k; drivers come first in every column axis of length q = p + k.
    location, scale
        Shape (q,), sample means and standard deviations.
    mean
        Shape (1 + R, q), standardised.
    covariance
        Shape (1 + R, q, q), standardised, divisor T.
    condition
        Condition number of the standardised drivers in the sample.
    ridge
        Penalty added to the diagonal of the drivers' correlation matrix; 0 is ordinary least
        squares.
    nobs
        Rows of the sample.
    """

    drivers: int
    assets: int
    location: Floats
    scale: Floats
    mean: Floats
    covariance: Floats
    condition: float
    ridge: float
    nobs: int

    def equations(self) -> Floats:
        """Return the normal equations of the regressions on all drivers, in standardised units.

        Returns
        -------
        Floats
            Shape (1 + R, p, p + k): covariances of the drivers with the penalty on the diagonal,
            beside their covariances with the returns.
        """
        table = self.covariance[:, : self.drivers].copy()
        step = np.arange(self.drivers)
        table[:, step, step] += self.ridge
        table[1:, step, step] += _REPLICATION_FLOOR
        return table

    def standard_betas(self) -> Floats:
        """Regress every return on all drivers, in standardised units.

        Returns
        -------
        Floats
            Shape (1 + R, p, k).

        Raises
        ------
        NotEstimable
            ``collinear`` when the equations have no solution.
        """
        table = self.equations()
        try:
            solved = np.linalg.solve(table[:, :, : self.drivers], table[:, :, self.drivers :])
        except np.linalg.LinAlgError as singular:
            raise NotEstimable("collinear", drivers=self.drivers) from singular
        return np.asarray(solved, dtype=np.float64)

    def betas_of_unions(self, groups: Groups) -> Iterator[tuple[int, list[int], Floats]]:
        """Regress every return on the drivers of every set of groups.

        Parameters
        ----------
        groups
            One non-empty tuple of driver columns per group, G of them.

        Yields
        ------
        tuple[int, list[int], Floats]
            The set as ``sum of 2^g``, its m distinct drivers, and the betas in standardised units,
            shape (m, k, 1 + R).  The empty set is left out.

        Raises
        ------
        NotEstimable
            ``collinear`` when the equations have no solution.

        Notes
        -----
        Gauss-Jordan elimination, one driver at a time in all replications at once.  A set starts
        from the elimination of the set without its last group, so no driver is eliminated twice
        along a path; a group that brings no new driver costs nothing.
        """
        # replications last: every step is then one pass over long contiguous rows
        table = np.ascontiguousarray(self.equations().transpose(1, 2, 0))
        waiting: list[tuple[int, int, list[int], Floats]] = [(0, 0, [], table)]
        while waiting:
            mask, first, columns, state = waiting.pop()
            for group in range(first, len(groups)):
                fresh = [column for column in groups[group] if column not in columns]
                union, after = columns + fresh, state
                for column in fresh:
                    after = _eliminated(after, column)
                waiting.append((mask | 1 << group, group + 1, union, after))
                yield mask | 1 << group, union, after[union, self.drivers :]

    def betas(self) -> Floats:
        """Betas on all drivers in natural units: return per unit of driver.

        Returns
        -------
        Floats
            Shape (1 + R, p, k).
        """
        unit = self.scale[None, self.drivers :] / self.scale[: self.drivers, None]
        return self.standard_betas() * unit

    def intercepts(self, betas: Floats) -> Floats:
        """Mean return left over by the drivers' means, per row.

        Parameters
        ----------
        betas
            Shape (1 + R, p, k), from :meth:`betas`.

        Returns
        -------
        Floats
            Shape (1 + R, k).
        """
        mean = self.location + self.mean * self.scale
        explained = (mean[:, : self.drivers, None] * betas).sum(axis=1)
        left: Floats = mean[:, self.drivers :] - explained
        return left


def fit_factors(sample: Sample, draws: ArrayLike | None, condition_limit: float) -> FactorFit:
    """Collect what every regression of the returns on subsets of the drivers needs.

    Parameters
    ----------
    sample
        T rows of k returns and p drivers; at least ``max(30, 2 (p + 1))`` rows.
    draws
        Shape (R, T), R >= 2: how often each row counts in each replication
        (:func:`comove.stats.bootstrap.row_counts`), or None for no replications.
    condition_limit
        See :class:`comove.stats.attribution.SplitOptions`.

    Returns
    -------
    FactorFit
        Line 0 is the sample itself.

    Raises
    ------
    NotEstimable
        ``too_short``, ``constant`` (a driver or a return that does not vary) or ``shape`` (draws
        that do not fit the rows).

    Notes
    -----
    All means and cross-products are weighted sums over rows, so the R replications cost one matrix
    product (R, T) by (T, q + q (q + 1) / 2).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> f = rng.standard_normal((200, 2))
    >>> fit = fit_factors(Sample(f @ [[2.0], [-1.0]] + 0.5, f), None, 30.0)
    >>> fit.betas()[0].round(12).tolist(), fit.intercepts(fit.betas()).round(12).tolist()
    ([[2.0], [-1.0]], [[0.5]])
    """
    drivers, assets = sample.drivers.shape[1], sample.returns.shape[1]
    columns = matrix(
        np.concatenate([sample.drivers, sample.returns], axis=1),
        least=max(LEAST_ROWS, 2 * (drivers + 1)),
    )
    location, scale = columns.mean(axis=0), columns.std(axis=0)
    counts = _checked_counts(draws, sample.nobs)
    mean, covariance = _weighted_moments((columns - location) / scale, counts)
    correlation = covariance[0, :drivers, :drivers]
    return FactorFit(
        drivers=drivers,
        assets=assets,
        location=location,
        scale=scale,
        mean=mean,
        covariance=covariance,
        condition=spectrum_condition(correlation),
        ridge=ridge_penalty(correlation, condition_limit),
        nobs=sample.nobs,
    )


def bounded(stack: Floats, level: float) -> tuple[Floats, Floats, Floats]:
    """Cut a stack of estimates into the estimate and its percentile interval.

    Parameters
    ----------
    stack
        Shape (1 + R, ...): line 0 from the sample, the others from its replications.
    level
        Coverage aimed at.

    Returns
    -------
    tuple[Floats, Floats, Floats]
        Value, low, high, each of the trailing shape and read-only; low and high are NaN when
        R = 0.

    Raises
    ------
    NotEstimable
        ``not_finite`` when a replication has no value, ``level`` outside (0, 1).

    Examples
    --------
    >>> [float(part) for part in bounded(np.array([2.0, 1.0, 3.0]), 0.5)]
    [2.0, 1.5, 2.5]
    """
    if stack.shape[0] == 1:
        nothing = np.full(stack.shape[1:], np.nan)
        return sealed(stack[0]), sealed(nothing), sealed(nothing)
    low, high = percentile_interval(stack[1:], level)
    return sealed(stack[0]), sealed(low), sealed(high)


def sealed(values: Floats) -> Floats:
    """Return a read-only copy of an array, to be kept in a result.

    Parameters
    ----------
    values
        Any shape.

    Returns
    -------
    Floats
        Same shape, contiguous, not writeable.

    Examples
    --------
    >>> sealed(np.zeros(2)).flags.writeable
    False
    """
    kept = np.array(values, dtype=np.float64, order="C")
    kept.setflags(write=False)
    return kept


def _eliminated(table: Floats, pivot: int) -> Floats:
    """Solve one driver out of the stacked equations (p, p + k, L)."""
    size = table[pivot, pivot]
    if not (size > 0.0).all():
        raise NotEstimable("collinear", driver=pivot)
    row = table[pivot] / size
    result: Floats = table[:, pivot, None] * row
    np.subtract(table, result, out=result)
    result[pivot] = row
    return result


def _checked_counts(draws: ArrayLike | None, nobs: int) -> Floats:
    """Shape (R, T) row counts; R = 0 without draws."""
    if draws is None:
        return np.empty((0, nobs))
    counts = np.asarray(draws, dtype=np.float64)
    if counts.ndim != 2 or counts.shape[0] < 2 or counts.shape[1] != nobs:
        raise NotEstimable("shape", draws=counts.shape, nobs=nobs)
    if not (counts.min() >= 0.0 and np.isfinite(counts.max()) and counts.any(axis=1).all()):
        raise NotEstimable("shape", draws="negative, empty or not finite")
    return counts


def _weighted_moments(columns: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Means (1 + R, q) and covariances (1 + R, q, q) of (T, q) columns, as is and as counted."""
    width = columns.shape[1]
    rows, cols = np.triu_indices(width)
    terms = np.concatenate([columns, columns[:, rows] * columns[:, cols]], axis=1)
    sums = np.empty((1 + counts.shape[0], terms.shape[1]))
    terms.mean(axis=0, out=sums[0])
    np.matmul(counts, terms, out=sums[1:])
    sums[1:] /= counts.sum(axis=1, keepdims=True)
    mean = np.ascontiguousarray(sums[:, :width])
    place: NDArray[np.intp] = np.empty((width, width), dtype=np.intp)
    place[rows, cols] = place[cols, rows] = np.arange(rows.size)
    covariance = sums[:, width + place] - mean[:, :, None] * mean[:, None, :]
    return mean, covariance
