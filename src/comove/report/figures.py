"""Which table cells are figures, that line up on the right."""

from __future__ import annotations

from collections.abc import Iterable

from comove.core.document import Cell
from comove.core.estimate import Estimate
from comove.core.message import Quantity


def is_figure(cell: Cell) -> bool:
    """Tell whether a cell is a number, or several.

    Parameters
    ----------
    cell
        See :data:`comove.core.document.Cell`.

    Returns
    -------
    bool
        False for an empty cell.

    Examples
    --------
    >>> is_figure((Quantity(-0.1, "simple_return"), None)), is_figure("gdx")
    (True, False)
    """
    if isinstance(cell, tuple):
        known = [item for item in cell if item is not None]
        return bool(known) and all(is_figure(item) for item in known)
    return isinstance(cell, Quantity | Estimate | int) and not isinstance(cell, bool)


def all_figures(cells: Iterable[Cell]) -> bool:
    """Tell whether a column holds figures only.

    Parameters
    ----------
    cells
        Of one column; empty ones do not count.

    Returns
    -------
    bool
        False for a column of empty cells.
    """
    known = [cell for cell in cells if cell is not None]
    return bool(known) and all(map(is_figure, known))
