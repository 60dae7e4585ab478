"""How a source has behaved: when it was called, and whether it is left alone for a while."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

PATIENT = 3
"""Failures in a row that are put up with before a source is left alone."""

FIRST_REST, LONGEST_REST = 60.0, 3600.0
"""Seconds for which a source that keeps failing is left alone: doubled with each failure."""

LONGEST_WISH = 86_400.0
"""A source that asks to be left alone for longer than a day is asked again after a day."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What has to be remembered of a source between calls, and between processes.

    Attributes
    ----------
    calls
        UTC seconds since 1970 of the calls that still count against its limit, ascending.
    failures
        Failed fetches in a row.
    shut_until
        UTC seconds since 1970 before which it is not called; 0 when it may be.
    """

    calls: tuple[float, ...] = ()
    failures: int = 0
    shut_until: float = 0.0

    @classmethod
    def of(cls, record: Mapping[str, object]) -> Standing:
        """Make a standing of what :meth:`record` gave; anything unusable is forgotten."""
        calls, failures, until = (record.get(name) for name in ("calls", "failures", "shut_until"))
        return cls(
            calls=tuple(sorted(float(call) for call in calls if isinstance(call, int | float)))
            if isinstance(calls, list | tuple)
            else (),
            failures=failures if isinstance(failures, int) and failures >= 0 else 0,
            shut_until=float(until) if isinstance(until, int | float) else 0.0,
        )

    def record(self) -> dict[str, object]:
        """Return it as plain data, for a file or a table."""
        return {
            "calls": list(self.calls),
            "failures": self.failures,
            "shut_until": self.shut_until,
        }

    def shut(self, now: float) -> float:
        """Return the seconds for which it is still to be left alone, 0 when it may be called.

        A time further away than any rest can be comes from a clock that was wrong, and is ignored.
        """
        left = self.shut_until - now
        return left if 0.0 < left <= LONGEST_WISH else 0.0

    def wait(self, now: float, limit: tuple[int, float]) -> float:
        """Return the seconds until a call keeps within ``limit``: calls per so many seconds."""
        most, per = limit
        recent = self._recent(now, per)
        return max(0.0, recent[-most] + per - now) if len(recent) >= most else 0.0

    def called(self, now: float, limit: tuple[int, float]) -> Standing:
        """Return the standing after one more call."""
        most, per = limit
        return replace(self, calls=(*self._recent(now, per), now)[-most:])

    def succeeded(self) -> Standing:
        """Return the standing after a fetch that brought something."""
        return replace(self, failures=0, shut_until=0.0)

    def failed(self, now: float, wish: float = 0.0) -> Standing:
        """Return the standing after a fetch that failed.

        Parameters
        ----------
        now
            UTC seconds since 1970.
        wish
            Seconds for which the source asked to be left alone.

        Returns
        -------
        Standing
            Shut for the longer of the wish and the rest that its failures in a row have earned.
        """
        failures = self.failures + 1
        over = failures - PATIENT
        rest = min(LONGEST_REST, FIRST_REST * 2.0 ** min(over, 30)) if over >= 0 else 0.0
        rest = max(rest, min(wish, LONGEST_WISH))
        return replace(self, failures=failures, shut_until=now + rest if rest else 0.0)

    def _recent(self, now: float, per: float) -> tuple[float, ...]:
        return tuple(call for call in self.calls if now - per < call <= now)
