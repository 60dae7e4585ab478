"""An answer about spillovers laid out for reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from comove.core.document import Badge, Block, Cell, Document, Table
from comove.core.estimate import Estimate
from comove.core.message import Message, Name, Quantity, say
from comove.core.spillover import Index, Spillovers
from comove.report.composing import laid_out, shown


def compose(
    answer: Spillovers, titles: Mapping[str, Mapping[str, str]], folders: Iterable[str]
) -> Document:
    """Lay an answer out.

    Parameters
    ----------
    answer
        Of the spillover question.
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
        "shared": (*_claims(answer), _totals(answer)),
        "senders": (_flows(answer), *shown(pictures, "network"), _links(answer)),
        "shares": (_matrix(answer), *shown(pictures, "table")),
        "when": (*shown(pictures, "rolling"), _speeds(answer)),
    }
    title = say("report.spillover.title", assets=tuple(map(Name, answer.question.assets)))
    return laid_out(answer, title, blocks, titles, folders, answer.question.replications)


def _claims(answer: Spillovers) -> tuple[Badge, ...]:
    return tuple(
        Badge(
            verdict=entry.verdict,
            title=say(f"spillover.proposition.{entry.key}"),
            says=(entry.says,),
        )
        for entry in answer.propositions
    )


def _totals(answer: Spillovers) -> Table:
    lines = [("now", answer.now), ("before", answer.before), ("five_session", answer.five_session)]
    rows = [_total(key, found) for key, found in lines if found is not None]
    note = say("note.totals", level=Quantity(answer.question.level, "share"))
    if answer.change is not None:
        note = say("note.totals_change", note=note, change=answer.change)
    return Table(
        title=say("table.totals"),
        columns=("sample", "total", "noise", "pvalue", "lead", "chance", "lead_pvalue"),
        rows=tuple(rows),
        note=note,
    )


def _total(key: str, found: Index) -> tuple[Cell, ...]:
    window = found.window
    return (
        say(f"report.spillover.{key}", days=(window.start, window.end), count=window.sessions),
        found.total,
        Quantity(found.null_high, "share"),
        _p(found.total),
        found.lead.quantity,
        Quantity(found.lead_high, "share"),
        _p(found.lead),
    )


def _p(estimate: Estimate) -> Cell:
    return None if estimate.pvalue is None else Quantity(estimate.pvalue, "probability")


def _flows(answer: Spillovers) -> Table:
    ranked = sorted(answer.flows, key=lambda flow: -flow.net.value)
    return Table(
        title=say("table.flows"),
        columns=("asset", "net", "five_session_net"),
        rows=tuple((Name(flow.asset), flow.net, flow.five_session_net) for flow in ranked),
        note=say("note.flows", level=Quantity(answer.question.level, "share")),
        bars=1,
    )


def _links(answer: Spillovers) -> Table:
    return Table(
        title=say("table.links"),
        columns=("pair", "net", "noise", "pvalue", "adjusted", "verdict"),
        rows=tuple(
            (
                _arrow(link.sender, link.receiver),
                link.net,
                (Quantity(link.null_low, "share"), Quantity(link.null_high, "share")),
                _p(link.net),
                Quantity(link.adjusted, "probability"),
                Name(f"verdict.{link.verdict}"),
            )
            for link in answer.links
        ),
        note=say("note.links"),
    )


def _arrow(sender: str, receiver: str) -> Message:
    return say("report.spillover.arrow", sender=Name(sender), receiver=Name(receiver))


def _matrix(answer: Spillovers) -> Table:
    """Set the table as it is read in print: rows receive, columns send, margins outside."""
    assets = answer.question.assets
    held = {entry.pair: entry.share.quantity for entry in answer.table}
    flows = {flow.asset: flow for flow in answer.flows}
    rows: list[tuple[Cell, ...]] = [
        (
            Name(receiver),
            *(held[receiver, sender] for sender in assets),
            flows[receiver].received.quantity,
        )
        for receiver in assets
    ]
    sent = (flows[asset].sent.quantity for asset in assets)
    rows.append((say("report.spillover.sent"), *sent, answer.now.total.quantity))
    return Table(
        title=say("table.shares", horizon=answer.question.horizon),
        columns=("receiver", *assets, "received"),
        rows=tuple(rows),
        note=say("note.shares"),
    )


def _speeds(answer: Spillovers) -> Table:
    return Table(
        title=say("table.speeds"),
        columns=("speed", "total"),
        rows=tuple((say(f"report.spillover.{entry.key}"), entry.total) for entry in answer.speeds),
        bars=1,
    )
