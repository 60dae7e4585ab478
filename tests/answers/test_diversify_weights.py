"""Weights as they are typed or kept in a file: every way in, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comove.core.diversify_question import DiversifyQuestion
from comove.core.errors import QuestionError, UnknownSeriesError, WindowError
from comove.core.weights import parse_weights, weights_in

PLAIN = (("spy", 0.6), ("tlt", 0.4))


@pytest.mark.parametrize(
    "given_",
    [
        "spy=.6,tlt=.4",
        " spy = 60% , tlt = 40％ ",
        "spy=.6、tlt=.4",
        "ｓｐｙ＝６０％，ｔｌｔ＝．４",
        pd.Series({"spy": 0.6, "tlt": 0.4}),
        np.array([["spy", "0.6"], ["tlt", "0.4"]]).tolist(),
        ("spy=.6", "tlt=.4"),
        ["spy=.6,tlt=.4"],
        {"spy": 0.6, "tlt": 0.4},
        {"spy": "60%", "tlt": "40%"},
        PLAIN,
        [["spy", 0.6], ("tlt", 0.4)],
    ],
    ids=str,
)
def test_every_way_of_writing_says_the_same(given_):
    assert DiversifyQuestion(weights=given_).weights == PLAIN


@given(
    st.lists(
        st.tuples(
            st.text("abcdefghij", min_size=1, max_size=5),
            st.floats(-5, 5, allow_nan=False).map(lambda value: round(value, 6)),
        ),
        max_size=6,
    )
)
def test_what_is_written_is_read_back(entries):
    text = ",".join(f"{name}={weight!r}" for name, weight in entries)
    assert parse_weights(text) == tuple(entries)


def test_what_is_left_of_one_is_cash_and_cash_can_be_named():
    assert DiversifyQuestion(weights="spy=.6,tlt=.3").cash == pytest.approx(0.1)
    assert DiversifyQuestion(weights="spy=.6,tlt=.3,cash=.1").cash == 0.1
    assert DiversifyQuestion(weights="spy=.6,tlt=.3,現金=10%").cash == pytest.approx(0.1)
    assert DiversifyQuestion(weights="spy=1.2,tlt=.1", cash=-0.3).cash == -0.3
    assert DiversifyQuestion(weights="spy=1,tlt=-1,cash=1").assets == ("spy", "tlt")
    assert DiversifyQuestion(weights="spy=.333,tlt=.333,gld=.333").cash == 0.0


@pytest.mark.parametrize(
    ("weights", "code"),
    [
        ("", "weights.count"),
        ((), "weights.count"),
        ("spy=1", "weights.count"),
        ("spy=1,cash=0", "weights.count"),
        (",".join(f"a{place}=.04" for place in range(25)), "weights.count"),
        ("spy", "weights.form"),
        ("spy,tlt", "weights.form"),
        ("=.6,tlt=.4", "weights.form"),
        (7, "weights.form"),
        ([("spy", 0.5, 1)], "weights.form"),
        ("spy=x,tlt=1", "weights.number"),
        ("spy=nan,tlt=1", "weights.number"),
        ("spy=inf,tlt=1", "weights.number"),
        ({"spy": None, "tlt": 1}, "weights.number"),
        ({"spy": True, "tlt": 0.5}, "weights.number"),
        ("spy=0,tlt=1", "weights.zero"),
        ("spy=.5,spy=.5", "weights.twice"),
        ("spy=.5,tlt=.3,cash=.1,cash=.1", "weights.twice"),
        ("spy=60,tlt=40", "weights.sum"),
        ("spy=.9,tlt=.3", "weights.sum"),
        ("spy=.6,tlt=.3,cash=.3", "weights.sum"),
        ("spy=1,tlt=-1", "weights.sum_zero"),
        ("spy=.3,tlt=-.9", "weights.sum_zero"),
    ],
    ids=str,
)
def test_weights_that_make_no_portfolio_are_refused_at_birth(weights, code):
    with pytest.raises(QuestionError) as refused:
        DiversifyQuestion(weights=weights)
    assert refused.value.code == code
    assert refused.value.exit_code == 2
    assert refused.value.hint


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"window": 20}, "question.range"),
        ({"window": 63.5}, "question.range"),
        ({"baseline": 100}, "question.range"),
        ({"tail": 0.01}, "question.range"),
        ({"tail": float("nan")}, "question.range"),
        ({"replications": 10}, "question.range"),
        ({"replications": 100_000}, "question.range"),
        ({"level": 1.0}, "question.range"),
        ({"seed": -1}, "question.range"),
        ({"target": "high"}, "weights.target"),
        ({"target": 0.9}, "weights.target"),
        ({"target": float("nan")}, "weights.target"),
        ({"cash": float("nan")}, "weights.sum"),
        ({"book": "weights.toml"}, "weights.both"),
        ({"asof": "2026-02-06", "versus": "2026-02-06"}, "window.versus"),
        ({"asof": "yesterday"}, "window.date"),
        ({"versus": "yesterday"}, "window.date"),
    ],
    ids=str,
)
def test_other_contradictions_are_refused_at_birth(options, code):
    with pytest.raises(QuestionError) as refused:
        DiversifyQuestion(weights=PLAIN, **options)
    assert refused.value.code == code


TOML = "[weights]\nspy = 0.6\ntlt = '40%'\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("book.toml", TOML),
        ("BOOK.TOML", "spy = 0.6\ntlt = 0.4\n"),
        ("book.csv", "spy,0.6\ntlt,0.4\n"),
        ("book.csv", "asset,weight\nspy,60%\n\ntlt,40%\n"),
        ("book.csv", "資産,構成比,備考\nspy,0.6,x\ntlt,0.4,\n"),
        ("book.csv", '"spy","0.6"\r\n"tlt","0.4"\r\n'),
    ],
    ids=str,
)
def test_files_say_what_the_flag_says(desk, tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8-sig" if name.endswith("csv") else "utf-8", newline="")
    for asked in (
        DiversifyQuestion(weights=str(path), asof="2026-02-06"),
        DiversifyQuestion(weights=path, asof="2026-02-06"),
        DiversifyQuestion(book=str(path), asof="2026-02-06"),
    ):
        settled = desk.resolve(asked)
        assert settled == desk.resolve(DiversifyQuestion(weights=PLAIN, asof="2026-02-06"))


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("book.toml", "spy 0.6", "weights.file"),
        ("book.toml", "", "weights.file"),
        ("book.toml", "weights = 3", "weights.file"),
        ("book.toml", "spy = 0.6\nspy = 0.4", "weights.file"),
        ("book.toml", "spy = [1]\ntlt = 1", "weights.number"),
        ("book.csv", "", "weights.file"),
        ("book.csv", "asset;weight\nspy;0.6", "weights.file"),
        ("book.csv", "spy,0.6\ntlt,much", "weights.number"),
        ("book.csv", "asset,weight\n", "weights.file"),
        ("book.csv", "spy,0.6\nspy,0.4", "weights.twice"),
    ],
    ids=str,
)
def test_files_without_weights_are_refused(desk, tmp_path, name, text, code):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(QuestionError) as refused:
        desk.resolve(DiversifyQuestion(weights=str(path)))
    assert refused.value.code == code


def test_files_that_are_not_there_or_not_text_are_refused(desk, tmp_path):
    binary = tmp_path / "book.csv"
    binary.write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "none.toml", binary):
        with pytest.raises(QuestionError) as refused:
            desk.resolve(DiversifyQuestion(weights=str(path)))
        assert refused.value.code == "question.file"
    with pytest.raises(QuestionError) as refused:
        DiversifyQuestion(book="weights.xlsx")
    assert refused.value.code == "weights.ending"


def test_a_broken_file_never_leaves_anything_but_a_typed_error():
    for text in ("\x00", '"', "a,b\nc", "[weights", "[[weights]]\na=1", "a = 1e999", ",,,\n,1"):
        for path in ("book.toml", "book.csv"):
            try:
                weights_in(text, path)
            except QuestionError:
                continue


def test_names_are_settled_and_the_same_asset_under_two_names_is_refused(desk):
    settled = desk.resolve(DiversifyQuestion(weights="S&P 500=.6,金鉱株=.4", asof="2026-02-06"))
    assert settled.assets == ("spy", "gdx")
    with pytest.raises(QuestionError) as refused:
        desk.resolve(DiversifyQuestion(weights="bitcoin=.6,BTC=.4"))
    assert refused.value.code == "weights.twice"
    with pytest.raises(UnknownSeriesError):
        desk.resolve(DiversifyQuestion(weights="xyz=.6,spy=.4"))
    with pytest.raises(UnknownSeriesError):
        desk.resolve(DiversifyQuestion(weights=PLAIN, hedges=("xyz",)))
    with pytest.raises(QuestionError) as refused:
        desk.resolve(DiversifyQuestion(weights="vix=.6,spy=.4"))
    assert refused.value.code == "question.not_an_asset"


def test_a_later_day_to_compare_with_is_refused_once_the_as_of_day_is_known(desk):
    with pytest.raises(WindowError):
        desk.resolve(DiversifyQuestion(weights=PLAIN, versus="2030-01-01"))
