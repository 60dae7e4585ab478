"""A sentence before it has a language: a key and typed values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from comove.core.units import Unit


@dataclass(frozen=True)
class Quantity:
    """A number with its unit.

    Attributes
    ----------
    value
        The number, unrounded.
    unit
        How it is to be read.
    """

    value: float
    unit: Unit


@dataclass(frozen=True)
class Name:
    """Something whose title the word catalogues hold.

    Attributes
    ----------
    id
        A series id (``"gdx"``), or ``"<room>.<key>"`` for other words, e.g. ``"channel.gold"``,
        ``"driver.real_yield"``, ``"method.ols_hac"``.
    """

    id: str


Value = "Quantity | Name | date | int | str | Message | tuple[Value, ...]"


@dataclass(frozen=True)
class Message:
    """A key of the word catalogues and what fills its fields.

    Attributes
    ----------
    key
        E.g. ``"explain.headline.fell"``.
    items
        Sorted ``(field, value)`` pairs; a value is a :class:`Quantity`, a :class:`Name`, a date, a
        whole number, a code that is shown as it is, another message, or a tuple of these (a list
        in the sentence).

    Examples
    --------
    >>> say("together.fell", asset=Name("gdx"), move=Quantity(-0.18, "simple_return"))["asset"]
    Name(id='gdx')
    """

    key: str
    items: tuple[tuple[str, object], ...] = ()

    def __getitem__(self, field: str) -> object:
        """Return the value that fills ``field``."""
        return dict(self.items)[field]

    def __iter__(self) -> Iterator[tuple[str, object]]:
        """Iterate over ``(field, value)``."""
        return iter(self.items)


def say(key: str, /, **values: object) -> Message:
    """Build a :class:`Message`.

    Parameters
    ----------
    key
        Key of the word catalogues.
    **values
        What fills the fields.

    Returns
    -------
    Message
        Hashable, with sorted fields.
    """
    return Message(key, tuple(sorted(values.items())))
