"""Statistics that are smooth functions of means, so that sums over blocks are all they need."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.conditioning import condition_number
from comove.stats.sample import Floats

_COLLINEAR = 1e6
_STILL = 1e-12  # variance of a replication, in units of the sample's, that is rounding


@dataclass(frozen=True, eq=False)
class Smooth:
    """J functions of the means of m features.

    Attributes
    ----------
    labels
        The J names.
    features
        Shape (T, m), of standardised columns.
    value
        Means (R, m) to values (R, J); NaN where a replication does not vary.
    slope
        Means (R, m) to derivatives (R, J, m).
    unit, shift
        Shape (J,): a statistic of the data is shift + unit * value.
    """

    labels: tuple[str, ...]
    features: Floats
    value: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]
    unit: Floats
    shift: Floats

    def influence(self) -> Floats:
        """Return what each row adds to the values, (T, J), mean zero."""
        means = self.features.mean(axis=0)
        return np.asarray((self.features - means) @ self.slope(means[None])[0].T)


def means(values: Floats, names: Sequence[str]) -> Smooth:
    """Mean of every column."""
    centre, scale = values.mean(axis=0), values.std(axis=0)
    size = len(names)
    return Smooth(
        labels=tuple(names),
        features=(values - centre) / scale,
        value=lambda found: found,
        slope=lambda found: np.broadcast_to(np.eye(size), (len(found), size, size)),
        unit=scale,
        shift=centre,
    )


def correlations(values: Floats, names: Sequence[str]) -> Smooth:
    """Correlation of every pair of columns, (0, 1), (0, 2), ..."""
    size = len(names)
    first, second = np.triu_indices(size, 1)
    products = _Products(size)

    def value(found: Floats) -> Floats:
        covariance = products.covariance(found)
        spread = _varying(np.einsum("rii->ri", covariance))
        scale = np.sqrt(spread[:, first] * spread[:, second])
        return np.asarray(np.clip(covariance[:, first, second] / scale, -1.0, 1.0))

    def slope(found: Floats) -> Floats:
        spread = _varying(np.einsum("rii->ri", products.covariance(found)))
        r = value(found)
        out = np.zeros((len(found), len(first), products.count))
        scale = np.sqrt(spread[:, first] * spread[:, second])
        line = np.arange(len(first))
        out[:, line, products.place[first, second]] = 1.0 / scale
        for own, other in ((first, second), (second, first)):
            share = r / spread[:, own]
            out[:, line, products.place[own, own]] = -0.5 * share
            out[:, line, own] = found[:, own] * share - found[:, other] / scale
        return out

    return Smooth(
        labels=tuple(
            f"{names[int(i)]}~{names[int(j)]}" for i, j in zip(first, second, strict=True)
        ),
        features=products.features(_standardised(values)),
        value=value,
        slope=slope,
        unit=np.ones(len(first)),
        shift=np.zeros(len(first)),
    )


def betas(values: Floats, names: Sequence[str]) -> Smooth:
    """Regression of the first column on the others, with a constant."""
    size = len(names)
    condition = condition_number(values[:, 1:])
    if condition > _COLLINEAR:
        raise NotEstimable("collinear", condition=condition)
    products = _Products(size)
    scale = values.std(axis=0)

    def solved(found: Floats) -> tuple[Floats, Floats]:
        covariance = products.covariance(found)
        still = np.isnan(_varying(np.einsum("rii->ri", covariance))[:, 1:]).any(axis=1)
        covariance[still] = np.eye(size)
        try:
            inverse = np.linalg.inv(covariance[:, 1:, 1:])
        except np.linalg.LinAlgError:
            raise NotEstimable("collinear", replications=len(found)) from None
        inverse[still] = np.nan
        beta = np.einsum("rij,rj->ri", inverse, covariance[:, 1:, 0])
        return np.asarray(beta), np.asarray(inverse, dtype=np.float64)

    def slope(found: Floats) -> Floats:
        beta, inverse = solved(found)
        left = np.concatenate([np.zeros((*beta.shape, 1)), inverse], axis=2)
        right = np.concatenate([np.ones((len(beta), 1)), -beta], axis=1)
        return products.of_forms(found, left, right)

    return Smooth(
        labels=tuple(names[1:]),
        features=products.features(_standardised(values)),
        value=lambda found: solved(found)[0],
        slope=slope,
        unit=scale[0] / scale[1:],
        shift=np.zeros(size - 1),
    )


class _Products:
    """Columns and their products as features, and back."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.first, self.second = np.triu_indices(size)
        self.count = size + len(self.first)
        self.place = np.empty((size, size), dtype=np.int64)
        self.place[self.first, self.second] = np.arange(size, self.count)
        self.place[self.second, self.first] = self.place[self.first, self.second]

    def features(self, columns: Floats) -> Floats:
        """Columns (T, k) and their products, (T, m)."""
        return np.concatenate([columns, columns[:, self.first] * columns[:, self.second]], axis=1)

    def covariance(self, found: Floats) -> Floats:
        """Means (R, m) to covariances (R, k, k)."""
        mean = found[:, : self.size]
        return np.asarray(found[:, self.place] - mean[:, :, None] * mean[:, None, :])

    def of_forms(self, found: Floats, left: Floats, right: Floats) -> Floats:
        """Slopes (R, J, m) of the mean product of two centred forms, (R, J, k) and (R, k)."""
        out = np.zeros((*left.shape[:2], self.count))
        both = left[:, :, :, None] * right[:, None, None, :]
        out[:, :, self.size :] = both[:, :, self.first, self.second]
        off = self.first != self.second
        out[:, :, self.size :][:, :, off] += both[:, :, self.second[off], self.first[off]]
        mean = found[:, : self.size]
        out[:, :, : self.size] = -left * np.einsum("rk,rk->r", right, mean)[:, None, None]
        out[:, :, : self.size] -= np.einsum("rjk,rk->rj", left, mean)[:, :, None] * right[:, None]
        return out


def _standardised(values: Floats) -> Floats:
    centred = values - values.mean(axis=0)
    # Once more: a mean far from zero is not known to the last digit.
    centred -= centred.mean(axis=0)
    return np.asarray(centred / centred.std(axis=0))


def _varying(spread: Floats) -> Floats:
    return np.where(spread > _STILL, spread, np.nan)
