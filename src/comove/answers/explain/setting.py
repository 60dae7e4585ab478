"""The move that is explained: which window, which pair leads, which direction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from comove.core.diagnosis import Direction, Stretch
from comove.core.errors import NoDataError, WindowError
from comove.core.estimate import Scope
from comove.core.panel import Changes, Ints, Panel
from comove.core.question import Question, Window
from comove.core.snapshot import Snapshot
from comove.stats.drawdown import drawdown
from comove.stats.episodes import STANDARD, Episode, joint_episodes

RECENT = 63
"""Sessions after its close during which an episode is still what the question is about."""
LEAST_SESSIONS = 3
"""Sessions a window needs."""
LEAST_BEFORE = 21
"""Sessions needed before the dependence window, to compare it with anything."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Setting:
    """What was found before anything is measured.

    Attributes
    ----------
    question, snapshot
        As given.
    panel, changes
        The assets alone on the sampling instants.
    pair
        Column numbers of the two assets whose episode leads.
    episodes
        All joint episodes of that pair in the direction explained.
    episode
        The one that is explained; None when the window is no episode.
    start, end
        Panel rows of the first and the last level of the window.
    direction
        ``falling``, ``rising`` or ``none``.
    """

    question: Question
    snapshot: Snapshot
    panel: Panel
    changes: Changes
    pair: tuple[int, int]
    episodes: tuple[Episode, ...]
    episode: Episode | None
    start: int
    end: int
    direction: Direction

    @property
    def window(self) -> slice:
        """Rows of ``changes`` inside the window."""
        return slice(self.start, self.end)

    @property
    def dependence(self) -> slice:
        """Rows of ``changes`` whose correlation is explained."""
        return slice(max(self.end - self.question.dependence, 0), self.end)

    @property
    def sign(self) -> float:
        """-1 for a fall, +1 for a rise; a window without direction is read as a fall."""
        return 1.0 if self.direction == "rising" else -1.0

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """All pairs of columns."""
        return tuple(combinations(range(len(self.question.assets)), 2))

    @property
    def judged(self) -> bool:
        """False when the history is too short for an episode to have opened at any time."""
        return self.episode is not None or self.start >= STANDARD.lookback

    @property
    def stretch(self) -> Stretch:
        """The window for the record."""
        return stretch(self.panel.labels, self.panel.positions, self.start, self.end)

    def scope(self, rows: slice) -> Scope:
        """Return the sample of estimates over some rows of ``changes``."""
        return Scope(
            first=self.changes.labels[rows.start].item(),
            last=self.changes.labels[rows.stop - 1].item(),
            nobs=rows.stop - rows.start,
            level=self.question.level,
        )


def stretch(
    labels: np.ndarray[tuple[int], np.dtype[np.datetime64]], positions: Ints, start: int, end: int
) -> Stretch:
    """Describe the changes between two rows of levels.

    Parameters
    ----------
    labels, positions
        Of the panel's rows.
    start, end
        First and last row of levels.

    Returns
    -------
    Stretch
        With the number of changes and of those that span more than one session.
    """
    spans = np.diff(positions[start : end + 1])
    return Stretch(
        start=labels[start].item(),
        end=labels[end].item(),
        sessions=end - start,
        multi_day_spans=int((spans > 1).sum()),
    )


def find_setting(question: Question, snapshot: Snapshot) -> Setting:
    """Find the window that the question is about.

    Parameters
    ----------
    question
        Resolved.
    snapshot
        Holds the assets.

    Returns
    -------
    Setting
        The window given with the question; else the joint episode that is open at the as-of day
        or closed within the last 63 sessions (the one with the latest trough; among pairs the most
        severe); else the last 63 sessions.

    Raises
    ------
    WindowError
        When the window lies outside the common history or is too short.
    NoDataError
        When the assets share too little history.
    """
    panel = snapshot.panel(question.assets)
    if len(panel) <= RECENT:
        raise _too_little(question, panel, len(panel) - 1)
    candidates = list(_candidates(panel))
    best = max(candidates, key=_recency, default=None)
    if question.window is not None:
        return _given(question, snapshot, panel, candidates)
    last = len(panel) - 1
    if best is None:
        return _built(question, snapshot, panel, None, (last - RECENT, last))
    return _built(question, snapshot, panel, best, (_leg_start(panel, best), best.episode.trough))


def _leg_start(panel: Panel, found: _Candidate) -> int:
    """Return the later peak as seen from the trough, when the episode began before the lookback."""
    start, trough = found.episode.start, found.episode.trough
    if trough - start < STANDARD.lookback:
        return start
    prices = panel.values[: trough + 1, found.pair]
    peaks = (drawdown(1.0 / column if found.rising else column).peak[-1] for column in prices.T)
    return int(max(peaks))


