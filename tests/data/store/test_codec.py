"""Nouns as text and bytes, and back; the same content has the same key."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import DamagedFileError
from comove.core.message import Message, Name, Quantity, say
from comove.core.store import Quarantined
from comove.data.store.codec import (
    batch_key,
    message_of,
    message_text,
    payload_bytes,
    payload_of,
)

FIELDS = st.text("abcdefgh_", min_size=1, max_size=5)
LEAVES = st.one_of(
    st.integers(-(10**12), 10**12),
    st.text(max_size=12),
    st.dates(),
    st.builds(Name, st.text(max_size=8)),
    st.builds(Quantity, st.floats(allow_nan=False), st.sampled_from(["usd", "ratio", "days"])),
)


def said(children):
    return st.builds(
        lambda key, values: say(key, **values),
        st.text(max_size=10),
        st.dictionaries(FIELDS, children, max_size=3),
    )


MESSAGES = said(
    st.recursive(
        LEAVES, lambda inner: st.one_of(said(inner), st.lists(inner, max_size=3).map(tuple))
    )
)


@given(MESSAGES)
@settings(deadline=None)
def test_any_reason_comes_back_as_it_was(message):
    text = message_text(message)
    assert message_of(text) == message
    assert message_text(message_of(text)) == text
    assert "\n" not in text


def test_numbers_of_numpy_are_numbers():
    message = Message("a", (("n", np.int64(3)), ("q", Quantity(np.float64(0.1), "usd"))))
    assert message_of(message_text(message)) == say("a", n=3, q=Quantity(0.1, "usd"))


@given(st.binary(max_size=300), st.text(max_size=20), st.binary(max_size=20))
@settings(deadline=None)
def test_any_payload_comes_back_byte_for_byte(store_rows, content, word, asked):
    sent = store_rows.payload(content, params=(("q", word),), body=asked, method="POST")
    key, kept = payload_bytes(sent)
    assert payload_of(key, kept, "here") == sent


def test_any_cut_or_flipped_payload_is_refused(store_rows):
    key, kept = payload_bytes(store_rows.payload(b"date,close\n2026-01-05,88\n"))
    for length in range(len(kept)):
        with pytest.raises(DamagedFileError, match="here"):
            payload_of(key, kept[:length], "here")
    with pytest.raises(DamagedFileError):
        payload_of("0" * 64, kept, "here")


def test_secrets_are_struck_out_before_anything_is_kept(store_rows):
    sent = store_rows.payload(
        params=(("api_key", "canary-1"), ("id", "X")),
        headers=(("authorization", "canary-2"),),
        secrets=("api_key", "authorization"),
    )
    key, kept = payload_bytes(sent)
    back = payload_of(key, kept, "here")
    assert back.request.params == (("api_key", "***"), ("id", "X"))
    assert back.request.headers == (("authorization", "***"),)
    other = replace(sent, request=replace(sent.request, params=(("api_key", "b"), ("id", "X"))))
    assert payload_bytes(other)[0] == key


def test_the_key_of_a_batch_is_that_of_its_content(store_rows):
    days = ["2026-01-05", "2026-01-06", "2026-01-07"]
    made, rows = store_rows.batch, store_rows.rows
    held = Quarantined(series="gdx", source="x:y", rule="r", reason=say("a", day=date(2026, 1, 5)))
    base = made(rows([1.0, np.nan, 3.0], days), rows([4.0], days[:1], "btc"), quarantined=[held])
    negative = np.array([-np.nan])[0]
    shuffled = made(
        rows([4.0], days[:1], "btc"),
        rows([3.0, 1.0, negative], [days[2], days[0], days[1]]),
        quarantined=[held],
        recorded="2030-01-01",
    )
    assert batch_key(base) == batch_key(shuffled)
    different = [
        made(rows([1.0, np.nan, 3.1], days), rows([4.0], days[:1], "btc"), quarantined=[held]),
        made(rows([1.0, np.nan, 3.0], days), rows([4.0], days[:1], "eth"), quarantined=[held]),
        made(rows([1.0, np.nan, 3.0], days), rows([4.0], days[:1], "btc", "z"), quarantined=[held]),
        made(rows([1.0, np.nan, 3.0], days), rows([4.0], days[:1], "btc"), quarantined=[held] * 2),
        made(rows([1.0, np.nan, 3.0], days), rows([4.0], days[:1], "btc")),
        replace(base, payload="ab"),
        made(
            rows([1.0, np.nan, 3.0], days, vintages=True),
            rows([4.0], days[:1], "btc"),
            quarantined=[held],
        ),
        made(
            rows([1.0, np.nan, 3.0], days),
            rows([4.0], days[:1], "btc"),
            quarantined=[replace(held, value=1.0)],
        ),
    ]
    keys = [batch_key(batch) for batch in (base, *different)]
    assert len(set(keys)) == len(keys)
