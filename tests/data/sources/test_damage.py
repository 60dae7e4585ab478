"""Payloads damaged at random: a typed error, or rows that were there before; never a new figure."""

import copy
import re
import time

import numpy as np
import pytest

from comove.core.errors import PayloadError
from comove.core.source import Rows
from sources.cases import cases
from sources.changes import parsed

CASES = cases()
POISON = (
    None, "", "n/a", "NaN", "Infinity", "-Infinity", "nan", True, False, [], {}, [[]], {"a": "b"},
    "１２３", "٣٤", "1,234.5", "12,5", "0x1F", "1e999", "1_000", " ", "\u0000", "--1", "12.5%", "∞",
    float("nan"), float("inf"), "x" * 5000,
)  # fmt: skip
BYTES = (
    b"NaN",
    b"Infinity",
    b"null",
    b"<html>",
    b"\xff\xfe",
    b"\x00",
    b"[",
    b"}",
    b'"',
    b"\xef\xbb\xbf",
)
SLOWEST = 1.0


def read(case, body):
    """Rows, or None when refused; any other error is the test's."""
    start = time.process_time()
    try:
        found = case.read(body)
    except PayloadError:
        found = None
    assert time.process_time() - start < SLOWEST
    return found


def rows_of(rows):
    """Label to the set of values read for it; NaN, the source's own word for missing, left out."""
    found = {}
    for label, value in zip(rows.labels.tolist(), rows.values.tolist(), strict=True):
        found.setdefault(label, set()).update(set() if np.isnan(value) else {value})
    return found


def nothing_new(case, rows, before):
    """Every row that is read was there before: at most some are missing now."""
    for label, found in rows_of(rows).items():
        assert label in before, (case, label)
        assert found <= before[label], (case, label, found)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cut_off_at_every_byte(case):
    body = case.payload.body
    whole = body.rstrip()
    places = range(len(body)) if len(body) < 9000 else range(0, len(body), 7)
    before = rows_of(case.read())
    for place in places:
        if body[:place].rstrip() == whole:
            continue
        rows = read(case, body[:place])
        assert rows is None or (whole[:1] not in b"{[" and len(rows) < len(case.read())), place
        if rows is not None:
            nothing_new(case, rows, before)


def leaves(tree, path=()):
    """Paths to everything below the root, rows of a list aside: a list may just be shorter."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in items:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from leaves(value, (*path, key))


def poisoned(tree, path, draw):
    """The tree with one place changed: replaced, removed or renamed."""
    changed = copy.deepcopy(tree)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    key, way = path[-1], draw.integers(4)
    cell = isinstance(holder, list) and not isinstance(holder[key], dict | list)
    if way == 0 and (isinstance(holder, dict) or cell):
        del holder[key]
    elif way == 1 and isinstance(holder, dict):
        holder[f"{key}_v2"] = holder.pop(key)
    else:
        holder[key] = POISON[draw.integers(len(POISON))]
    return changed


def written_or_none(written, tree):
    try:
        return written(tree)
    except (KeyError, TypeError, AttributeError, StopIteration, ValueError):
        return None  # a table cannot hold every tree


def restructured(case, draw, count):
    tree, written = parsed(case.payload.body)
    places = list(leaves(tree))
    for _ in range(count):
        body = written_or_none(written, poisoned(tree, places[draw.integers(len(places))], draw))
        if body is not None:
            yield body


def scrambled(case, draw, count):
    """Bytes flipped, lost, doubled, replaced by what does not belong there."""
    body = case.payload.body
    for _ in range(count):
        place, way = int(draw.integers(len(body))), draw.integers(5)
        end = place + int(draw.integers(1, 40))
        if way == 0:
            flipped = bytes([body[place] ^ (1 << int(draw.integers(8)))])
            yield body[:place] + flipped + body[place + 1 :]
        elif way == 1:
            yield body[:place] + body[end:]
        elif way == 2:
            yield body[:end] + body[place:]
        elif way == 3:
            yield body[:place] + BYTES[draw.integers(len(BYTES))] + body[place:]
        else:
            yield body[:place] + BYTES[draw.integers(len(BYTES))] + body[end:]


def restructure(count, seed):
    each = count // len(CASES) + 1
    made = accepted = 0
    for number, case in enumerate(CASES):
        before = rows_of(case.read())
        for body in restructured(case, np.random.default_rng([seed, number]), each):
            rows = read(case, body)
            made += 1
            if rows is not None:
                accepted += 1
                nothing_new(case, rows, before)
    return made, accepted


def scramble(count, seed):
    each = count // len(CASES) + 1
    made = 0
    for number, case in enumerate(CASES):
        for body in scrambled(case, np.random.default_rng([seed, number]), each):
            rows = read(case, body)
            made += 1
            if rows is not None:
                assert isinstance(rows, Rows)
                assert not np.isinf(rows.values).any()
                assert not np.isnat(rows.labels).any()
    return made


def test_no_change_of_structure_brings_a_new_figure():
    made, accepted = restructure(1000, 20260206)
    assert made > 900
    assert accepted < made / 2  # what is left of it are fields that are not used


def test_no_scrambled_payload_ends_in_anything_but_rows_or_a_refusal():
    assert scramble(1000, 20260206) > 900


EDGES = (
    b"1" + b"0" * 400, b"1e400", b"1e25", b"-1e308", b"1e308", b"18446744073709551616", b"1e-400",
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_numbers_at_the_edge_of_what_a_float_holds(case):
    """No overflow, no infinity; whether such a price is likely is for the gates."""
    body = case.payload.body
    places = list(re.finditer(rb"-?\d+(\.\d+)?", body))
    for place in places[:: max(len(places) // 15, 1)]:
        for edge in EDGES:
            rows = read(case, body[: place.start()] + edge + body[place.end() :])
            assert rows is None or not np.isinf(rows.values).any()


@pytest.mark.nightly
def test_one_hundred_thousand_damaged_payloads():
    assert restructure(50_000, 7)[0] + scramble(50_000, 7) > 95_000
