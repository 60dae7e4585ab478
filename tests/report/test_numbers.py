"""Numbers are read the same way in both languages, with the figures a reader needs."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import date
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import OutputError
from comove.core.message import Quantity
from comove.core.units import Unit
from comove.report.numbers import Form, day, days, interval, number, ordinal, whole

from . import fake

UNITS = get_args(Unit)
EN_JA = [
    (-0.17576, "simple_return", "-17.6%", "-17.6%"),
    (1.654, "simple_return", "165%", "165%"),
    (-0.1931, "log_return", "-19.3 log points", "-19.3対数ポイント"),
    (0.44, "share", "44%", "44%"),
    (0.044, "share", "4.4%", "4.4%"),
    (0.366, "correlation", "0.37", "0.37"),
    (-0.366, "correlation", "-0.37", "-0.37"),
    (4.21e-4, "covariance", "4.21 %²", "4.21%²"),
    (0.031, "probability", "p = 0.03", "p = 0.03"),
    (0.001, "probability", "p < 0.01", "p < 0.01"),
    (0.999, "probability", "p > 0.99", "p > 0.99"),
    (0.97, "percentile", "97th percentile", "過去の97%点"),
    (-1.83, "sigma", "-1.8 sigma", "-1.8σ"),
    (1.378, "ratio", "1.38", "1.38"),
    (1.62, "beta", "1.62", "1.62"),
    (-0.0512, "beta", "-0.051", "-0.051"),
    (62702.0, "usd", "$62,702", "62,702ドル"),
    (112.16, "usd", "$112.16", "112.16ドル"),
    (0.0321, "usd", "$0.0321", "0.0321ドル"),
    (158.806, "jpy", "¥158.81", "158.81円"),
    (96.22, "index", "96.22", "96.22"),
    (1.89, "percent", "1.89%", "1.89%"),
    ((1.89 - 1.90) * 100, "basis_points", "-1 bp", "-1bp"),
    (0.314, "basis_points", "0.31 bp", "0.31bp"),
    (-50.0, "basis_points", "-50 bp", "-50bp"),
    (-0.25, "percent_change", "-0.25 pp", "-0.25%ポイント"),
    (40.4, "vol_points", "40.4 vol points", "40.4ボラポイント"),
    (2.56, "usd_bn", "$2.56bn", "25.6億ドル"),
    (19.37, "usd_bn", "$19.4bn", "194億ドル"),
    (1240.0, "usd_bn", "$1.24tn", "1.24兆ドル"),
    (863.0, "tonnes", "863 tonnes", "863トン"),
    (3.5, "hours", "3.5 hours", "3.5時間"),
    (1.0, "sessions", "1 session", "1営業日"),
    (6, "sessions", "6 sessions", "6営業日"),
    (200.0, "weeks", "200 weeks", "200週"),
    (1.0, "days", "1 day", "1日"),
    (2726, "count", "2,726", "2,726"),
]


@pytest.mark.parametrize(("value", "unit", "en", "ja"), EN_JA)
def test_every_unit_has_its_way_of_writing(value, unit, en, ja):
    quantity = Quantity(value, unit)
    assert number(quantity, "en") == en
    assert number(quantity, "ja") == ja


def test_no_unit_is_forgotten():
    assert {unit for _, unit, _, _ in EN_JA} == set(UNITS)
    with pytest.raises(OutputError):
        number(Quantity(1.0, "furlongs"), "en")  # type: ignore[arg-type]


def digits(text: str) -> list[str]:
    return re.findall(r"\d[\d,]*(?:\.\d+)?", text)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(UNITS), st.floats(-1e7, 1e7))
def test_both_languages_show_the_same_digits(unit, value):
    value = abs(value) / 1e7 if unit in ("percentile", "probability") else value
    texts = [number(Quantity(value, unit), language, Form()) for language in ("en", "ja")]
    assert texts[0].startswith("-") == texts[1].startswith("-")
    if unit != "usd_bn":
        assert digits(texts[0]) == digits(texts[1])


@settings(max_examples=100, deadline=None)
@given(st.floats(0.01, 999))
def test_a_billion_is_ten_oku(value):
    en, ja = (number(Quantity(value, "usd_bn"), language) for language in ("en", "ja"))
    assert en.endswith("bn")
    assert ja.endswith("億ドル")
    near = 10 * float(en.strip("$bn").replace(",", ""))
    assert float(ja.removesuffix("億ドル").replace(",", "")) == pytest.approx(near, rel=0.006)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([unit for unit in UNITS if unit != "probability"]), st.floats(-1e6, 1e6))
def test_sign_forms_change_the_sign_only(unit, value):
    natural, always, never = (
        number(Quantity(value, unit), "en", Form(sign=sign))
        for sign in ("natural", "always", "never")
    )
    assert not set(never) & set("+-") or unit == "percentile"
    if unit != "percentile":
        assert natural.lstrip("-") == never == always.lstrip("+-")


@pytest.mark.parametrize("value", [0.0, -0.0, -1e-9, 1e-9])
def test_zero_has_no_sign(value):
    assert number(Quantity(value, "simple_return"), "en", Form(sign="always")) == "0.0%"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("unit", UNITS)
def test_what_is_not_finite_is_never_a_number(value, unit):
    assert number(Quantity(value, unit), "en") == "n/a"
    assert number(Quantity(value, unit), "ja") == "算出不能"


def test_a_declared_round_figure_stays_round():
    quantity = Quantity(0.08, "simple_return")
    assert number(quantity, "en", Form(sign="always", trim=True)) == "+8%"
    assert number(Quantity(100.0, "usd"), "en", Form(trim=True)) == "$100"


def test_bounds_have_the_decimals_of_the_point():
    found = fake.estimate(-0.2430, "log_return", 0.026)
    assert interval(found, "en") == interval(found, "ja") == "[-26.9, -21.7]"
    assert interval(fake.estimate(0.67, "share", 0.64), "en") == "[3, 131]"


def test_an_exact_value_has_no_brackets():
    assert interval(fake.estimate(0.5, "share"), "en") == ""


def test_a_bound_that_is_not_finite_is_said():
    found = replace(fake.estimate(0.5, "share", 0.1), low=math.nan)
    assert interval(found, "en") == "[n/a, 60]"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (2026, "2026"), (9999, "9999"), (10000, "10,000"), (-12345, "-12,345")],
)
def test_years_have_no_separator(value, text):
    assert whole(value) == text


def test_days():
    value = date(2026, 1, 8)
    assert [day(value, "en", form) for form in ("", "short", "month", "iso")] == [
        "8 Jan 2026",
        "8 Jan",
        "Jan 2026",
        "2026-01-08",
    ]
    assert [day(value, "ja", form) for form in ("", "short", "month", "iso")] == [
        "2026年1月8日",
        "1月8日",
        "2026年1月",
        "2026-01-08",
    ]


def test_a_stretch_names_the_year_once():
    assert days(date(2026, 1, 28), date(2026, 2, 5), "ja") == "2026年1月28日〜2月5日"
    assert days(date(2025, 12, 28), date(2026, 2, 5), "en") == "28 Dec 2025 to 5 Feb 2026"


@pytest.mark.parametrize(
    ("place", "text"),
    [(0, "0th"), (1, "1st"), (2, "2nd"), (3, "3rd"), (12, "12th"), (111, "111th")],
)
def test_ordinals(place, text):
    assert ordinal(place) == text
