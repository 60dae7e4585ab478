"""A share speaks of the drivers that entered, and says why the others did not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comove.channels._attacks import beyond
from comove.channels._entered import entered, through
from comove.channels._silence import caveats
from comove.core.case import LeftOut
from comove.core.message import Message, Name
from comove.report.words import Words

from .cases import CHANNELS, ROWS, Asked, World, case_of
from .test_members import FOLDERS, TITLES

ENGLISH, JAPANESE = (Words.load(language, FOLDERS, TITLES) for language in ("en", "ja"))


def test_all_drivers_bear_the_name_of_the_channel():
    case = case_of()
    assert through(case, "dollar") == Name("channel.dollar.share")
    assert entered(case, "dollar").key == "reading.entered.all"


def test_a_share_through_one_driver_names_it_and_not_the_other():
    case = case_of(World(without=("dxy",), moves={"btc": -0.3, "gdx": -0.2}))
    label = through(case, "dollar")
    assert isinstance(label, Message)
    assert ENGLISH.text(label) == "through dollar-yen"
    assert JAPANESE.text(label) == "ドル円を通じた分"
    assert entered(case, "dollar").key == "reading.entered.one"
    reading = CHANNELS["dollar"].examine(case)
    assert ENGLISH.text(reading.because).startswith(
        "The one driver that could be used (dollar-yen) carries "
    )
    for entry in reading.evidence:
        if entry.says.key.startswith("reading.share"):
            assert "the dollar and the yen" not in ENGLISH.text(entry.says)


def test_two_of_five_are_both_named():
    case = case_of(World(without=("vix", "hyg", "spy"), moves={"btc": -0.3, "gdx": -0.2}))
    assert ENGLISH.text(entered(case, "risk")) == (
        "The drivers that could be used (10-year real yield and 10-year breakeven) carry"
    )


def test_the_miners_share_names_the_metal_that_entered():
    case = case_of(World(without=("slv",), moves={"btc": -0.3, "gdx": -0.3}))
    because = ENGLISH.text(CHANNELS["gold"].examine(case).because)
    assert "through gold" in because
    assert "silver" not in because


def test_shares_explained_by_an_index_that_holds_them_are_marked():
    reading = CHANNELS["risk"].examine(case_of(asked=Asked(assets=("btc", "gdx"))))
    assert "channel.risk.overlap" not in {caveat.key for caveat in reading.caveats}
    case = case_of(asked=Asked(assets=("btc", "qqq")))
    qqq = case.snapshot.tracks["qqq"]
    tagged = replace(qqq, spec=replace(qqq.spec, tags=("equity", "technology")))
    tracks = {**case.snapshot.tracks, "qqq": tagged}
    case = replace(case, snapshot=replace(case.snapshot, tracks=tracks))
    marked = CHANNELS["risk"].examine(case).caveats[-1]
    assert marked.key == "channel.risk.overlap"
    assert marked["assets"] == (Name("qqq"),)


@pytest.mark.parametrize(
    ("assets", "series", "how"),
    [
        (("btc", "spy"), "spy", "same"),
        (("btc", "spy"), "vix", "out_of"),
        (("btc", "tlt"), "dgs10", "into"),
    ],
)
def test_a_circle_is_said_the_way_round_it_is(assets, series, how):
    case = case_of(asked=Asked(assets=assets))
    left = LeftOut(driver="any", channel="risk", reason="circular", series=series, last=None)
    said = caveats(replace(case, left_out=(left,)), "risk")[0]
    assert said["how"].key == f"reading.circle.{how}"


@pytest.mark.parametrize(
    ("begins", "key"),
    [
        ({"vix": ROWS - 100}, "reading.caveat.short"),
        ({"gdx": ROWS - 100}, "reading.caveat.asset_short"),
        ({"vix": ROWS - 50, "gdx": ROWS - 100}, "reading.caveat.short"),
    ],
)
def test_the_history_that_is_short_is_the_one_that_is_named(begins, key):
    case = case_of()
    snapshot = case_of(World(begins=begins)).snapshot
    left = LeftOut(driver="vix", channel="risk", reason="short", series="vix", last=snapshot.day)
    said = caveats(replace(case, snapshot=snapshot, left_out=(left,)), "risk")[0]
    assert said.key == key
    if key.endswith("asset_short"):
        assert said["asset"] == Name("gdx")
        assert "Gdx" not in ENGLISH.text(said)


@pytest.mark.parametrize(
    ("found", "key"),
    [(0.001, "x.hardly"), (0.01, "x"), (0.5, "x"), (0.99, "x"), (0.999, "x.nearly")],
)
def test_the_ends_of_a_rank_are_put_in_words(found, key):
    assert beyond("x", found).key == key
