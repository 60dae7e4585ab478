"""A picture before it is drawn: data columns and what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from comove.core.message import Message


@dataclass(frozen=True, kw_only=True)
class Exhibit:
    """Columns of equal length and the kind of chart that shows them.

    Attributes
    ----------
    key
        Names the exhibit within its document.
    kind
        A chart of ``report/charts``: ``"paths"``, ``"split"``, ``"rolling"`` ...
    columns
        Column name to values (numbers, ISO dates, ids); None marks a missing number.
    marks
        Single values the chart needs: shaded spans, reference lines.
    caption
        What the reader should see in it.
    """

    key: str
    kind: str
    columns: Mapping[str, tuple[object, ...]] = field(hash=False)
    marks: Mapping[str, object] = field(default_factory=dict, hash=False)
    caption: Message

    def __post_init__(self) -> None:
        """Freeze the mappings."""
        object.__setattr__(self, "columns", MappingProxyType(dict(self.columns)))
        object.__setattr__(self, "marks", MappingProxyType(dict(self.marks)))
