"""A measured influence: a fixed combination of changes of catalogue series."""

from __future__ import annotations

from dataclasses import dataclass

from comove.core.observations import Floats
from comove.core.panel import Changes


@dataclass(frozen=True)
class Driver:
    """One column of the design matrix.

    Attributes
    ----------
    key
        Its title is ``driver.<key>`` in the word catalogues.
    legs
        ``(series, weight)`` pairs, e.g. ``(("hyg", 1.0), ("tlt", -1.0))``.

    Examples
    --------
    >>> Driver("credit", (("hyg", 1.0), ("tlt", -1.0))).series
    ('hyg', 'tlt')
    """

    key: str
    legs: tuple[tuple[str, float], ...]

    @property
    def series(self) -> tuple[str, ...]:
        """Ids of the legs."""
        return tuple(series for series, _ in self.legs)

    def change(self, changes: Changes) -> Floats:
        """Return the driver's change.

        Parameters
        ----------
        changes
            Holds every leg.

        Returns
        -------
        Floats
            Shape (T,): the weighted sum of the legs' changes.
        """
        total = sum(weight * changes[series] for series, weight in self.legs)
        return total + 0.0 * changes.values[:, 0]