def _too_little(question: Question, panel: Panel, end: int) -> NoDataError:
    return NoDataError(
        "data.short_overlap",
        "{ids} share only {count} sessions by {day}.",
        "Ask for a later day or other assets.",
        ids=", ".join(question.assets),
        count=end + 1,
        day=panel.labels[end].item(),
    )


@dataclass(frozen=True)
class _Candidate:
    pair: tuple[int, int]
    rising: bool
    episodes: tuple[Episode, ...]
    episode: Episode


def _recency(candidate: _Candidate) -> tuple[int, bool, float]:
    return candidate.episode.trough, not candidate.rising, -candidate.episode.severity


def _candidates(panel: Panel) -> Iterator[_Candidate]:
    last = len(panel) - 1
    for pair in combinations(range(len(panel.ids)), 2):
        for rising in (False, True):
            episodes = joint_episodes(panel.values[:, pair], rising=rising)
            if not episodes:
                continue
            found = _Candidate(pair, rising, episodes, episodes[-1])
            if _current(found.episode, last, rising=rising) and _same_way(panel, found):
                yield found


def _current(episode: Episode, last: int, *, rising: bool) -> bool:
    """Tell whether an episode is what a question at the last row is about.

    A rise that has been given back, or whose top is a season old, is not: who asks after a fall
    means the fall, even when it is too small to be an episode.
    """
    if rising:
        return episode.closed is None and last - episode.trough <= RECENT
    return episode.closed is None or last - episode.closed <= RECENT


def _same_way(panel: Panel, found: _Candidate) -> bool:
    """Tell whether both assets moved the episode's way from the later peak on."""
    start, trough = _leg_start(panel, found), found.episode.trough
    ratio = panel.values[trough, found.pair] / panel.values[start, found.pair]
    return bool((ratio > 1.0).all() if found.rising else (ratio < 1.0).all())


def _given(
    question: Question, snapshot: Snapshot, panel: Panel, candidates: list[_Candidate]
) -> Setting:
    start, end = _rows(question.window, panel)  # type: ignore[arg-type]
    inside = [c for c in candidates if c.episode.start < end and c.episode.trough > start]
    moves = panel.values[end] / panel.values[start] - 1.0
    wanted = [c for c in inside if (moves > 0 if c.rising else moves < 0).all()]
    return _built(question, snapshot, panel, max(wanted, key=_recency, default=None), (start, end))


def _rows(window: Window, panel: Panel) -> tuple[int, int]:
    first, last = (np.datetime64(day, "D") for day in window)
    if first < panel.labels[0] or first >= panel.labels[-1]:
        raise WindowError(
            "window.outside",
            "The window starts on {first}; the common history runs from {start} to {end}.",
            "Choose a window inside it.",
            first=window[0],
            start=panel.labels[0],
            end=panel.labels[-1],
        )
    start = int(np.searchsorted(panel.labels, first, side="right")) - 1
    end = int(np.searchsorted(panel.labels, last, side="right")) - 1
    if end - start < LEAST_SESSIONS:
        raise WindowError(
            "window.short",
            "The window from {first} to {last} is too short: sessions {count}, needed {least}.",
            "Choose a longer window.",
            first=window[0],
            last=window[1],
            count=end - start,
            least=LEAST_SESSIONS,
        )
    return start, end


def _built(
    question: Question,
    snapshot: Snapshot,
    panel: Panel,
    found: _Candidate | None,
    rows: tuple[int, int],
) -> Setting:
    if rows[1] - question.dependence < LEAST_BEFORE:
        raise _too_little(question, panel, rows[1])
    moves = panel.values[rows[1]] / panel.values[rows[0]] - 1.0
    direction: Direction = "none"
    if found is not None:
        direction = "rising" if found.rising else "falling"
    elif question.window is not None and (moves < 0).all():
        direction = "falling"
    elif question.window is not None and (moves > 0).all():
        direction = "rising"
    pair = found.pair if found else (0, 1)
    episodes = (
        found.episodes
        if found
        else joint_episodes(panel.values[:, pair], rising=direction == "rising")
    )
    return Setting(
        question=question,
        snapshot=snapshot,
        panel=panel,
        changes=panel.changes(),
        pair=pair,
        episodes=episodes,
        episode=found.episode if found else None,
        start=rows[0],
        end=rows[1],
        direction=direction,
    )
