"""From the blocks of an answer to its document: empty sections go, limits come last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Protocol

from comove.core.document import Block, Document, Paragraph, Section
from comove.core.exhibit import Exhibit
from comove.core.message import Message, say


class Told(Protocol):
    """What every answer carries beside its own figures."""

    @property
    def question(self) -> Any:  # noqa: ANN401 - of any answer; all have a seed
        """As resolved."""

    @property
    def asof(self) -> date:
        """The as-of day."""

    @property
    def fingerprint(self) -> str:
        """Hash of everything that was read."""

    @property
    def version(self) -> str:
        """Of comove."""

    @property
    def headline(self) -> tuple[Message, ...]:
        """What stands on top."""

    @property
    def limits(self) -> tuple[Message, ...]:
        """What a reader must know before leaning on the answer."""

    def to_dict(self) -> dict[str, object]:
        """Return plain data."""

    def to_records(self) -> tuple[dict[str, object], ...]:
        """Return every estimate as one flat row."""


def laid_out(
    answer: Told,
    title: Message,
    blocks: Mapping[str, Iterable[Block]],
    titles: Mapping[str, Mapping[str, str]],
    folders: Iterable[str],
    replications: int,
) -> Document:
    """Make the document of an answer.

    Parameters
    ----------
    answer
        Its headline, limits, data and provenance are used.
    title
        Of the page.
    blocks
        Section key to blocks, in reading order; a section without blocks is left out.
    titles
        Series id to display name per language.
    folders
        Folders whose ``words.toml`` hold the sentences of answers, channels and data.
    replications
        Behind the intervals.

    Returns
    -------
    Document
        Still without a language; every figure is the answer's own.
    """
    limits = tuple(Paragraph(says=(entry,), role="item") for entry in answer.limits)
    filled = {key: tuple(held) for key, held in {**blocks, "limits": limits}.items()}
    return Document(
        title=title,
        headline=answer.headline,
        sections=tuple(Section(key=key, blocks=held) for key, held in filled.items() if held),
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
            replications=replications,
        ),
    )


def shown(pictures: Mapping[str, Exhibit], key: str) -> tuple[Exhibit, ...]:
    """Return a picture as blocks; none where it was not drawn."""
    return (pictures[key],) if key in pictures else ()
