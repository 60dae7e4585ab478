"""Did the link grow closer: three tests side by side, and what their agreement means."""

from __future__ import annotations

from collections.abc import Iterator

from comove.core.diagnosis import Diagnosis
from comove.core.document import Block, Cell, Paragraph, Table
from comove.core.link import Link, LinkTest
from comove.core.message import Message, Name, Quantity, say
from comove.report.explain.together import way

_TAIL_IS_WIDER = "more"
_TAIL_IS_ORDINARY = "as"
_A_HUNDREDTH = 0.01


def closeness(diagnosis: Diagnosis) -> tuple[Block, ...]:
    """Lay out whether the leading pair's link grew closer.

    Parameters
    ----------
    diagnosis
        An answer.

    Returns
    -------
    tuple of Block
        A paragraph and the table of tests; nothing where no test could be run.
    """
    link = diagnosis.unusual.link
    if link is None:
        return ()
    return Paragraph(says=tuple(_says(diagnosis, link))), _table(diagnosis, link)


def _says(diagnosis: Diagnosis, link: Link) -> Iterator[Message]:
    first, second = (Name(asset) for asset in link.pair)
    yield say(
        f"report.link.{link.verdict}", first=first, second=second, seen=link.seen, run=link.run
    )
    if link.dynamic is not None and link.dynamic_range is not None:
        low, high = link.dynamic_range
        yield say(
            f"report.link.dynamic.{_course(link.dynamic.value, low, high)}",
            now=link.dynamic.quantity,
            low=Quantity(low, "correlation"),
            high=Quantity(high, "correlation"),
        )
    if link.tail is not None and link.tail.low is not None and link.tail_normal is not None:
        kind = _TAIL_IS_WIDER if link.tail.low > link.tail_normal else _TAIL_IS_ORDINARY
        yield say(
            f"report.link.tail.{way(diagnosis.together)}.{kind}",
            first=first,
            second=second,
            share=link.tail,
            normal=Quantity(link.tail_normal, "share"),
        )


def _table(diagnosis: Diagnosis, link: Link) -> Table:
    return Table(
        title=say("table.link", first=Name(link.pair[0]), second=Name(link.pair[1])),
        columns=("test", "before", "now", "change", "pvalue", "outcome"),
        rows=tuple(_row(link, test) for test in link.tests),
        note=say(
            "note.link",
            asset=Name(link.pair[0]),
            level=Quantity(diagnosis.question.level, "share"),
        ),
    )


def _row(link: Link, test: LinkTest) -> tuple[Cell, ...]:
    name = say(f"report.link.test.{test.key}", count=link.drivers)
    if test.change is None or test.before is None or test.now is None:
        return name, None, None, None, None, say(f"not_estimable.{test.reason}")
    chance = None if test.change.pvalue is None else Quantity(test.change.pvalue, "probability")
    return (
        name,
        Quantity(test.before, "correlation"),
        Quantity(test.now, "correlation"),
        test.change,
        chance,
        say(f"report.link.outcome.{'closer' if test.sees else 'same'}"),
    )


def _course(now: float, low: float, high: float) -> str:
    """Say how the daily correlation ends: within its range, outside it, or as it always was."""
    if max(now, high) - min(now, low) < _A_HUNDREDTH:
        return "still"
    return "inside" if low <= now <= high else "outside"
