"""Reading the body of an answer: never more than allowed, packed or unpacked, and to its end."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from urllib.parse import quote

from comove.core.source import Request
from comove.data.http import refusals
from comove.data.http.refusals import Trouble

RATIO = 100
"""Most bytes that one packed byte may unpack to, once a megabyte has been unpacked."""

_PIECE = 1 << 16
_FREE = 1 << 20
_GZIP = 16 + zlib.MAX_WBITS
_SHORTEST_SECRET = 4


def read(pieces: Iterable[bytes], encoding: str, request: Request) -> bytes:
    """Read a body to its end.

    Parameters
    ----------
    pieces
        As they come over the wire.
    encoding
        ``""``, ``"identity"`` or ``"gzip"``.
    request
        Whose limit holds for what is unpacked, and for what is not packed.

    Returns
    -------
    bytes
        Unpacked.

    Raises
    ------
    PayloadError
        When there is more than allowed, or the packing is of another kind.
    Trouble
        When it ends before it is complete.
    """
    if encoding in {"", "identity"}:
        return _plain(pieces, request)
    if encoding in {"gzip", "x-gzip"}:
        try:
            return _unpacked(pieces, request)
        except zlib.error:
            raise Trouble(refusals.broken_off(request.source)) from None
    raise refusals.no_data(request.source, encoding[:40])


def _plain(pieces: Iterable[bytes], request: Request) -> bytes:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > request.limit:
            raise refusals.too_large(request.source, request.limit)
    return bytes(body)


def _unpacked(pieces: Iterable[bytes], request: Request) -> bytes:
    unpacker = zlib.decompressobj(_GZIP)
    body = bytearray()
    packed = 0
    for piece in pieces:
        packed += len(piece)
        rest = piece
        while rest:
            body += unpacker.decompress(rest, _PIECE)
            rest = unpacker.unconsumed_tail
            if len(body) > request.limit or len(body) > max(_FREE, RATIO * packed):
                raise refusals.too_large(request.source, request.limit)
    if not unpacker.eof or unpacker.unused_data:
        raise Trouble(refusals.broken_off(request.source))
    return bytes(body)


def struck_out(body: bytes, request: Request) -> bytes:
    """Return a body without the keys that were sent, should the service repeat them.

    Parameters
    ----------
    body
        As received.
    request
        With its secrets.

    Returns
    -------
    bytes
        Every key, plain or percent-encoded, replaced by three asterisks.

    Examples
    --------
    >>> asked = Request(source="s", url="", params=(("k", "abcd1234"),), secrets=("k",))
    >>> struck_out(b"key abcd1234 is not valid", asked)
    b'key *** is not valid'
    """
    for name, value in (*request.params, *request.headers):
        if name in request.secrets and len(value) >= _SHORTEST_SECRET:
            for form in {value, quote(value), quote(value, safe="")}:
                body = body.replace(form.encode(), b"***")
    return body
