"""Observations at times of their own: checked, on one scale of time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.sample import Floats, vector


@dataclass(frozen=True, eq=False)
class Ticks:
    """Times (n,), strictly ascending, and levels (n,)."""

    times: Floats
    levels: Floats

    def between(self, begin: float, end: float) -> Ticks:
        """Return the observations from begin to end, both included."""
        first = int(np.searchsorted(self.times, begin, side="left"))
        last = int(np.searchsorted(self.times, end, side="right"))
        return Ticks(self.times[first:last], self.levels[first:last])


def ticks(
    times: tuple[ArrayLike, ArrayLike], levels: tuple[ArrayLike, ArrayLike], least: int
) -> tuple[Ticks, Ticks]:
    """Read two series of levels, each with its times; instants become seconds.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant`` or ``not_ascending``.
    """
    said = [np.asarray(each) for each in times]
    dated = [np.issubdtype(each.dtype, np.datetime64) for each in said]
    if dated[0] != dated[1]:
        raise NotEstimable("shape", times="instants and numbers")
    if all(dated) and all(each.size for each in said):
        if any(np.isnat(each).any() for each in said):
            raise NotEstimable("not_finite")
        origin = min(each.min() for each in said)
        said = [(each - origin) / np.timedelta64(1, "s") for each in said]
    found = []
    for clock, level in zip(said, levels, strict=True):
        hours, values = vector(clock, least=least), vector(level, least=least)
        if hours.size != values.size:
            raise NotEstimable("shape", times=hours.shape, levels=values.shape)
        if not (np.diff(hours) > 0.0).all():
            raise NotEstimable("not_ascending")
        found.append(Ticks(hours, values))
    return found[0], found[1]
