"""What a field of a request is for: read by the command line, the manual and every other door."""

from __future__ import annotations


def about(text: str, **more: object) -> dict[str, object]:
    """Describe a field.

    Parameters
    ----------
    text
        One sentence or two.
    **more
        What a door needs beyond that: ``flag``, ``metavar``, ``placed``, ``room``, ``reads``.

    Returns
    -------
    dict
        Metadata of the field.

    Examples
    --------
    >>> about("Seed of every random draw.")
    {'help': 'Seed of every random draw.'}
    """
    return {"help": text, **more}
