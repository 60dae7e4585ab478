"""An answer about shocks laid out for reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from comove.core.document import Badge, Block, Cell, Document, Paragraph, Table
from comove.core.estimate import Estimate
from comove.core.message import Message, Name, Quantity, say
from comove.core.scenario import Analogue, Move, Scenario
from comove.report.composing import laid_out

_MOST = 8


def compose(
    answer: Scenario, titles: Mapping[str, Mapping[str, str]], folders: Iterable[str]
) -> Document:
    """Lay an answer out.

    Parameters
    ----------
    answer
        Of the scenario question.
    titles
        Series id to display name per language.
    folders
        Folders whose ``words.toml`` hold the sentences of answers, channels and data.

    Returns
    -------
    Document
        Still without a language; every figure is the answer's own.
    """
    pictures = {exhibit.key: exhibit for exhibit in answer.exhibits}
    blocks: dict[str, tuple[Block, ...]] = {
        "shock": (*_claims(answer), _shock(answer)),
        "outlook": (pictures["strips"], *_outlooks(answer), *_jointly(answer)),
        "portfolio": (_portfolio(answer),),
        "past": _past(answer),
        "reverse": _reverse(answer),
    }
    title = _title(answer)
    return laid_out(answer, title, blocks, titles, folders, answer.question.replications)


def _title(answer: Scenario) -> Message:
    assets = tuple(map(Name, answer.question.assets))
    named = answer.question.named
    if named is None:
        return say("report.scenario.title", assets=assets)
    return say(
        "report.scenario.title_named", scenario=Name(f"scenario.named.{named}"), assets=assets
    )


def _sessions(answer: Scenario) -> Quantity:
    return Quantity(answer.horizon, "sessions")


def _claims(answer: Scenario) -> tuple[Badge, ...]:
    return tuple(
        Badge(
            verdict=entry.verdict,
            title=(
                say("scenario.claim.seen")
                if entry.asset is None
                else say("scenario.claim.gains", asset=Name(entry.asset))
            ),
            says=(entry.says,),
        )
        for entry in answer.claims
    )


def _shock(answer: Scenario) -> Table:
    found = answer.plausible
    return Table(
        title=say("table.shock", sessions=_sessions(answer)),
        columns=("driver", "size", "deviations", "contribution", "as_large", "source"),
        rows=tuple(_move(entry) for entry in answer.moves),
        note=say(
            "note.shock",
            distance=Quantity(found.distance, "ratio"),
            p=Quantity(found.pvalue.value, "probability"),
            df=Quantity(found.df, "count"),
            since=found.since,
        ),
    )


def _size(size: Quantity) -> Message:
    """Write a move with its sign, whatever its unit."""
    return say("report.scenario.size", size=size)


def _move(entry: Move) -> tuple[Cell, ...]:
    return (
        Name(entry.driver),
        _size(entry.size),
        Quantity(entry.deviations, "sigma"),
        Quantity(entry.contribution, "ratio"),
        entry.as_large,
        Name(f"report.scenario.{entry.origin}"),
    )


def _outlooks(answer: Scenario) -> tuple[Table, ...]:
    title = "table.outlooks_beyond" if answer.plausible.extrapolates else "table.outlooks"
    note = say(
        "note.outlooks",
        level=Quantity(answer.question.level, "share"),
        regime=Name(f"scenario.word.{answer.regime}"),
    )
    return tuple(
        Table(
            title=say(title, asset=Name(asset), sessions=_sessions(answer)),
            columns=("law", "median", "outcome_range", "rising", "same_sign"),
            rows=tuple(
                (
                    Name(f"scenario.law.{entry.key}"),
                    entry.centre,
                    _ends(entry.outcome.low, entry.outcome.high),
                    entry.rises,
                    Quantity(entry.same_sign, "share"),
                )
                for entry in answer.outlooks
                if entry.asset == asset
            ),
            note=note,
            bars=1,
        )
        for asset in answer.question.assets
    )


def _ends(low: float | None, high: float | None) -> Cell:
    assert low is not None and high is not None  # noqa: S101, PT018 - outcomes carry both
    return Quantity(low, "simple_return"), Quantity(high, "simple_return")


def _jointly(answer: Scenario) -> tuple[Table, ...]:
    if not answer.jointly:
        return ()
    return (
        Table(
            title=say("table.jointly"),
            columns=("law", "all_rise", "all_fall"),
            rows=tuple(
                (Name(f"scenario.law.{entry.key}"), entry.all_rise, entry.all_fall)
                for entry in answer.jointly
            ),
        ),
    )


def _portfolio(answer: Scenario) -> Table:
    held = answer.portfolio
    rows: list[tuple[Cell, ...]] = [
        (Name(part.asset), Quantity(part.weight, "share"), part.contribution) for part in held.parts
    ]
    whole = sum(part.weight for part in held.parts)
    rows.append((say("report.scenario.total"), Quantity(whole, "share"), held.total))
    return Table(
        title=say("table.portfolio"),
        columns=("asset", "weight", "part"),
        rows=tuple(rows),
        note=say(
            "note.portfolio",
            median=held.outcome.quantity,
            low=Quantity(held.outcome.low or 0.0, "simple_return"),
            high=Quantity(held.outcome.high or 0.0, "simple_return"),
            loses=held.loses.quantity,
        ),
    )


def _past(answer: Scenario) -> tuple[Block, ...]:
    if not answer.analogues:
        return (Paragraph(says=(say("note.no_analogues"),)),)
    drawn = tuple(exhibit for exhibit in answer.exhibits if exhibit.key == "analogues")
    assets = tuple(map(Name, answer.question.assets))
    nearest = Table(
        title=say("table.analogues", drivers=tuple(Name(move.driver) for move in answer.moves)),
        columns=("stretch", "drivers_moved", "during", "after"),
        rows=tuple(_analogue(entry) for entry in answer.analogues[:_MOST]),
        note=say("note.analogues", assets=assets),
    )
    counted = Table(
        title=say("table.records", count=len(answer.analogues)),
        columns=("asset", "rose", "median", "rose_after", "median_after"),
        rows=tuple(
            (
                Name(entry.asset),
                say("report.scenario.of", part=entry.rose, count=entry.count),
                entry.median,
                say("report.scenario.of", part=entry.rose_after, count=entry.count_after),
                entry.median_after,
            )
            for entry in answer.records
        ),
    )
    return (*drawn, counted, nearest)


def _analogue(entry: Analogue) -> tuple[Cell, ...]:
    return (
        say("report.range", days=(entry.first, entry.last)),
        tuple(map(_size, entry.moves)),
        entry.during,
        entry.after,
    )


def _reverse(answer: Scenario) -> tuple[Block, ...]:
    found = answer.reverse
    if found is None:
        return ()
    unreached = (say("report.scenario.unreachable"), *((None,) * (len(found.with_own) + 1)))
    first = found.by_drivers
    rows: tuple[tuple[Cell, ...], ...] = (
        unreached if first is None else _way("by_drivers", first, found.pvalue),
        _way("with_own", found.with_own, found.own_pvalue),
    )
    return (
        Table(
            title=say(
                "table.reverse",
                fall=Quantity(found.fall, "simple_return"),
                sessions=_sessions(answer),
            ),
            columns=("way", *(move.driver for move in found.with_own), "plausibility"),
            rows=rows,
            note=say("note.reverse"),
        ),
    )


def _way(key: str, moves: tuple[Move, ...], pvalue: Estimate | None) -> tuple[Cell, ...]:
    return (Name(f"report.scenario.{key}"), *(_size(move.size) for move in moves), pvalue)
