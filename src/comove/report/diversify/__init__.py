"""An answer about a portfolio's diversification laid out for reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from comove.core.diversify import Diversification
from comove.core.document import Block, Document, Paragraph, Section
from comove.core.exhibit import Exhibit
from comove.core.message import Message, Name, Quantity, say
from comove.report.diversify.change import compared, tilted
from comove.report.diversify.hedging import hedging, pairs
from comove.report.diversify.holding import claims, holdings, ratios, strains

MOST_NAMED = 6
"""Holdings that the title names."""


def compose(
    answer: Diversification, titles: Mapping[str, Mapping[str, str]], folders: Iterable[str]
) -> Document:
    """Lay an answer out.

    Parameters
    ----------
    answer
        Of the question about diversification.
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
        "holds_up": (*claims(answer.now), ratios(answer), *_shown(pictures, "history")),
        "risk_split": (holdings(answer), *_shown(pictures, "risk")),
        "hedging": (*hedging(answer.now), *_shown(pictures, "hedges")),
        "pair_losses": (pairs(answer.now), *_shown(pictures, "correlations")),
        "strain": (strains(answer.now),),
        "earlier": compared(answer),
        "least_change": tilted(answer),
        "limits": tuple(Paragraph(says=(entry,), role="item") for entry in answer.limits),
    }
    return Document(
        title=say("report.diversify.title", holdings=_named(answer)),
        headline=answer.headline,
        sections=tuple(Section(key=key, blocks=held) for key, held in blocks.items() if held),
        titles=titles,
        words=tuple(folders),
        payload=answer.to_dict(),
        records=answer.to_records(),
        colophon=say(
            "report.colophon",
            asof=answer.asof,
            fingerprint=answer.fingerprint,
            version=answer.version,
            seed=str(answer.question.seed),
            replications=answer.question.replications,
        ),
    )


def _named(answer: Diversification) -> tuple[Message, ...]:
    """Name the holdings with their weights, the largest first where there are many."""
    weights = answer.question.weights
    if len(weights) > MOST_NAMED:
        weights = tuple(sorted(weights, key=lambda entry: -abs(entry[1])))[: MOST_NAMED - 1]
    told = tuple(
        say("report.diversify.holding", asset=Name(asset), weight=Quantity(weight, "share"))
        for asset, weight in weights
    )
    more = len(answer.question.weights) - len(told)
    if more:
        return (*told, say("report.more_rows", count=more))
    cash = answer.question.cash or 0.0
    kept = Name("diversify.word.cash"), Quantity(cash, "share")
    return (*told, say("report.diversify.holding", asset=kept[0], weight=kept[1])) if cash else told


def _shown(pictures: Mapping[str, Exhibit], key: str) -> tuple[Exhibit, ...]:
    return (pictures[key],) if key in pictures else ()
