"""Nouns as plain data: the one way every machine-readable form is made."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

import numpy as np

from comove.core.estimate import Estimate
from comove.core.message import Message


def as_plain(value: object) -> Any:  # noqa: ANN401 - the shape follows the noun
    """Turn a noun into mappings, lists, strings and numbers.

    Parameters
    ----------
    value
        A frozen dataclass, or anything inside one.

    Returns
    -------
    object
        NaN and infinities become None; dates become ISO text; a message becomes its key and fields.

    Examples
    --------
    >>> as_plain((1.5, float("nan"), date(2026, 2, 6)))
    [1.5, None, '2026-02-06']
    """
    if value is None or isinstance(value, str | int | float):
        return _scalar(value)
    if isinstance(value, Message):
        return {"key": value.key, "values": {name: as_plain(item) for name, item in value}}
    if is_dataclass(value) and not isinstance(value, type):
        return {entry.name: as_plain(getattr(value, entry.name)) for entry in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): as_plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [as_plain(item) for item in value]
    return _scalar(value)


def _scalar(value: object) -> object:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def as_records(value: object) -> tuple[dict[str, object], ...]:
    """Flatten every estimate inside a noun.

    Parameters
    ----------
    value
        A frozen dataclass.

    Returns
    -------
    tuple of dict
        ``path`` names the place (``why.returns.gdx.parts.gold``), then the fields of the estimate.
    """
    return tuple({"path": path, **as_plain(estimate)} for path, estimate in _estimates(value, ""))


_LABELS = ("asset", "channel", "driver", "pair", "key", "attack", "other")


def _estimates(value: object, path: str) -> Iterator[tuple[str, Estimate]]:
    if isinstance(value, Estimate):
        yield path, value
    elif isinstance(value, Message):
        return
    elif is_dataclass(value) and not isinstance(value, type):
        for entry in fields(value):
            yield from _estimates(getattr(value, entry.name), f"{path}.{entry.name}".lstrip("."))
    elif isinstance(value, tuple):
        for place, item in enumerate(value):
            yield from _estimates(item, f"{path}.{_label(item, place)}")


def _label(item: object, place: int) -> str:
    if isinstance(item, tuple) and item and isinstance(item[0], str | int | float):
        return "-".join(str(part) for part in item if isinstance(part, str | int | float))
    for name in _LABELS:
        found = getattr(item, name, None)
        if isinstance(found, str):
            return f"{found}-{item.other}" if hasattr(item, "other") else found
        if isinstance(found, tuple):
            return "-".join(map(str, found))
    return str(place)
