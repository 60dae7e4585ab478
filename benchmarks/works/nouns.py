"""What a row of the table holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.stats import Peer

__all__ = ["Known", "Peer", "Recorded", "Work"]


@dataclass(frozen=True, kw_only=True)
class Known:
    """A figure that is right.

    Attributes
    ----------
    value
        The figure.
    within
        Largest distance from it that counts as equal.
    source
        Where it comes from.
    one_sided
        Only a lower value is wrong: a likelihood can be beaten.
    """

    value: float
    within: float
    source: str
    one_sided: bool = False

    def agrees(self, found: float) -> bool:
        """Tell whether a value counts as right."""
        if self.one_sided:
            return found >= self.value - self.within
        return abs(found - self.value) <= self.within


@dataclass(frozen=True)
class Recorded:
    """Other software's seconds, taken elsewhere on a machine of this kind; no ratio of one run.

    Attributes
    ----------
    name
        Of the software, with what differs.
    seconds
        Median.
    """

    name: str
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Work:
    """One line of the table.

    Attributes
    ----------
    key
        To ask for it on the command line.
    name
        What is done, at what size.
    value
        What the figure shown is.
    ours
        Imports what it needs and returns the call; the call returns the figure.
    target
        Seconds; None for none.
    memory
        Largest resident memory allowed to a process that does nothing else, MB (10^6 bytes).
    known
        The right figure, where there is one.
    peers, recorded
        Other software: in this run, and elsewhere.
    note
        What has to be said with it.
    """

    key: str
    name: str
    value: str
    ours: Callable[[], Callable[[], float]]
    target: float | None = None
    memory: float | None = None
    known: Known | None = None
    peers: tuple[Peer, ...] = ()
    recorded: tuple[Recorded, ...] = ()
    note: str = ""
