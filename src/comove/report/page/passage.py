"""A quoted text with its marks: colour, sign and number, and a link to the evidence."""

from __future__ import annotations

from html import escape

from comove.core.document import Passage, Run
from comove.report.marks import MARKS
from comove.report.words import Words, harmless

_LOOKS = {
    "holds": "holds",
    "does_not_hold": "fails",
    "misleading": "misleads",
    "cannot_tell": "unclear",
    "not_testable": "outside",
}


def passage(block: Passage, words: Words) -> str:
    """Write a quoted text.

    Parameters
    ----------
    block
        Paragraphs of runs.
    words
        Of the reader; the text keeps its own language.

    Returns
    -------
    str
        Markup; everything quoted is escaped.
    """
    body = "".join(
        f"<p>{''.join(_run(run, words) for run in runs)}</p>" for runs in block.paragraphs
    )
    spoken = escape(block.language, quote=True)
    return f'<blockquote class="passage" lang="{spoken}">{body}</blockquote>'


def _run(run: Run, words: Words) -> str:
    text = escape(harmless(run.text))
    if not run.numbers:
        return text
    verdict = words.label(f"verdict.{run.verdict}")
    told = escape(", ".join(map(str, run.numbers)))
    name = escape(f"{verdict} ({told})", quote=True)
    return (
        f'<a class="claim {_LOOKS.get(run.verdict, "outside")}" href="#verdict-{run.numbers[0]}" '
        f'title="{name}">{text}<sup><span aria-hidden="true">{MARKS[run.verdict]}</span>'
        f'<span class="spoken">{escape(verdict)} </span>{told}</sup></a>'
    )
