"""Table cells as markup: the number first, its interval in smaller ink, a bar where asked."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from comove.core.estimate import Estimate
from comove.core.message import Message, Name
from comove.report import numbers
from comove.report.page.verdict import SIGNED, mark
from comove.report.words import Words

_WIDTH, _HEIGHT = 132.0, 16.0


def cell(value: object, words: Words) -> str:
    """Write a cell.

    Parameters
    ----------
    value
        See :data:`comove.core.document.Cell`.
    words
        Of the reader.

    Returns
    -------
    str
        Markup, escaped.

    Examples
    --------
    >>> cell(Name("a"), Words("en", {}, {"a": "A & B"}))
    'A &amp; B'
    """
    if isinstance(value, Estimate) and value.value == value.value:
        point = escape(words.cell(value.quantity))
        bounds = escape(numbers.interval(value, words.language))
        return f'{point} <span class="interval">{bounds}</span>' if bounds else point
    key = value.id if isinstance(value, Name) else value.key if isinstance(value, Message) else ""
    if key in SIGNED:
        return mark(key, words)
    text = escape(words.cell(value))
    for bounds in _bounds(value, words):
        text = text.replace(bounds, f'<span class="interval">{bounds}</span>', 1)
    return text


def _bounds(value: object, words: Words) -> Iterable[str]:
    """Yield the intervals inside a sentence, as they are written."""
    if isinstance(value, Message):
        for _, item in value:
            if isinstance(item, Estimate) and item.low is not None:
                yield escape(numbers.interval(item, words.language))


def extent(values: Iterable[object]) -> tuple[float, float]:
    """Return the scale of a column of bars: everything it shows, and zero.

    Parameters
    ----------
    values
        Cells; those that are no estimates are left out.

    Returns
    -------
    tuple of float
        Low and high end; ``(0, 0)`` when there is nothing to show.
    """
    ends = [
        end
        for value in values
        if isinstance(value, Estimate)
        for end in (value.value, value.low, value.high)
        if end is not None and abs(end) < float("inf")
    ]
    return min(ends, default=0.0) if min(ends, default=0.0) < 0.0 else 0.0, max(0.0, *ends, 0.0)


def bar(value: object, scale: tuple[float, float]) -> str:
    """Draw an estimate as a bar from zero with its interval.

    Parameters
    ----------
    value
        The cell.
    scale
        Of its column, from :func:`extent`.

    Returns
    -------
    str
        A decorative ``svg``; empty when there is nothing to draw.
    """
    low, high = scale
    if not isinstance(value, Estimate) or not low < high or not abs(value.value) < float("inf"):
        return ""

    def at(number: float) -> float:
        return round(1.0 + (number - low) / (high - low) * (_WIDTH - 2.0), 1)

    left, right = sorted((at(0.0), at(value.value)))
    look = "f-a" if value.excludes_zero else "f-a pale s-a"
    shapes = (
        f'<rect class="{look}" x="{left}" y="3" width="{max(right - left, 0.5):.1f}" height="10"/>'
        f'<path class="s-muted" d="M{at(0.0)} 0V{_HEIGHT:g}"/>'
    )
    if value.low is not None and value.high is not None:
        shapes += f'<path class="s-text" d="M{at(value.low)} 8H{at(value.high)}"/>'
    return (
        f'<svg class="bar" viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" width="{_WIDTH:g}" '
        f'height="{_HEIGHT:g}" aria-hidden="true">{shapes}</svg>'
    )
