"""The part of the likelihood that correlations answer for: of all columns, or of pairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from comove.stats.dcc import _plain
from comove.stats.dcc._equation import Moments, recursion
from comove.stats.sample import Floats

Objective = Literal["full", "contiguous_pairs", "all_pairs"]
Pairs = tuple[tuple[int, int], ...]


def pairs_of(objective: Objective, k: int) -> Pairs | None:
    """Pairs whose log-likelihoods are added up; None for the likelihood of all columns."""
    if objective == "full":
        return None
    if objective == "all_pairs":
        return tuple((i, j) for i in range(k) for j in range(i + 1, k))
    ring = k if k > 2 else 1
    return tuple((i, (i + 1) % k) for i in range(ring))


@dataclass(frozen=True)
class Likelihood:
    """A log-likelihood of (a, b[, g]): of all columns, or the sum over ``pairs`` of columns."""

    given: Moments
    pairs: Pairs | None = None
    compiled: bool = True

    def parts(self) -> Iterator[tuple[tuple[int, ...], Moments]]:
        """Yield samples whose log-likelihoods add up, with their columns, one at a time."""
        if self.pairs is None:
            yield tuple(range(self.given.z.shape[1])), self.given
        else:
            yield from ((columns, self.given.pair(columns)) for columns in self.pairs)

    def reach(self) -> float:
        """Return the weight of g in the bound on persistence."""
        if self.given.size < 3:
            return 0.0
        return max(part.reach for _, part in self.parts())

    def scores(self, psi: Floats) -> tuple[float, Floats]:
        """Log-likelihood beyond that of uncorrelated residuals, and scores (T, p) of the days."""
        value, total = 0.0, np.zeros((len(self.given.z), self.given.size))
        for _, part in self.parts():
            found, scored = _run(part, psi, compiled=self.compiled)
            value += found
            total += scored
        return value, total


def _run(given: Moments, psi: Floats, *, compiled: bool) -> tuple[float, Floats]:
    run = recursion(given, psi)
    if not compiled:
        return _plain.scores(given, run)
    from comove.stats.dcc import _kernels

    value, scores = _kernels.scores(given.z, run.y, run.dy, run.intercept, run.begin, run.weights)
    return float(value.sum()), scores
