"""Lines fit, words stay whole, Japanese breaks where typesetting allows it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.report.terminal.wrapping import longest_piece, pad, pieces, width, wrap

TEXTS = st.text(alphabet="abc DEF 12.5%$(),金鉱株はンー、。(「」年月日ァ", max_size=120)


@pytest.mark.parametrize(
    ("text", "columns"), [("", 0), ("abc", 3), ("金鉱株", 6), ("a金", 3), ("e\u0301", 1), ("█▁", 2)]
)
def test_width(text, columns):
    assert width(text) == columns


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.integers(4, 60), st.integers(0, 3))
def test_lines_fit_unless_a_piece_is_too_long(text, room, hanging):
    for line in wrap(text, room, hanging):
        bare = line.strip()
        assert width(line) <= room or len(pieces(bare)) == 1 or longest_piece(bare) > room - hanging


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.integers(4, 60))
def test_nothing_is_lost_or_added(text, room):
    joined = "".join("".join(wrap(text, room)).split())
    assert joined == "".join(text.split())


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.integers(4, 60))
def test_no_line_begins_with_what_closes(text, room):
    for line in wrap(text, room)[1:]:
        assert not line or line[0] not in "、。)」ーァ%"


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_no_piece_ends_with_what_opens(text):
    assert all(piece[-1] not in "(「$" for piece in pieces(text)[:-1])


def test_ascii_and_wide_text_are_cut_by_the_same_rule():
    text = "fell 17.6% in 6 sessions (p = 0.41)"
    assert pieces(text + "金") == [*pieces(text), "金"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026年2月5日", ["2026年", "2月", "5日"]),
        ("GDXは17.6%下落。", ["GDX", "は", "17.6%", "下", "落。"]),
        ("「金」と銀", ["「金」", "と", "銀"]),
        ("ロー", ["ロー"]),
    ],
)
def test_japanese_pieces(text, expected):
    assert pieces(text) == expected


def test_hanging_lines():
    assert wrap("- one two three", 8, 2) == ["- one", "  two", "  three"]


def test_an_empty_text_is_one_empty_line():
    assert wrap("", 10) == [""]
    assert longest_piece("") == 0


def test_padding_counts_columns():
    assert pad("金", 5) == "金   "
    assert pad("金", 5, right=True) == "   金"
    assert pad("long", 2) == "long"
