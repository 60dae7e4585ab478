"""From a request to bytes on a screen or in a file."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from comove.apps.cli.language import checked_language
from comove.core.errors import OutputError
from comove.desk import Desk

if TYPE_CHECKING:
    from comove.core.document import Document

YOUNG = 5
"""Days after which an answer as of the last day held is called old: a weekend with holidays."""

_SUFFIXES = {"txt": "text", "htm": "html", "markdown": "md"}


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """How an answer is to be delivered.

    Attributes
    ----------
    form
        Output format; None: what the file ends in, else text.
    language
        ``en`` or ``ja``.
    out
        File; None for standard output.
    plan
        Show the plan only.
    offline
        Read the bundled history alone.
    """

    form: str | None = None
    language: str = "en"
    out: Path | None = None
    plan: bool = False
    offline: bool = False

    def settled(self) -> str:
        """Return the format, and refuse a language or format that does not exist.

        Returns
        -------
        str
            The one asked for, else what the file ends in, else text.

        Raises
        ------
        QuestionError, OutputError
            Before anything is read.
        """
        from comove.report.render import formats

        checked_language(self.language)
        suffix = "" if self.out is None else self.out.suffix.removeprefix(".").lower()
        form = self.form or _SUFFIXES.get(suffix, suffix) or "text"
        if form not in formats():
            raise OutputError(
                "output.format",
                "There is no format {format}.",
                "Choose from {known}.",
                format=form,
                known=", ".join(formats()),
            )
        return form


def deliver(request: Any, delivery: Delivery) -> int:  # noqa: ANN401 - any answer's
    """Answer a request and write the document.

    Parameters
    ----------
    request
        Of any answer.
    delivery
        Format, language, file.

    Returns
    -------
    int
        Exit code: 0, or what the result's ``exit_code`` says, e.g. 1 when a claim fails.

    Raises
    ------
    ComoveError
        With a hint; nothing is half-written.
    """
    form = delivery.settled()
    desk = Desk.open(offline=delivery.offline)
    if delivery.plan:
        write(desk.plan_document(desk.plan(request)), form, delivery)
        return 0
    with _progress():
        result = desk.ask(request)
        document = desk.document(result)
    write(document, form, delivery)
    if request.asof is None and not hasattr(result.question, "dated"):
        _tell_age(result.asof, desk, delivery)
    return int(result.exit_code)


def _tell_age(asof: date, desk: Desk, delivery: Delivery) -> None:
    """Say beside the answer, not in it, how old it is when nobody chose its day."""
    days = (desk.today - asof).days
    if days <= YOUNG:
        return
    from comove.report.failure import failure_words

    words = failure_words(delivery.language)
    key = "note.bundled" if delivery.offline else "note.age"
    sys.stderr.write(f"{words.label(key).format(day=asof, days=days)}\n")


def write(document: Document, form: str, delivery: Delivery) -> None:
    """Render a document and put it where it was asked for.

    Parameters
    ----------
    document
        Any.
    form
        From :meth:`Delivery.settled`.
    delivery
        Language and file.

    Raises
    ------
    OutputError
        When it cannot be written.
    """
    from comove.report.render import deliver as put
    from comove.report.render import render
    from comove.report.screen import Screen

    screen = Screen.of(sys.stdout, os.environ) if delivery.out is None else None
    put(render(document, form, delivery.language, screen), delivery.out, sys.stdout.buffer)


def _progress() -> AbstractContextManager[object]:
    """Show a spinner on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console

    return Console(stderr=True).status("comove")
