"""Rows are declared, names resolve in two languages, and nothing is guessed."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import QuestionError, UnknownSeriesError
from comove.core.units import Unit
from comove.data.calendars import calendar
from comove.data.catalogue import FILE, Catalogue, normalised

CATALOGUE = Catalogue.load()
SERIES = sorted(CATALOGUE.specs)
NAMES = [
    ("BTC", "btc"),
    ("BTC-USD", "btc"),
    ("btc/usdt", "btc"),
    ("Bitcoin", "btc"),
    ("ビットコイン", "btc"),
    ("ﾋﾞｯﾄｺｲﾝ", "btc"),
    ("ＢＴＣ", "btc"),
    ("ETH/USDT", "eth"),
    ("イーサリアム", "eth"),
    ("GDX", "gdx"),
    ("gold miners", "gdx"),
    ("金鉱株", "gdx"),
    ("金鉱株(GDX)", "gdx"),
    ("GC=F", "gold"),
    ("gold", "gold"),
    ("NY金", "gold"),
    ("GLD", "gld"),
    ("gold ETF", "gld"),
    ("金", "gold"),
    ("gold", "gold"),
    ("金ETF", "gld"),
    ("QQQ", "qqq"),
    ("nasdaq", "qqq"),
    ("NASDAQ-100", "qqq"),
    ("ナスダック100", "qqq"),
    ("ナスダック１００", "qqq"),
    ("SPY", "spy"),
    ("S&P 500", "spy"),
    ("s&p500", "spy"),
    ("^VIX", "vix"),
    ("恐怖指数", "vix"),
    ("DX-Y.NYB", "dxy"),
    ("ドル指数", "dxy"),
    ("JPY=X", "usdjpy"),
    ("USD/JPY", "usdjpy"),
    ("ドル円", "usdjpy"),
    ("DFII10", "dfii10"),
    ("real yield", "dfii10"),
    ("実質金利", "dfii10"),
    ("US10Y", "dgs10"),
    ("長期金利", "dgs10"),
    ("2-year yield", "dgs2"),
    ("資金調達率", "funding_btc"),
    ("fear & greed", "fng"),
    ("恐怖・強欲指数", "fng"),
]


@pytest.mark.parametrize(("name", "series"), NAMES)
def test_names_people_use(name, series):
    assert CATALOGUE.resolve(name) == series


@given(st.sampled_from(SERIES), st.data())
@settings(max_examples=25, deadline=None)
def test_case_width_and_spaces_do_not_matter(series, data):
    name = data.draw(st.sampled_from([series, *CATALOGUE[series].aliases]))
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name)
    for written in (name.upper(), name.lower(), wide, f"  {name} "):
        assert CATALOGUE.resolve(written) == series


def test_no_name_belongs_to_two_series():
    owners = {}
    for series, spec in CATALOGUE.specs.items():
        for name in {normalised(n) for n in (series, *spec.aliases, *spec.titles.values())}:
            assert name, series
            owners.setdefault(name, set()).add(series)
    assert {name: found for name, found in owners.items() if len(found) > 1} == {}


def test_an_unknown_name_lists_the_three_nearest():
    with pytest.raises(UnknownSeriesError) as refusal:
        CATALOGUE.resolve("GDXJ")
    assert refusal.value.exit_code == 2
    nearest = str(refusal.value.values["nearest"]).split(", ")
    assert nearest[0] == "gdx"
    assert len(nearest) == 3
    assert all(name in str(refusal.value) for name in nearest)


@pytest.mark.parametrize("name", ["", "  ", "-", "利回り曲線", "doge", "\x00", "ß" * 500])
def test_nonsense_is_refused_not_guessed(name):
    with pytest.raises(UnknownSeriesError):
        CATALOGUE.resolve(name)


def test_nearest_looks_at_aliases_and_titles_too():
    assert CATALOGUE.nearest("ビットコイソ")[0] == "btc"
    assert CATALOGUE.nearest("nasdak")[0] == "qqq"


@pytest.mark.parametrize("series", SERIES)
def test_every_row_is_complete(series):
    spec = CATALOGUE[series]
    assert set(spec.titles) == {"en", "ja"}
    assert all(0 < len(title) <= 30 for title in spec.titles.values())
    assert spec.unit in Unit.__args__
    assert spec.sources
    assert spec.aliases
    assert ZoneInfo(spec.clock.zone)
    assert calendar(spec.clock.calendar).name == spec.clock.calendar
    assert 0 < spec.clock.tolerance_hours <= 8
    assert spec.related != series


def test_aliases_are_there_in_both_languages():
    for spec in CATALOGUE.specs.values():
        names = (*spec.aliases, *spec.titles.values())
        assert any(name.isascii() for name in names), spec.id
        assert any(not name.isascii() for name in names) or spec.id == "vix", spec.id


def test_what_series_are_made_from():
    made = {series: spec.made_from for series, spec in CATALOGUE.specs.items() if spec.made_from}
    assert made == {
        "gld": ("gold",),
        "tlt": ("dgs10",),
        "vix": ("spy",),
        "dxy": ("usdjpy",),
        "dtwexbgs": ("usdjpy",),
        "funding_btc": ("btc",),
        "dvol": ("btc",),
        "fng": ("btc",),
        "btc_ny": ("btc",),
        "eth_ny": ("eth",),
        "funding_eth": ("eth",),
        "funding_btc_hyperliquid": ("btc",),
        "oi_btc": ("btc",),
        "liq_long_btc": ("btc",),
        "liq_short_btc": ("btc",),
        "lsr_btc": ("btc",),
        "dvol_eth": ("eth",),
    }


def test_what_stands_for_a_series_is_made_from_it_and_struck_at_the_close():
    twins = {series: spec for series, spec in CATALOGUE.specs.items() if spec.stands_for}
    assert {series: spec.stands_for for series, spec in twins.items()} == {
        "btc_ny": "btc",
        "eth_ny": "eth",
    }
    for spec in twins.values():
        assert spec.stands_for in spec.made_from
        assert (spec.clock.time, spec.clock.calendar) == ("16:00", "XNYS")
        assert spec.kind == CATALOGUE[spec.stands_for].kind


def test_no_row_may_stand_for_a_stranger(tmp_path):
    file = tmp_path / "catalogue.toml"
    text = FILE.read_text(encoding="utf-8")
    file.write_text(text.replace('stands_for = "btc"', 'stands_for = "xbt"'), encoding="utf-8")
    with pytest.raises(QuestionError, match="xbt"):
        Catalogue.load(file)


def test_adjusted_series_are_the_ones_that_pay():
    adjusted = {series for series, spec in CATALOGUE.specs.items() if spec.adjusted}
    assert adjusted == {"gdx", "qqq", "spy", "smh", "hyg", "tlt"}


def test_rows_are_read_only():
    with pytest.raises(TypeError):
        CATALOGUE.specs["btc"] = None
    with pytest.raises(TypeError):
        CATALOGUE["btc"].titles["en"] = "Ether"


ROW = """
[series.x]
kind = "{kind}"
unit = "usd"
clock = {{ time = "16:00", zone = "America/New_York" }}
publication = "{publication}"
made_from = ["{parent}"]
titles = {{ en = "X", ja = "X" }}
[tables]
"""


@pytest.mark.parametrize(
    "wrong", [{"kind": "vibes"}, {"publication": "whenever"}, {"parent": "nobody"}]
)
def test_a_row_that_guesses_is_refused(tmp_path, wrong):
    right = {"kind": "price", "publication": "at_once", "parent": "x"}
    file = tmp_path / "catalogue.toml"
    file.write_text(ROW.format(**right))
    assert Catalogue.load(file).resolve("X") == "x"
    file.write_text(ROW.format(**(right | wrong)))
    with pytest.raises(QuestionError):
        Catalogue.load(file)


def test_the_file_says_what_it_holds():
    assert FILE.read_text(encoding="utf-8").count("[series.") == len(SERIES)


def test_no_total_of_liquidations_goes_without_what_it_covers():
    totals = [spec for spec in CATALOGUE.specs.values() if any("/liq_" in s for s in spec.sources)]
    assert {spec.id for spec in totals} == {"liq_long_btc", "liq_short_btc"}
    for spec in totals:
        assert "lower bound" in spec.caveats["en"]
        assert "下限" in spec.caveats["ja"]


@pytest.mark.parametrize("series", SERIES)
def test_caveats_are_there_in_both_languages_or_not_at_all(series):
    assert set(CATALOGUE[series].caveats) in ({"en", "ja"}, set())
    with pytest.raises(TypeError):
        CATALOGUE[series].caveats["en"] = ""
