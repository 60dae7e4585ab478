"""Nouns as text and bytes that stay the same, and the hashes made of them."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from comove.core.errors import DamagedFileError
from comove.core.message import Message, Name, Quantity
from comove.core.source import Payload, Request
from comove.core.store import Accepted, Batch, Quarantined
from comove.data.store.revisions import ascending


def text_of(value: object) -> str:
    """Return JSON with sorted keys and no blanks; numbers keep every digit."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def message_text(message: Message) -> str:
    """Return a message as text that :func:`message_of` reads back.

    Parameters
    ----------
    message
        Any.

    Returns
    -------
    str
        JSON.

    Examples
    --------
    >>> message_of(message_text(Message("a.b", (("n", Quantity(1.5, "usd")),))))["n"]
    Quantity(value=1.5, unit='usd')
    """
    return text_of(_packed(message))


def message_of(text: str) -> Message:
    """Return the message behind the text of :func:`message_text`."""
    found: Message = _unpacked(json.loads(text))
    return found


def _packed(value: object) -> object:
    if isinstance(value, Message):
        return {"say": value.key, "with": {name: _packed(item) for name, item in value.items}}
    if isinstance(value, Quantity):
        return {"number": float(value.value), "unit": value.unit}
    if isinstance(value, Name):
        return {"name": value.id}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, tuple | list):
        return [_packed(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value


def _unpacked(found: Any) -> Any:  # noqa: ANN401 - the shape follows the text
    if isinstance(found, list):
        return tuple(_unpacked(item) for item in found)
    if not isinstance(found, dict):
        return found
    if "say" in found:
        pairs = sorted((name, _unpacked(item)) for name, item in found["with"].items())
        return Message(found["say"], tuple(pairs))
    if "unit" in found:
        return Quantity(found["number"], found["unit"])
    if "name" in found:
        return Name(found["name"])
    return date.fromisoformat(found["day"])


def batch_key(batch: Batch) -> str:
    """Return the hash of a batch's content, whatever the order of its rows and its time.

    Parameters
    ----------
    batch
        Any.

    Returns
    -------
    str
        SHA-256, 64 hex digits.
    """
    digest = hashlib.sha256(f"{batch.payload}|{batch.received}\n".encode())
    for rows in sorted(batch.accepted, key=lambda rows: (rows.series, rows.source, len(rows))):
        digest.update(_rows_digest(rows))
    for text in sorted(quarantined_text(row) for row in batch.quarantined):
        digest.update(text.encode() + b"\n")
    return digest.hexdigest()


def _rows_digest(rows: Accepted) -> bytes:
    digest = hashlib.sha256(f"{rows.series}|{rows.source}|{rows.vintages}\n".encode())
    values = np.where(np.isnan(rows.values), np.nan, rows.values)  # one NaN of many
    order = ascending(rows)
    for column in (rows.labels, rows.struck, rows.known, values):
        digest.update(np.ascontiguousarray(column[order]).tobytes())
    return digest.digest()


def quarantined_text(row: Quarantined) -> str:
    """Return a quarantined row as text of one line, the same for the same row."""
    label = row.label.isoformat() if row.label else None
    fields = (row.series, row.source, row.rule, message_text(row.reason))
    return text_of([*fields, label, repr(row.value), row.raw])


def payload_bytes(payload: Payload) -> tuple[str, bytes]:
    """Return the key of a payload and the bytes that are kept of it.

    Parameters
    ----------
    payload
        As received; secrets that its request still holds are struck out.

    Returns
    -------
    key
        SHA-256 of request, status, type and body; not of the time.
    kept
        Compressed; :func:`payload_of` reads it back.
    """
    asked = payload.request.public()
    request = {
        "source": asked.source,
        "url": asked.url,
        "params": asked.params,
        "headers": asked.headers,
        "method": asked.method,
        "body": asked.body.decode("latin-1"),
        "secrets": asked.secrets,
        "accepts": asked.accepts,
        "limit": asked.limit,
    }
    answer = {"request": request, "status": payload.status, "type": payload.content_type}
    key = hashlib.sha256(text_of(answer).encode() + b"\n" + payload.body).hexdigest()
    told = {"received": str(payload.received.astype("M8[s]")), "headers": payload.headers}
    return key, zlib.compress(text_of(answer | told).encode() + b"\n" + payload.body, 6)


def payload_of(key: str, kept: bytes, where: str) -> Payload:
    """Return the payload behind kept bytes.

    Parameters
    ----------
    key
        The key it was kept under.
    kept
        Bytes of :func:`payload_bytes`.
    where
        File or address, for the error.

    Returns
    -------
    Payload
        Byte for byte as received.

    Raises
    ------
    DamagedFileError
        When the bytes are not those that were kept.
    """
    try:
        head, _, body = zlib.decompress(kept).partition(b"\n")
        found = json.loads(head)
        payload = Payload(
            request=_request(found["request"]),
            status=found["status"],
            content_type=found["type"],
            body=body,
            received=np.datetime64(found["received"], "s"),
            headers=_pairs(found["headers"]),
        )
    except (zlib.error, ValueError, KeyError, TypeError) as cause:
        raise damaged(where) from cause
    if payload_bytes(payload)[0] != key:
        raise damaged(where)
    return payload


def _request(found: Mapping[str, Any]) -> Request:
    request = Request(
        source=found["source"],
        url=found["url"],
        params=_pairs(found["params"]),
        headers=_pairs(found["headers"]),
    )
    return replace(
        request,
        method=found["method"],
        body=found["body"].encode("latin-1"),
        secrets=tuple(found["secrets"]),
        accepts=tuple(found["accepts"]),
        limit=found["limit"],
    )


def _pairs(found: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in found)


def damaged(where: str) -> DamagedFileError:
    """Return the error that names a damaged part of a store.

    Parameters
    ----------
    where
        File or address.

    Returns
    -------
    DamagedFileError
        With the hint where an intact copy may be had.
    """
    return DamagedFileError(
        "store.damaged",
        "{path} is missing or is not what the store wrote.",
        "Nothing of it is used; bring back a backup, or fetch the data again.",
        path=where,
    )
