"""One series on its own grid, with the instant each value was struck and became known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comove.core.errors import NoDataError
from comove.core.series import SeriesSpec

Floats = NDArray[np.float64]
Instants = NDArray[np.datetime64]
"""UTC instants as ``datetime64[s]``; labels as ``datetime64[D]``."""

BUNDLED = "bundled:"
"""How the origin of rows begins that come with comove."""


@dataclass(frozen=True, eq=False)
class Observations:
    """What is held of one series.

    Attributes
    ----------
    spec
        The catalogue row.
    labels
        Shape (T,), ``datetime64[D]``, ascending: the dates the source puts on the values.
    struck
        Shape (T,), ``datetime64[s]`` UTC: when the value was struck.
    known
        Shape (T,), ``datetime64[s]`` UTC: when it was published.
    values
        Shape (T,), finite.
    origin
        Where the rows come from, e.g. ``"bundled:gdx.csv@sha256:ab12"``.
    """

    spec: SeriesSpec
    labels: Instants
    struck: Instants
    known: Instants
    values: Floats
    origin: str = ""

    def __post_init__(self) -> None:
        """Own the arrays and close them for writing."""
        for name, dtype in (
            ("labels", "M8[D]"),
            ("struck", "M8[s]"),
            ("known", "M8[s]"),
            ("values", "f8"),
        ):
            array = np.array(getattr(self, name), dtype=dtype)
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    def __len__(self) -> int:
        """Return the number of observations."""
        return len(self.values)

    def known_by(self, instant: np.datetime64) -> Observations:
        """Keep what had been published by ``instant``.

        Parameters
        ----------
        instant
            UTC.

        Returns
        -------
        Observations
            Possibly empty.
        """
        keep = self.known <= instant
        return Observations(
            self.spec,
            self.labels[keep],
            self.struck[keep],
            self.known[keep],
            self.values[keep],
            self.origin,
        )

    def on(self, label: np.datetime64) -> float:
        """Return the value labelled with a date.

        Parameters
        ----------
        label
            The date.

        Returns
        -------
        float
            The value.

        Raises
        ------
        NoDataError
            When there is none on that date; nothing is filled.
        """
        place = int(np.searchsorted(self.labels, label))
        if place == len(self) or self.labels[place] != label:
            raise NoDataError(
                "data.no_value", "{id} has no value on {label}.", id=self.spec.id, label=label
            )
        return float(self.values[place])
