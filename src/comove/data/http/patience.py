"""How long to wait, how often to try, and by which clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Patience:
    """What one fetch may cost.

    Attributes
    ----------
    connect, read
        Seconds for a connection, and between two pieces of an answer.
    total
        Seconds for the whole fetch: waiting for a turn, every attempt, every pause.
    attempts
        Most attempts; an attempt that is redirected makes one call more per redirection.
    hops
        Most redirections of one attempt.
    pause, longest_pause
        Seconds before the second attempt, doubled each time up to ``longest_pause``; half of it is
        left to chance, so that many clients do not return together.
    """

    connect: float = 5.0
    read: float = 15.0
    total: float = 60.0
    attempts: int = 4
    hops: int = 3
    pause: float = 0.5
    longest_pause: float = 20.0

    def before(self, attempt: int, chance: float) -> float:
        """Return the seconds to pause before an attempt.

        Parameters
        ----------
        attempt
            2 for the second.
        chance
            Uniform in [0, 1).

        Returns
        -------
        float
            Between half of the doubled pause and all of it.

        Examples
        --------
        >>> Patience(pause=1.0, longest_pause=3.0).before(4, chance=0.0)
        1.5
        """
        doubled = min(self.longest_pause, self.pause * 2.0 ** (attempt - 2))
        return doubled * (0.5 + 0.5 * chance)


@dataclass(frozen=True, kw_only=True)
class Timepiece:
    """The clocks a fetch goes by, handed in so that a test can turn them.

    Attributes
    ----------
    now
        UTC seconds since 1970; only the desk knows them.
    ticks
        Seconds of a clock that never steps.
    sleep
        Wait so many seconds.
    """

    now: Callable[[], float]
    ticks: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
