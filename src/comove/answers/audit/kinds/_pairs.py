"""Which two series a statement about a tie is about, and their rolling correlation."""

from __future__ import annotations

import re

from comove.answers.audit.reading import cues
from comove.answers.audit.reading.clauses import Clause
from comove.answers.audit.viewing import Unseen, View
from comove.core.observations import Floats
from comove.core.panel import Changes
from comove.stats.rolling import pair as rolling_pair

WINDOWS = (21, 30, 60, 63, 90, 126, 252)


def pair_of(clause: Clause) -> tuple[str, str] | None:
    """Return the two series a clause ties together.

    Parameters
    ----------
    clause
        With zero, one or two names; what is missing comes from what was spoken of before.

    Returns
    -------
    tuple of str, or None
        The first named first.
    """
    named = list(dict.fromkeys(m.series for m in clause.mentions))
    if not clause.sentence_mentions and clause.speaks_of_both:
        near = bool(cues.CORRELATION.search(clause.text)) and len(clause.latest) > 1
        two = clause.latest if near else clause.mains
        return (two[0], two[1]) if len(two) > 1 else None
    if named and clause.carried and _all_with(clause):
        return (clause.carried[-1], named[0]) if clause.carried[-1] != named[0] else None
    if len(named) < 2:
        whole = list(dict.fromkeys(m.series for m in clause.sentence_mentions))
        named += [series for series in whole if series not in named]
    if len(named) < 2:
        named = [*named, *(s for s in reversed(clause.carried) if s not in named)]
        named = [named[1], named[0]] if len(named) > 1 and not clause.mentions else named
    return (named[0], named[1]) if len(named) > 1 else None


def _all_with(clause: Clause) -> bool:
    """Tell "its correlation with A, against less with B": who is tied to them is not named."""
    text, mentions = clause.sentence, clause.sentence_mentions
    heads = [text[max(0, m.start - 10) : m.start] for m in mentions]
    return all(_WITH.search(head) for head in heads)


_WITH = re.compile(r"\bwith\s(?:the\s)?$", re.IGNORECASE)


def rolling(view: View, pair: tuple[str, str], window: int) -> tuple[Changes, Floats]:
    """Return joint changes and their rolling correlation.

    Parameters
    ----------
    view
        The history.
    pair
        Two ids.
    window
        Sessions.

    Returns
    -------
    tuple
        Changes, and shape (T,), NaN in the first ``window - 1`` rows.

    Raises
    ------
    Unseen
        When they share too few sessions.
    """
    changes = view.returns(*pair)
    if len(changes.values) < window + 1:
        raise Unseen("too_short")
    found = rolling_pair(changes.values[:, 0], changes.values[:, 1], window)
    return changes, found.value
