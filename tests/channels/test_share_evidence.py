"""What a share says, item by item."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comove.channels._share_evidence import ranked, read_shares
from comove.core.evidence import Evidence
from comove.core.message import Name, say

from .cases import Asked, World, case_of

CARRIED = World(
    loads={"btc": {"spy": 2.0}, "gdx": {"spy": 1.5}},
    spread={"btc": 0.004, "gdx": 0.004},
    moves={"spy": -0.12},
)


def test_evidence_is_the_share_itself_with_its_rank():
    case = case_of(CARRIED)
    shares = read_shares(case, "risk")
    history = case.shares["risk"].return_history
    for column, entry in enumerate(shares.evidence[:2]):
        part = case.shares["risk"].returns[column]
        assert entry.estimate is part
        assert entry.rank == pytest.approx((history[:, column] < part.value).mean(), abs=1e-9)
        assert entry.says["fraction"].value == pytest.approx(part.value / case.totals[column].value)


def test_covariance_evidence_names_its_pair():
    entry = read_shares(case_of(CARRIED), "risk").evidence[2]
    assert entry.says.key == "reading.share.covariance"
    assert entry.says["pair"] == (Name("btc"), Name("gdx"))
    assert entry.verdict == "supports"


def test_the_pair_that_speaks_most_clearly_is_listed():
    world = replace(CARRIED, loads={"btc": {"spy": 2.0}, "slv": {"spy": 1.5}})
    case = case_of(world, Asked(assets=("btc", "gdx", "slv")))
    listed = [e for e in read_shares(case, "risk").evidence if "covariance" in e.says.key]
    assert [entry.says["pair"] for entry in listed] == [(Name("btc"), Name("slv"))]
    assert listed[0].verdict == "supports"


def test_covariance_of_assets_that_move_apart_is_not_shared_out():
    world = World(
        loads={"btc": {"spy": 2.0}, "gdx": {"spy": -2.0}}, spread={"btc": 0.004, "gdx": 0.004}
    )
    entry = read_shares(case_of(world), "risk").evidence[2]
    assert entry.verdict == "cannot_tell"


def test_only_the_three_largest_shares_of_a_group_are_listed():
    case = case_of(CARRIED, Asked(assets=("btc", "gdx", "slv", "smh")))
    shares = read_shares(case, "dollar")
    listed = [entry for entry in shares.evidence if entry.says.key == "reading.share.return"]
    assert len(shares.judgements) == 4
    assert len(listed) == 3
    assert len(shares.parts) == 4


def test_no_driver_no_share():
    assert read_shares(case_of(World(without=("dxy", "usdjpy"))), "dollar") is None


def test_ranked_puts_the_verdict_first_and_keeps_the_order_of_equals():
    def entry(verdict, name):
        return Evidence(says=say(name), estimate=None, verdict=verdict, method="exact")

    given = [
        ("cannot_tell", "a"),
        ("supports", "b"),
        ("silent", "c"),
        ("against", "d"),
        ("supports", "e"),
    ]
    found = ranked(tuple(entry(*item) for item in given), "against")
    assert [item.says.key for item in found] == ["d", "b", "e", "a", "c"]
    assert len(ranked(tuple(entry(*item) for item in given * 2), "against")) == 6
