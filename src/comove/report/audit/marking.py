"""The text cut into runs: what is judged, by which claims, and the gravest of their verdicts."""

from __future__ import annotations

from collections.abc import Iterator

from comove.core.audit import Audit
from comove.core.document import Run

MOST = 60_000
"""Letters of a text that a report repeats."""
_GRAVE = ("does_not_hold", "misleading", "cannot_tell", "not_testable", "holds")

Stretch = tuple[int, int, tuple[int, ...], str]


def marked(answer: Audit) -> tuple[tuple[Run, ...], ...]:
    """Cut the text of an audit into paragraphs of runs.

    Parameters
    ----------
    answer
        With the text as it was read.

    Returns
    -------
    tuple of tuple of Run
        One per line of the text; stretches that overlap are marked as one.
    """
    text = answer.question.text[:MOST]
    runs = list(_runs(text, list(_stretches(answer, len(text)))))
    return tuple(_paragraphs(runs))


def _stretches(answer: Audit, length: int) -> Iterator[Stretch]:
    current: Stretch | None = None
    verdicts = {entry.number: entry.verdict for entry in answer.findings}
    for entry in sorted(answer.findings, key=lambda found: (*found.claim.place, found.number)):
        low, high = entry.claim.place
        if high <= low or high > length:
            continue
        if current is not None and low < current[1]:
            numbers = tuple(sorted({*current[2], entry.number}))
            worst = min((verdicts[number] for number in numbers), key=_GRAVE.index)
            current = (current[0], max(high, current[1]), numbers, worst)
            continue
        if current is not None:
            yield current
        current = (low, high, (entry.number,), entry.verdict)
    if current is not None:
        yield current


def _runs(text: str, stretches: list[Stretch]) -> Iterator[Run]:
    place = 0
    for low, high, numbers, verdict in stretches:
        if place < low:
            yield Run(text=text[place:low])
        yield Run(text=text[low:high], numbers=numbers, verdict=verdict)
        place = high
    if place < len(text):
        yield Run(text=text[place:])


def _paragraphs(runs: list[Run]) -> Iterator[tuple[Run, ...]]:
    line: list[Run] = []
    for run in runs:
        if run.numbers:
            line.append(
                Run(text=" ".join(run.text.split("\n")), numbers=run.numbers, verdict=run.verdict)
            )
            continue
        first, *rest = run.text.split("\n")
        if first:
            line.append(Run(text=first))
        for part in rest:
            if line:
                yield tuple(line)
            line = [Run(text=part)] if part else []
    if line:
        yield tuple(line)
