"""An answer about levels laid out for reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from comove.core.document import Badge, Block, Cell, Document, Paragraph, Table
from comove.core.levels import Aftermath, CoveringClaim, Levels, PriceLevel
from comove.core.message import Message, Name, Quantity, say
from comove.report.composing import laid_out


def compose(
    answer: Levels, titles: Mapping[str, Mapping[str, str]], folders: Iterable[str]
) -> Document:
    """Lay an answer out.

    Parameters
    ----------
    answer
        Of the levels question.
    titles
        Series id to display name per language.
    folders
        Folders whose ``words.toml`` hold the sentences of answers, channels and data.

    Returns
    -------
    Document
        Still without a language; every figure is the answer's own.
    """
    blocks: dict[str, tuple[Block, ...]] = {
        "levels": tuple(_levels(answer)),
        "touches": tuple(_touches(answer)),
        "covering": _claims(answer),
        "definitions": _definitions(answer),
    }
    title = say("report.levels.title", assets=tuple(map(Name, answer.question.assets)))
    return laid_out(answer, title, blocks, titles, folders, answer.question.draws)


def _of(answer: Levels, asset: str) -> tuple[PriceLevel, ...]:
    return tuple(entry for entry in answer.levels if entry.asset == asset)


def _called(entry: PriceLevel) -> Name | str:
    return entry.name or Name(f"levels.name.{entry.key}")


def _levels(answer: Levels) -> Iterable[Block]:
    pictures = {exhibit.key: exhibit for exhibit in answer.exhibits}
    note = say("note.reach", level=Quantity(answer.question.level, "share"))
    for asset in answer.question.assets:
        found = _of(answer, asset)
        if f"levels_{asset}" in pictures:
            yield pictures[f"levels_{asset}"]
        yield Table(
            title=say("table.levels_at", asset=Name(asset), latest=found[0].latest),
            columns=("level", "price", "set_on", "distance", "sigmas"),
            rows=tuple(_row(entry) for entry in found),
            note=say("note.levels_at"),
        )
        yield Table(
            title=say("table.reach", asset=Name(asset)),
            columns=("level", "week", "month", "quarter"),
            rows=tuple(_chances(entry) for entry in found),
            note=note,
        )


def _row(entry: PriceLevel) -> tuple[Cell, ...]:
    return (
        _called(entry),
        entry.value,
        entry.since,
        entry.distance,
        Quantity(entry.sigmas, "sigma"),
    )


def _chances(entry: PriceLevel) -> tuple[Cell, ...]:
    return (_called(entry), *(entry.chance(key) for key in ("week", "month", "quarter")))


def _touches(answer: Levels) -> Iterable[Block]:
    for asset in answer.question.assets:
        held = [entry for entry in _of(answer, asset) if entry.key not in _MODELS]
        yield Table(
            title=say("table.touches", asset=Name(asset)),
            columns=("level", "touches", "last_touch", "after_21", "after_63", "after_126"),
            rows=tuple(_past(entry) for entry in held),
            note=say("note.touches"),
        )
        rows = tuple(row for entry in held for row in _events(entry))
        if rows:
            yield Table(
                title=say("table.events", asset=Name(asset), most=_MOST),
                columns=("level", "day", "price", "after_21", "after_63", "after_126"),
                rows=rows,
            )


_MOST = 10
"""Touches of one level up to which they are told one by one."""
_MODELS = ("model_gold", "model_yield")


def _past(entry: PriceLevel) -> tuple[Cell, ...]:
    last = entry.touches[-1].day if entry.touches else None
    return (
        _called(entry),
        len(entry.touches),
        last,
        *(_after(found) for found in entry.aftermath),
    )


def _events(entry: PriceLevel) -> Iterable[tuple[Cell, ...]]:
    """Tell the touches one by one where there are few."""
    if len(entry.touches) <= _MOST:
        for event in entry.touches:
            yield (
                _called(entry),
                event.day,
                event.close,
                event.after_month,
                event.after_quarter,
                event.after_half,
            )


def _after(found: Aftermath) -> Cell:
    if found.median is None:
        return None
    return say("report.levels.after", median=found.median, rose=found.rose, count=found.count)


def _claims(answer: Levels) -> tuple[Badge, ...]:
    return tuple(
        Badge(
            verdict=entry.verdict,
            title=say("levels.claim.covering", asset=Name(entry.asset)),
            says=(entry.says, _now(entry)),
        )
        for entry in answer.covering
    )


def _now(entry: CoveringClaim) -> Message:
    if entry.now is None:
        return say("levels.covering.ended")
    return say("levels.covering.now", now=entry.now)


def _definitions(answer: Levels) -> tuple[Paragraph, ...]:
    keys = dict.fromkeys(entry.key for entry in answer.levels)
    return tuple(Paragraph(says=(say(f"levels.definition.{key}"),), role="item") for key in keys)
