"""What every estimator of the public surface returns: frozen, readable, and a data frame on ask."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import fields
from typing import TYPE_CHECKING, ClassVar, cast

import numpy as np

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from pandas import DataFrame

_WIDTH = 100
_HEAD = 8
_SHORT = 6  # names written out in a summary; more are counted


class Result(ABC):
    """Base of the small frozen results.

    A result is a frozen dataclass derived from this class, decorated with
    ``@dataclass(frozen=True, kw_only=True, eq=False, repr=False)``.  Its arrays become read-only;
    its representation and summary are written from its fields.  A subclass writes
    :meth:`to_frame` and may name properties worth a line in :attr:`headline`.

    Notes
    -----
    Arrays are sealed through a view: what the estimator or the caller still holds stays as it was.

    Examples
    --------
    >>> import numpy as np
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True, kw_only=True, eq=False, repr=False)
    ... class Mean(Result):
    ...     value: float
    ...     weights: np.ndarray
    ...
    ...     def to_frame(self):
    ...         import pandas as pd
    ...
    ...         return pd.DataFrame({"weight": self.weights})
    >>> Mean(value=0.25, weights=np.full(3, 1 / 3))
    Mean(value=0.25, weights=[3])
    >>> Mean(value=0.25, weights=np.full(3, 1 / 3)).summary().splitlines()[:2]
    ['Mean', '  value  0.25']
    """

    headline: ClassVar[tuple[str, ...]] = ()
    """Names of scalar properties that the representation and the summary show before the fields."""

    def __post_init__(self) -> None:
        """Make every array field read-only."""
        for field in fields(cast("DataclassInstance", self)):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                sealed = value.view()
                sealed.setflags(write=False)
                object.__setattr__(self, field.name, sealed)

    @abstractmethod
    def to_frame(self) -> DataFrame:
        """Return the result as a pandas data frame; pandas is loaded here."""

    def summary(self) -> str:
        """Return the scalars and the first lines of the frame as fixed-width text.

        Returns
        -------
        str
            At most 100 characters wide, without a final newline.
        """
        scalars = self._scalars()
        width = max((len(name) for name, _ in scalars), default=0)
        lines = [type(self).__name__, *(f"  {name:<{width}}  {text}" for name, text in scalars)]
        frame = self._shown()
        head = frame.head(_HEAD).to_string(
            float_format=lambda value: f"{value:.6g}", line_width=_WIDTH, max_cols=_HEAD
        )
        if len(frame) > _HEAD:
            head += f"\n... {len(frame)} lines"
        return "\n".join([*lines, "", head])

    def _shown(self) -> DataFrame:
        """Return the frame a summary prints; a subclass may add margins."""
        return self.to_frame()

    def __repr__(self) -> str:
        """Return scalars and the shapes of the arrays, on one line."""
        shown = [f"{name}={text}" for name, text in self._scalars()]
        for field in fields(cast("DataclassInstance", self)):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                shown.append(f"{field.name}=[{'x'.join(map(str, value.shape))}]")
        text = f"{type(self).__name__}({', '.join(shown)})"
        return text if len(text) <= _WIDTH else text[: _WIDTH - 4] + "...)"

    def _scalars(self) -> list[tuple[str, str]]:
        names = [*self.headline, *(field.name for field in fields(cast("DataclassInstance", self)))]
        pairs = ((name, _written(getattr(self, name))) for name in names)
        return [(name, text) for name, text in pairs if text is not None]


def _written(value: object) -> str | None:
    """Write a scalar or a tuple of scalars; None for anything else."""
    if isinstance(value, tuple):
        parts = [_written(part) for part in value]
        if len(parts) > _SHORT:
            return f"{len(parts)} values"
        return ", ".join(part for part in parts if part is not None) or None
    if isinstance(value, np.ndarray) or not isinstance(
        value, bool | int | float | str | np.generic
    ):
        return None
    return f"{float(value):.6g}" if isinstance(value, float | np.floating) else str(value)
