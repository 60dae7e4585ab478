"""An audit laid out for reading: verdicts, the marked text, the evidence, what stayed dark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from comove.core.audit import Audit, Finding
from comove.core.document import Badge, Block, Document, Paragraph, Passage, Section, Table
from comove.core.message import Message, Name, say
from comove.report.audit.marking import marked
from comove.report.words import Words

QUOTED = 160
"""Letters of a statement in a table."""


def compose(
    answer: Audit, titles: Mapping[str, Mapping[str, str]], folders: Iterable[str]
) -> Document:
    """Lay an audit out.

    Parameters
    ----------
    answer
        Of the audit question.
    titles
        Series id to display name per language.
    folders
        Folders whose ``words.toml`` hold the sentences of answers, channels and data.

    Returns
    -------
    Document
        Still without a language, but for the corrections: they are written in the text's.
    """
    spoken = tuple(folders)
    words = {
        language: Words.load(language, spoken, titles)
        for language in dict.fromkeys(entry.claim.language for entry in answer.findings)
    }
    found = answer.findings
    blocks: dict[str, tuple[Block, ...]] = {
        "verdicts": (_summary(answer),) if found else (),
        "text": (_passage(answer), _note("report.audit.legend")) if found else (),
        "claims": (*(_badge(entry, words) for entry in found), *_cited(found)),
        "conflicts": tuple(_conflicts(answer)),
        "unread": tuple(
            _item(say("report.audit.line", text=_short(text))) for text in answer.unread
        ),
        "limits": tuple(map(_item, answer.limits)),
    }
    return Document(
        title=say("report.audit.title", day=answer.asof),
        headline=answer.headline,
        sections=tuple(Section(key=key, blocks=held) for key, held in blocks.items() if held),
        titles=titles,
        words=spoken,
        payload=answer.to_dict(),
        records=answer.to_records(),
        colophon=say(
            "report.audit.colophon",
            asof=answer.asof,
            fingerprint=answer.fingerprint,
            version=answer.version,
            seed=str(answer.question.seed),
        ),
        glance=False,
    )


def _item(message: Message) -> Paragraph:
    return Paragraph(says=(message,), role="item")


def _note(key: str) -> Paragraph:
    return Paragraph(says=(say(key),), role="note")


def _short(text: str) -> str:
    whole = " ".join(text.split())
    return whole if len(whole) <= QUOTED else f"{whole[: QUOTED - 1]}…"


def _summary(answer: Audit) -> Table:
    return Table(
        title=say("table.audit"),
        columns=("number", "statement", "verdict", "measured"),
        rows=tuple(
            (
                str(entry.number),
                _short(entry.claim.quote),
                Name(f"verdict.{entry.verdict}"),
                entry.figures[0].value if entry.figures else None,
            )
            for entry in answer.findings
        ),
    )


def _passage(answer: Audit) -> Passage:
    return Passage(paragraphs=marked(answer), language=answer.language)


def _badge(entry: Finding, words: Mapping[str, Words]) -> Badge:
    told = [message for message in entry.says if message not in entry.correction]
    if entry.correction:
        text = words[entry.claim.language].prose(entry.correction)
        told.append(say("report.audit.instead", text=text))
    told.append(say("report.audit.rule", rule=Name(f"audit.rule.{entry.rule}")))
    title = say("report.audit.quote", number=str(entry.number), quote=_short(entry.claim.quote))
    return Badge(verdict=entry.verdict, title=title, says=tuple(told))


def _cited(found: tuple[Finding, ...]) -> Iterator[Table]:
    rows = tuple(
        (str(entry.number), _source(row.series), row.day, _quantity(row.value, row.unit))
        for entry in found
        for row in entry.rows
    )
    if rows:
        yield Table(
            title=say("table.cited"), columns=("number", "title", "day", "value"), rows=rows
        )


def _source(series: str) -> Name:
    tables = ("liquidation_events", "central_bank_gold")
    return Name(f"table.{series}" if series in tables else series)


def _quantity(value: float, unit: str) -> object:
    from comove.core.message import Quantity

    return Quantity(value, unit)  # type: ignore[arg-type]


def _conflicts(answer: Audit) -> Iterator[Paragraph]:
    quotes = {entry.number: entry.claim.quote for entry in answer.findings}
    for clash in answer.conflicts:
        first, second = (
            say("report.audit.quote", number=str(number), quote=_short(quotes[number]))
            for number in (clash.first, clash.second)
        )
        yield _item(say("report.audit.conflict", first=first, second=second, says=clash.says))
