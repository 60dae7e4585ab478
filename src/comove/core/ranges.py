"""Numbers of a request that must lie between bounds."""

from __future__ import annotations

from numbers import Integral, Real

from comove.core.errors import QuestionError


def whole(name: str, value: object, low: int, high: int) -> None:
    """Refuse what is not a whole number between two bounds.

    Parameters
    ----------
    name
        Of the field.
    value
        As given.
    low, high
        Ends, both allowed.

    Raises
    ------
    QuestionError
        ``question.range``.

    Examples
    --------
    >>> whole("horizon", 21, 1, 252)
    """
    _check(name, value, (low, high), isinstance(value, Integral) and not isinstance(value, bool))


def real(name: str, value: object, low: float, high: float) -> None:
    """Refuse what is not a number between two bounds.

    Parameters
    ----------
    name
        Of the field.
    value
        As given.
    low, high
        Ends, both allowed.

    Raises
    ------
    QuestionError
        ``question.range``.

    Examples
    --------
    >>> real("level", 0.95, 0.5, 0.999)
    """
    _check(name, value, (low, high), isinstance(value, Real) and not isinstance(value, bool))


def _check(name: str, value: object, bounds: tuple[float, float], kind: bool) -> None:
    low, high = bounds
    if not (kind and low <= value <= high):  # type: ignore[operator]
        raise QuestionError(
            "question.range",
            "{name} is {value}; it must lie between {low} and {high}.",
            name=name,
            value=value,
            low=low,
            high=high,
        )
