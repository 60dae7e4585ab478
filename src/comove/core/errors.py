"""Everything that can go wrong on purpose.

The tree::

    ComoveError
    ├── QuestionError           wrong use (exit code 2)
    │   ├── UnknownSeriesError  a name the catalogue does not hold
    │   ├── UndeclaredSeriesError  a user's series without kind, unit or clock
    │   └── WindowError         dates that cannot be a window
    ├── OutputError             the answer cannot be written (exit code 2)
    ├── DataError               data too old, missing or damaged (exit code 3)
    │   ├── DamagedFileError    a bundled file differs from its recorded hash
    │   ├── UnreadableFileError a user's file is not what it should be, or can be read two ways
    │   ├── NoDataError         nothing held for what was asked
    │   ├── StaleDataError      held, but it ends before the day asked about
    │   ├── StoreError          the store cannot be read or written
    │   └── SourceError         a service did not give what was asked of it
    │       ├── MissingKeyError   it needs a key, and none is set
    │       ├── UnavailableError  it did not answer, or asked to be left alone: try later
    │       └── PayloadError      what it sent is not the data asked for: keep what is held
    └── NotEstimable            the sample cannot carry the estimate

Every error has a ``code`` (its word-catalogue key), the values that fill the sentence, one English
sentence and one English hint.  Other languages look the sentence up by its code.
"""

from __future__ import annotations

from typing import ClassVar


class ComoveError(Exception):
    """Root of the tree: one sentence, one hint, one exit code.

    Parameters
    ----------
    code
        Key of the sentence in the word catalogues, e.g. ``"window.reversed"``.
    text
        The sentence in English, with ``{name}`` fields.
    hint
        What to do about it, in English, with ``{name}`` fields.
    **values
        What fills the fields.
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, code: str, text: str, hint: str = "", /, **values: object) -> None:
        self.code = code
        self.values = values
        self.text = text.format(**values)
        self.hint = hint.format(**values)
        super().__init__(self.text)

    def __str__(self) -> str:
        """Sentence and hint on one line."""
        return f"{self.text} {self.hint}".strip()


class QuestionError(ComoveError):
    """The question contradicts itself; raised before any data is read."""


class UnknownSeriesError(QuestionError):
    """A name that is neither an id nor an alias in the catalogue."""


class UndeclaredSeriesError(QuestionError):
    """A user's series without a declared kind, unit or clock; none of them is guessed."""


class WindowError(QuestionError):
    """Dates that cannot be a window: reversed, too short, outside the history."""


class OutputError(ComoveError):
    """The answer was computed but cannot be written where asked."""


class DataError(ComoveError):
    """The data are missing, too old or damaged."""

    exit_code: ClassVar[int] = 3


class DamagedFileError(DataError):
    """A file does not have the hash recorded for it."""


class UnreadableFileError(DataError):
    """A user's file is not what it should be, or can be read in two ways."""


class NoDataError(DataError):
    """Nothing is held for what was asked."""


class StaleDataError(DataError):
    """The series ended before the day asked about."""


class StoreError(DataError):
    """The store cannot be read or written; it holds what it held before."""


class SourceError(DataError):
    """A service did not give what was asked of it."""


class MissingKeyError(SourceError):
    """The service needs a key, and none is set."""


class UnavailableError(SourceError):
    """The service did not answer, or asked to be left alone; trying later may help."""


class PayloadError(SourceError):
    """A service sent something that is not the data asked for; nothing of it is used."""


class NotEstimable(ComoveError):  # noqa: N818 - a statement about a sample, not a malfunction
    """The sample cannot carry the estimate; the reason is part of the answer.

    Parameters
    ----------
    reason
        A word-catalogue key: ``"too_short"``, ``"constant"``, ``"collinear"``, ``"missing"``,
        ``"not_finite"``, ``"shape"``.
    **values
        Figures that fill the sentence, e.g. ``nobs=12, least=30``.
    """

    exit_code: ClassVar[int] = 3

    def __init__(self, reason: str, /, **values: object) -> None:
        self.reason = reason
        figures = ", ".join(f"{name}={value}" for name, value in values.items())
        super().__init__(
            f"not_estimable.{reason}",
            f"not estimable: {reason}" + (f" ({figures})" if figures else ""),
        )
        self.values = values
