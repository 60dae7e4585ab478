"""The recursion of Q: what it reverts to, what moves it, and how it begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from comove.stats.garch._beginning import fading
from comove.stats.garch._recursion import decayed
from comove.stats.sample import Floats

Model = Literal["dcc", "cdcc", "adcc"]
Start = Literal["backcast", "sample_variance", "rmgarch"]
Positions = NDArray[np.intp]


@dataclass(frozen=True)
class Moments:
    """What is taken from the residuals ``z`` (T, k) before anything is estimated.

    ``target`` (k, k) second moments; ``negative`` (k, k) those of the negative parts; ``shock``,
    ``level`` and ``fall`` (k, k) what stands for the outer product of the shocks, for Q, and for
    the outer product of their negative parts before the first day.
    """

    z: Floats
    model: Model
    start: Start
    target: Floats
    negative: Floats
    shock: Floats
    level: Floats
    fall: Floats

    @property
    def size(self) -> int:
        """Number of parameters: (a, b) or (a, b, g)."""
        return 3 if self.model == "adcc" else 2

    @property
    def follows(self) -> tuple[bool, bool]:
        """Whether presample shock and presample Q are the target."""
        return self.start == "sample_variance", self.start != "backcast"

    @property
    def reach(self) -> float:
        """The largest g that leaves room for nothing else, inverted: a + b + reach g < 1."""
        root = np.linalg.cholesky(self.target)
        left = np.linalg.solve(root, self.negative)
        return float(np.linalg.eigvalsh(np.linalg.solve(root, left.T))[-1])

    def pair(self, columns: tuple[int, int]) -> Moments:
        """Take two of the columns, as one would have had them alone."""
        chosen = np.ix_(columns, columns)
        parts = (self.target, self.negative, self.shock, self.level, self.fall)
        z = np.ascontiguousarray(self.z[:, columns])
        return Moments(z, self.model, self.start, *(part[chosen] for part in parts))


@dataclass(frozen=True)
class Recursion:
    """Arrays the kernels run on; see ``_kernels.scores`` for their shapes."""

    y: Floats
    dy: Floats
    intercept: Floats
    begin: Floats
    weights: Floats
    target: Floats


def moments(z: Floats, model: Model, start: Start) -> Moments:
    """Take the moments of residuals ``z`` (T, k) under a convention."""
    nobs, k = z.shape
    falls = np.minimum(z, 0.0)
    if start == "rmgarch":
        target, negative = np.cov(z.T), np.cov(falls.T)
        ones = np.ones((k, k))
        return Moments(z, model, start, target, negative, ones, target, ones)
    target, negative = z.T @ z / nobs, falls.T @ falls / nobs
    if start == "sample_variance":
        return Moments(z, model, start, target, negative, target, target, negative)
    weights = fading(nobs)
    early, down = z[: len(weights)], falls[: len(weights)]
    shock = (early * weights[:, None]).T @ early
    fall = (down * weights[:, None]).T @ down
    return Moments(z, model, start, target, negative, shock, shock, fall)


def recursion(given: Moments, psi: Floats, *, differentiate: bool = True) -> Recursion:
    """Set the recursion up at ``psi`` = (a, b) or (a, b, g)."""
    if given.model == "cdcc":
        return _corrected(given, psi, differentiate=differentiate)
    g = psi[2] if given.size == 3 else 0.0
    a, b = float(psi[0]), float(psi[1])
    target, negative = packed(given.target), packed(given.negative)
    shock, level, fall = packed(given.shock), packed(given.level), packed(given.fall)
    constant = (1.0 - a - b) * target - g * negative
    intercept, begin = [constant], [constant + a * shock + b * level + g * fall]
    if differentiate:
        intercept += [-target, -target, -negative][: given.size]
        begin += [shock - target, level - target, fall - negative][: given.size]
    return Recursion(
        y=given.z,
        dy=np.empty((0, *given.z.shape)),
        intercept=np.array(intercept),
        begin=np.array(begin),
        weights=np.array([a, b, g]),
        target=given.target,
    )


def _corrected(given: Moments, psi: Floats, *, differentiate: bool) -> Recursion:
    """Set up the corrected model, whose target is that of the rescaled shocks."""
    from comove.stats.dcc import _kernels

    a, b = float(psi[0]), float(psi[1])
    weights = np.array([a, b, 0.0])
    y, dy, _ = _kernels.rescaled(given.z, first_diagonal(given, psi), weights)
    nobs = len(y)
    second = y.T @ y / nobs
    scale = np.sqrt(np.diag(second))
    target = second / np.outer(scale, scale)
    shocks, levels = given.follows
    shock = target if shocks else given.shock
    level = target if levels else given.level
    intercept = [(1.0 - a - b) * target]
    begin = [intercept[0] + a * shock + b * level]
    if differentiate:
        for one in range(2):
            turned = (dy[one].T @ y + y.T @ dy[one]) / nobs
            own = np.diag(turned) / scale**2
            moved = turned / np.outer(scale, scale) - 0.5 * target * (own[:, None] + own)
            intercept.append((1.0 - a - b) * moved - target)
            begin.append(intercept[-1] + (shock if one == 0 else level))
            begin[-1] = begin[-1] + (a * shocks + b * levels) * moved
    return Recursion(
        y=y,
        dy=dy if differentiate else dy[:0],
        intercept=np.array([packed(part) for part in intercept]),
        begin=np.array([packed(part) for part in begin]),
        weights=weights,
        target=target,
    )


def first_diagonal(given: Moments, psi: Floats) -> Floats:
    """First diagonal of Q in the corrected model, whose target has a unit one, (3, k)."""
    a, b = float(psi[0]), float(psi[1])
    ones = np.ones(given.z.shape[1])
    shock, level = (
        ones if follows else np.diag(part)
        for follows, part in zip(given.follows, (given.shock, given.level), strict=True)
    )
    return np.array([(1.0 - a - b) * ones + a * shock + b * level, shock - ones, level - ones])


def correlations(run: Recursion, rows: Positions, columns: Positions) -> Floats:
    """Correlation paths (T, n) of the pairs of ``rows`` and ``columns``, rows not before columns.

    Each entry of Q runs on its own, so no other is needed than theirs and the diagonal.
    """
    diagonal = np.unique(np.concatenate([rows, columns]))
    own = np.sqrt(entries(run, diagonal, diagonal)[:-1])
    scale = own[:, np.searchsorted(diagonal, rows)] * own[:, np.searchsorted(diagonal, columns)]
    return np.asarray(entries(run, rows, columns)[:-1] / scale)


def entries(run: Recursion, rows: Positions, columns: Positions) -> Floats:
    """Entries (T + 1, n) of Q, rows not before columns; the last is that of the day after."""
    a, b, g = run.weights
    place = rows * (rows + 1) // 2 + columns
    path = np.empty((len(rows), len(run.y) + 1))
    path[:, 0] = run.begin[0, place]
    left, right = run.y[:, rows].T, run.y[:, columns].T
    path[:, 1:] = run.intercept[0, place, None] + a * left * right
    if g > 0.0:
        path[:, 1:] += g * np.minimum(left, 0.0) * np.minimum(right, 0.0)
    return decayed(path, np.full(len(rows), b)).T


def packed(matrix: Floats) -> Floats:
    """Lower triangle of a symmetric matrix, row by row."""
    return np.asarray(matrix[np.tril_indices(len(matrix))])


def unpacked(gradient: Floats, k: int) -> Floats:
    """Return derivatives by a packed matrix as one symmetric matrix, pairs shared evenly."""
    matrix = np.zeros((k, k))
    matrix[np.tril_indices(k)] = gradient
    return 0.5 * (matrix + matrix.T)
