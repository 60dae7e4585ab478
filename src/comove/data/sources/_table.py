"""Reading comma-separated tables of services: the columns by name, every row whole or refused."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

from comove.core.source import Payload
from comove.data.sources import _payload

_LONGEST_FIELD = 1000
_DIGIT = re.compile(r"\d", re.ASCII)


def columns(
    payload: Payload, wanted: Sequence[str], header_at: int = 0
) -> tuple[tuple[str, ...], ...]:
    """Read the wanted columns of a table.

    Parameters
    ----------
    payload
        UTF-8 text, fields separated by commas.
    wanted
        Names in the header, case and surrounding blanks aside.
    header_at
        Line of the header.

    Returns
    -------
    tuple of tuple of str
        One per row, the fields in the order of ``wanted``.

    Raises
    ------
    PayloadError
        When a column is missing or there twice, a row has more or fewer fields than the header, or
        the last line was cut off.

    Notes
    -----
    A file may end without a line break, and then nothing says whether its last line is whole.
    Services write a column with a fixed number of digits behind the point, so the last line must
    look like the one before it, digit for digit from the point on; otherwise it is taken for cut.
    """
    body = _payload.text(payload)
    try:
        lines = list(csv.reader(body.splitlines(), strict=True))[header_at:]
    except csv.Error as cause:
        raise _payload.unusable(payload, "table") from cause
    if not lines:
        raise _payload.nothing(payload)
    header = [name.strip().casefold() for name in lines[0]]
    places = []
    for name in wanted:
        if header.count(name.casefold()) != 1:
            raise _payload.unusable(payload, name)
        places.append(header.index(name.casefold()))
    rows = [line for line in lines[1:] if line]
    for row in rows:
        if len(row) != len(header) or max(map(len, row)) > _LONGEST_FIELD:
            raise _payload.partial(payload)
    if not body.endswith(("\n", "\r")) and not _whole(rows):
        raise _payload.partial(payload)
    return tuple(tuple(row[place].strip() for place in places) for row in rows)


def _whole(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether an unterminated last line ends like the line before it."""
    if len(rows) < 2:
        return False
    before, last = (_DIGIT.sub("0", row[-1].rpartition(".")[2]) for row in rows[-2:])
    return "." in rows[-1][-1] and before == last
