"""How much room words take, without asking for a font: enough to lay out labels."""

from __future__ import annotations

from functools import cache
from unicodedata import east_asian_width

TICK = 11.5
"""Size of the lettering in pixels; the page's stylesheet sets the same."""

_NARROW = frozenset("iljtfrI.,:;|!'()[] ")
_WIDE = frozenset("mwMW%@—")


def measure(text: str, size: float = TICK, *, strong: bool = False) -> float:
    """Estimate the width of a line, a little generously.

    Parameters
    ----------
    text
        One line.
    size
        Size of the lettering in pixels.
    strong
        Bold lettering.

    Returns
    -------
    float
        Pixels.

    Notes
    -----
    Full-width characters take 1 em; Latin ones .38, .62 or .98 em by class, a tenth more when bold.

    Examples
    --------
    >>> measure("金鉱株", 10.0)
    30.0
    """
    wide = sum(_advance(character) for character in text)
    return size * (1.1 * wide if strong and text.isascii() else wide)


@cache
def _advance(character: str) -> float:
    if east_asian_width(character) in "WF":
        return 1.0
    if character in _NARROW:
        return 0.38
    return 0.98 if character in _WIDE else 0.62


def wrap(text: str, room: float, size: float = TICK) -> str:
    r"""Break a label into at most two lines, as even as its break points allow.

    Spaces and middle dots come first, then the ends of Japanese particles, then any place between
    full-width characters.

    Parameters
    ----------
    text
        One line.
    room
        Pixels a line may take.
    size
        Size of the lettering in pixels.

    Returns
    -------
    str
        The text, with one line break when it is wider than ``room`` and can be broken.

    Examples
    --------
    >>> wrap("the dollar and carry trades", 100.0)
    'the dollar and\ncarry trades'
    >>> wrap("ビットコインの予想変動率", 100.0)
    'ビットコインの\n予想変動率'
    """
    if measure(text, size) <= room:
        return text
    for may_break in (_after_space, _after_particle, _between_wide):
        places = [place for place in range(1, len(text)) if may_break(text[place - 1], text[place])]
        if not places:
            continue
        best = min(places, key=lambda place: _longer_half(text, place, size))
        if _longer_half(text, best, size) <= room or may_break is _between_wide:
            return f"{text[:best].rstrip()}\n{text[best:].lstrip()}"
    return text


def _after_space(before: str, _: str) -> bool:
    return before in " ・、/"


def _after_particle(before: str, after: str) -> bool:
    """Tell whether a word begins where kana of grammar end: ``ビットコインの|予想変動率``."""
    return _is_hiragana(before) and _is_wide(after) and not _is_hiragana(after)


def _between_wide(before: str, after: str) -> bool:
    return _after_space(before, after) or (
        _is_wide(before) and _is_wide(after) and after not in "・、。)」ー"
    )


def _is_wide(character: str) -> bool:
    return east_asian_width(character) in "WF"


def _is_hiragana(character: str) -> bool:
    return "ぁ" <= character <= "ん"


def _longer_half(text: str, place: int, size: float) -> float:
    return max(measure(text[:place].rstrip(), size), measure(text[place:].lstrip(), size))


def spread(wanted: tuple[float, ...], gap: float) -> tuple[float, ...]:
    """Move labels apart until none overlaps its neighbour, keeping their order.

    Parameters
    ----------
    wanted
        Positions in pixels.
    gap
        Least distance between two.

    Returns
    -------
    tuple of float
        Positions in the order given; each cluster stays centred on where its labels want to be.

    Notes
    -----
    Least-squares fit under ``p[i+1] - p[i] >= gap``: subtract ``i * gap``, pool adjacent
    violators, add it back.

    Examples
    --------
    >>> spread((10.0, 12.0), 12.0)
    (5.0, 17.0)
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    blocks: list[list[float]] = []
    for rank, index in enumerate(order):
        blocks.append([wanted[index] - rank * gap])
        while len(blocks) > 1 and _mean(blocks[-2]) > _mean(blocks[-1]):
            last = blocks.pop()
            blocks[-1].extend(last)
    level = [_mean(block) for block in blocks for _ in block]
    placed = {index: level[rank] + rank * gap for rank, index in enumerate(order)}
    return tuple(placed[index] for index in range(len(wanted)))


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)
