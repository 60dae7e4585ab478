"""Is it unusual: correlations against their baseline, and the place among earlier episodes."""

from __future__ import annotations

from math import isclose
from typing import Protocol, TypeVar

from comove.core.diagnosis import Diagnosis, PairCorrelation, PastEpisode
from comove.core.document import Block, Cell, Table
from comove.core.estimate import Estimate
from comove.core.message import Name, Quantity, say
from comove.report.explain.judgement import opinion
from comove.report.explain.link import closeness
from comove.report.explain.together import way


def comparison(diagnosis: Diagnosis) -> tuple[Block, ...]:
    """Lay out the comparison with history.

    Parameters
    ----------
    diagnosis
        An answer.

    Returns
    -------
    tuple of Block
        The answer in a paragraph, two tables of correlations per pair, whether the leading pair's
        link itself grew closer, then its episodes, newest first.
    """
    pairs = leading_first(diagnosis, diagnosis.unusual.pairs)
    blocks: list[Block] = [opinion(diagnosis, pairs)] if pairs else []
    if len(pairs) > 1:
        blocks.append(_summary(pairs, diagnosis.question.level))
    for pair in pairs:
        key = "table.correlation" if len(pairs) == 1 else "table.correlation_detail"
        blocks += [_main(pair, diagnosis.question.level, key), _further(pair)]
    blocks += closeness(diagnosis)
    if diagnosis.unusual.episodes:
        blocks.append(_episodes(diagnosis))
    return tuple(blocks)


class _OfPair(Protocol):
    @property
    def pair(self) -> tuple[str, str]:
        """Two ids."""


Paired = TypeVar("Paired", bound=_OfPair)


def leading_first(diagnosis: Diagnosis, entries: tuple[Paired, ...]) -> tuple[Paired, ...]:
    """Put what is about the leading pair, the one of the rolling picture, before the rest.

    Parameters
    ----------
    diagnosis
        An answer.
    entries
        One per pair.

    Returns
    -------
    tuple
        Otherwise in the order given.
    """
    leading = tuple(name.id for name in leading_pair(diagnosis))
    return tuple(sorted(entries, key=lambda entry: entry.pair != leading))


def leading_pair(diagnosis: Diagnosis) -> tuple[Name, ...]:
    """Return the pair whose episodes are listed: that of the rolling picture, or the first two."""
    for exhibit in diagnosis.exhibits:
        pair = exhibit.marks.get("pair")
        if isinstance(pair, list | tuple):
            return tuple(Name(str(asset)) for asset in pair)
    return tuple(map(Name, diagnosis.question.assets[:2]))


def _summary(pairs: tuple[PairCorrelation, ...], level: float) -> Table:
    return Table(
        title=say(
            "table.correlations",
            baseline=pairs[0].baseline.nobs,
            nobs=pairs[0].dependence.nobs,
            last=pairs[0].dependence.last,
        ),
        columns=("pair", "baseline", "now", "pvalue"),
        rows=tuple(
            (
                say("report.pair", first=Name(pair.pair[0]), second=Name(pair.pair[1])),
                pair.baseline,
                pair.dependence,
                _chance(pair.latest) if _agrees(pair) else None,
            )
            for pair in pairs
        ),
        note=say("note.correlations", level=Quantity(level, "share")),
    )


def _agrees(pair: PairCorrelation) -> bool:
    """Tell whether the latest rolling value is the correlation over the dependence window."""
    latest = pair.latest
    return latest is not None and isclose(latest.value, pair.dependence.value, abs_tol=1e-9)


def _chance(estimate: Estimate | None) -> Quantity | None:
    if estimate is None or estimate.pvalue is None:
        return None
    return Quantity(estimate.pvalue, "probability")


def _main(pair: PairCorrelation, level: float, key: str) -> Table:
    latest, same = pair.latest, _agrees(pair)
    rows = [
        _row("long_run", pair.long_run),
        _row("baseline", pair.baseline),
        _row("dependence", pair.dependence, latest if same else None),
        _row("five_day", pair.five_day),
    ]
    if latest is not None and not same:
        rows.append(_row("latest", latest))
    if pair.peak is not None:
        rows.append(_row("peak", pair.peak))
    return Table(
        title=say(key, first=Name(pair.pair[0]), second=Name(pair.pair[1])),
        columns=("measure", "correlation", "pvalue", "nobs", "sample"),
        rows=tuple(rows),
        note=say("note.correlation", level=Quantity(level, "share")),
    )


def _further(pair: PairCorrelation) -> Table:
    rows = [
        _row("window", estimate)
        for sessions, estimate in pair.windows
        if sessions != pair.dependence.nobs
    ]
    rows.append(_row("ewma", pair.ewma))
    if pair.adjusted is not None:
        rows.append(_row("adjusted", pair.adjusted))
    return Table(
        title=say("table.correlation_more"),
        columns=("measure", "correlation", "pvalue", "nobs", "sample"),
        rows=tuple(rows),
        note=say("note.correlation_more", overlap=Quantity(pair.clock_overlap, "share")),
    )


def _row(key: str, estimate: Estimate, tested: Estimate | None = None) -> tuple[Cell, ...]:
    return (
        say(f"report.correlation.{key}", nobs=estimate.nobs, last=estimate.last),
        estimate,
        _chance(tested or estimate),
        Quantity(estimate.nobs, "count"),
        say("report.range", days=(estimate.first, estimate.last)),
    )


def _episodes(diagnosis: Diagnosis) -> Table:
    unusual = diagnosis.unusual
    rising = way(diagnosis.together) == "rising"
    horizons = tuple(sessions for sessions, _ in unusual.episodes[0].followed)
    newest = sorted(unusual.episodes, key=lambda episode: episode.trough, reverse=True)
    names = leading_pair(diagnosis)
    return Table(
        title=say(f"table.episodes.{way(diagnosis.together)}", since=unusual.since, assets=names),
        columns=(
            "start",
            "top" if rising else "trough",
            "rises" if rising else "falls",
            "size" if rising else "severity",
            *(f"after_{sessions}" for sessions in horizons),
        ),
        rows=tuple(_episode(episode, rising=rising) for episode in newest),
        note=say(f"note.episodes.{way(diagnosis.together)}", assets=names),
    )


def _episode(episode: PastEpisode, *, rising: bool) -> tuple[Cell, ...]:
    followed = (_returns(values) for _, values in episode.followed)
    size = abs(episode.severity) if rising else episode.severity
    return (
        episode.start,
        episode.trough,
        _returns(episode.falls),
        Quantity(size, "sigma"),
        *followed,
    )


def _returns(values: tuple[float | None, ...]) -> Cell:
    if all(value is None for value in values):
        return None
    return tuple(None if value is None else Quantity(value, "simple_return") for value in values)
