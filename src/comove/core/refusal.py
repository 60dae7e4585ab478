"""What went wrong, as a sentence before it has a language."""

from __future__ import annotations

from comove.core.errors import ComoveError
from comove.core.message import Message, say


def told(error: ComoveError) -> Message:
    """Turn an error into a message that can stand in a document.

    Parameters
    ----------
    error
        Any error of the tree.

    Returns
    -------
    Message
        Its code is the key, ``error.<code>``; values stand as in the source, and ``english`` holds
        sentence and hint for a reader who has no words for the code.

    Examples
    --------
    >>> from comove.core.errors import DataError
    >>> told(DataError("data.gone", "{id} is gone.", id="gdx")).key
    'error.data.gone'
    """
    values = {name: str(value) for name, value in error.values.items()}
    return say(f"error.{error.code}", **values, english=str(error))
