"""Payloads in encodings and number formats that are not the service's own: refused or harmless."""

import re

import numpy as np
import pytest

from comove.core.errors import PayloadError
from sources.cases import cases

TEXTS = [case for case in cases() if case.payload.body[:2] != b"PK"]
every_text = pytest.mark.parametrize("case", TEXTS, ids=str)


def accepted(case, body):
    """The rows read from a body as a set; None when it is refused."""
    try:
        rows = case.read(body)
    except PayloadError:
        return None
    columns = [rows.labels.astype(np.int64).tolist(), rows.values.tolist()]
    return {row for row in zip(*columns, strict=True) if row[1] == row[1]}


@every_text
@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-7"])
def test_another_encoding_is_refused(case, encoding):
    body = case.payload.body.decode().encode(encoding)
    assert body == case.payload.body or accepted(case, body) is None


@every_text
def test_a_byte_order_mark_is_harmless_or_refused(case):
    found = accepted(case, b"\xef\xbb\xbf" + case.payload.body)
    assert found is None or found == accepted(case, case.payload.body)


@every_text
def test_decimal_commas_and_thousands_are_never_read_as_other_figures(case):
    body, whole = case.payload.body, accepted(case, case.payload.body)
    for bent in (
        re.sub(rb"(?<=\d)\.(?=\d)", b",", body),
        re.sub(rb"(?<=\d)(?=\d{3}\.\d)", b",", body),
    ):
        found = accepted(case, bent)
        assert found is None or found <= whole


@every_text
def test_full_width_and_eastern_digits_are_refused(case):
    for zero in (0xFF10, 0x0660):
        table = {ord("0") + digit: zero + digit for digit in range(10)}
        assert accepted(case, case.payload.body.decode().translate(table).encode()) is None


@pytest.mark.parametrize("case", cases(), ids=str)
def test_a_lost_beginning_brings_nothing_new(case):
    body, whole = case.payload.body, accepted(case, case.payload.body)
    for start in range(1, len(body)):
        found = accepted(case, body[start:])
        assert found is None or found <= whole, f"the first {start} bytes lost"
