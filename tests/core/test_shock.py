"""Shocks: read as people write them, checked against the kind of series, turned into changes."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comove.core.errors import QuestionError
from comove.core.shock import Shock, spoken
from comove.data.catalogue import Catalogue

SPECS = Catalogue.load().specs


@pytest.mark.parametrize(
    ("text", "series", "size", "written"),
    [
        ("dfii10=-50bp", "dfii10", -50.0, "bp"),
        ("dfii10 = +25 bps", "dfii10", 25.0, "bp"),
        ("dxy=-3%", "dxy", -3.0, "%"),
        ("dxy=−3%", "dxy", -3.0, "%"),
        ("qqq=8.5%", "qqq", 8.5, "%"),
        ("qqq=.5%", "qqq", 0.5, "%"),
        ("vix=+10", "vix", 10.0, ""),
        ("vix=10pt", "vix", 10.0, "pt"),
        ("実質金利=−50ベーシスポイント", "実質金利", -50.0, "bp"),
        ("qqq", "qqq", None, ""),
    ],
)
def test_shocks_are_read_as_people_write_them(text, series, size, written):
    assert Shock.read(text) == Shock(series=series, size=size, written=written)


@pytest.mark.parametrize(
    "text", ["", "=3%", "qqq=", "qqq=%", "qqq=3%%", "qqq=3 apples", "qqq=1e3%"]
)
def test_what_is_no_shock_is_refused(text):
    with pytest.raises(QuestionError) as refused:
        Shock.read(text)
    assert refused.value.code == "scenario.shock"
    assert "dfii10=-50bp" in refused.value.hint


@pytest.mark.parametrize(
    ("text", "example"),
    [
        ("dfii10=-3%", "dfii10=-50bp"),
        ("dfii10=-50", "dfii10=-50bp"),
        ("dxy=-30bp", "dxy=-3%"),
        ("dxy=3", "dxy=-3%"),
        ("vix=10%", "vix=+10"),
        ("vix=10bp", "vix=+10"),
    ],
)
def test_a_wrong_unit_is_refused_with_an_example(text, example):
    shock = Shock.read(text)
    with pytest.raises(QuestionError) as refused:
        shock.of(SPECS[shock.series])
    assert refused.value.code == "scenario.unit"
    assert example in refused.value.hint


@pytest.mark.parametrize(
    ("text", "code"), [("qqq=-100%", "scenario.too_low"), ("qqq=0%", "scenario.no_move")]
)
def test_an_impossible_move_is_refused(text, code):
    shock = Shock.read(text)
    with pytest.raises(QuestionError) as refused:
        shock.of(SPECS[shock.series])
    assert refused.value.code == code


def test_changes_are_in_the_unit_of_the_panel():
    def change(text):
        shock = Shock.read(text)
        return shock.of(SPECS[shock.series]).change(SPECS[shock.series])

    assert change("qqq=-10%") == pytest.approx(math.log(0.9))
    assert change("dfii10=-50bp") == -0.5
    assert change("vix=+10") == 10.0
    assert change("funding_btc=-2bp") == -2.0
    assert math.isnan(change("qqq"))


@given(st.sampled_from(["qqq", "dfii10", "vix", "funding_btc"]), st.floats(0.01, 90.0))
def test_a_shock_comes_back_from_its_text_and_from_its_change(series, size):
    unit = {"price": "%", "yield": "bp", "rate": "bp", "level": ""}[SPECS[series].kind]
    shock = Shock.read(f"{series}={size:.4f}{unit}").of(SPECS[series])
    assert Shock.read(shock.text).of(SPECS[series]) == shock
    told = spoken(shock.change(SPECS[series]), SPECS[series])
    scale = 100.0 if told.unit == "simple_return" else 1.0
    assert told.value * scale == pytest.approx(shock.size, rel=1e-9)
