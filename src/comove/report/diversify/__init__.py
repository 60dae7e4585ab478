"""An answer about a portfolio's diversification laid out for reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from comove.core.diversify import Diversification
from comove.core.document import Block, Document
from comove.core.message import Message, Name, Quantity, say
from comove.report.composing import laid_out, shown
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
        "holds_up": (*claims(answer.now), ratios(answer), *shown(pictures, "history")),
        "risk_split": (holdings(answer), *shown(pictures, "risk")),
        "hedging": (*hedging(answer.now), *shown(pictures, "hedges")),
        "pair_losses": (pairs(answer.now), *shown(pictures, "correlations")),
        "strain": (strains(answer.now),),
        "earlier": compared(answer),
        "least_change": tilted(answer),
    }
    title = say("report.diversify.title", holdings=_named(answer))
    return laid_out(answer, title, blocks, titles, folders, answer.question.replications)


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
