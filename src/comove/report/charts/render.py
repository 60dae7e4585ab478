"""Exhibits become SVG: a wide drawing for desks and paper, a narrow one for telephones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

from comove.core.errors import OutputError
from comove.core.exhibit import Exhibit
from comove.core.registry import members
from comove.report.charts.scene import Scene
from comove.report.charts.svg import draw
from comove.report.words import Words

WORDS = str(Path(__file__).parent)
"""Folder of the words that charts use; to be loaded with those of the document."""

WIDE, NARROW = 736.0, 354.0
"""Pixels a picture may take in the page's column and on a telephone held upright."""


@dataclass(frozen=True)
class Picture:
    """An exhibit, drawn.

    Attributes
    ----------
    wide, narrow
        ``svg`` elements, one per panel; ``narrow`` is empty when the wide panels fit everywhere.
        Both are empty for an exhibit without rows.
    """

    wide: tuple[str, ...]
    narrow: tuple[str, ...]


def kinds() -> tuple[str, ...]:
    """List the kinds of charts that are installed.

    Returns
    -------
    tuple of str
        Sorted.

    Examples
    --------
    >>> "paths" in kinds()
    True
    """
    return tuple(_installed())


@cache
def _installed() -> dict[str, ModuleType]:
    return members("comove.report.charts.kinds")


def scenes(exhibit: Exhibit, words: Words, room: float) -> tuple[Scene, ...]:
    """Lay an exhibit out for one width.

    Parameters
    ----------
    exhibit
        Data and meaning.
    words
        Loaded with the folder :data:`WORDS`.
    room
        Pixels there are.

    Returns
    -------
    tuple of Scene
        Panels in order; empty for an exhibit without rows.

    Raises
    ------
    OutputError
        When no chart of that kind is installed, or a column it needs is missing.
    """
    found = _installed()
    if exhibit.kind not in found:
        raise OutputError(
            "chart.kind",
            "The exhibit {key} asks for a chart of kind {kind}, which is not installed.",
            "Installed kinds: {known}.",
            key=exhibit.key,
            kind=exhibit.kind,
            known=", ".join(found),
        )
    if not any(exhibit.columns.values()):
        return ()
    drawn: tuple[Scene, ...] = found[exhibit.kind].draw(exhibit, words, room)
    return drawn


def picture(exhibit: Exhibit, words: Words) -> Picture:
    """Draw an exhibit for the page and for the telephone.

    Parameters
    ----------
    exhibit
        Data and meaning.
    words
        Loaded with the folder :data:`WORDS`.

    Returns
    -------
    Picture
        The caption is the label of every drawing.

    Raises
    ------
    OutputError
        As :func:`scenes`.
    """
    label = words.text(exhibit.caption)
    wide = scenes(exhibit, words, WIDE)
    fits = all(scene.width <= NARROW for scene in wide)
    narrow = () if fits else scenes(exhibit, words, NARROW)
    return Picture(
        wide=tuple(draw(scene, label) for scene in wide),
        narrow=tuple(draw(scene, label) for scene in narrow),
    )
