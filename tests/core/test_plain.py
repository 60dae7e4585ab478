"""Nouns as plain data: one way to every machine-readable form."""

import json
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import numpy as np

from comove.core.estimate import Scope
from comove.core.message import Name, Quantity, say
from comove.core.plain import as_plain, as_records

DAY = date(2026, 2, 6)
SCOPE = Scope(first=DAY, last=DAY, nobs=1)
ONE = SCOPE.exact(1.0, "count", "counted")
HALF = SCOPE.estimate(0.5, "beta", "ols", (0.25, 0.75))


@dataclass(frozen=True)
class Leaf:
    channel: str
    estimate: object


@dataclass(frozen=True)
class Tree:
    leaves: tuple
    pairs: tuple = ()
    alone: object = None
    day: object = DAY


def test_what_json_cannot_say_becomes_null():
    values = [float("nan"), float("inf"), -float("inf"), np.float64("nan"), None]
    assert as_plain(values) == [None] * 5
    assert as_plain(np.array([1.0, np.nan])) == [1.0, None]


def test_scalars_of_numpy_become_those_of_python():
    found = as_plain([np.float64(0.5), np.int64(3), np.bool_(True), np.str_("x")])
    assert found == [0.5, 3, True, "x"]
    assert {type(value) for value in found} == {float, int, bool, str}


def test_days_become_iso_text_whoever_made_them():
    assert as_plain((DAY, np.datetime64(DAY))) == ["2026-02-06", "2026-02-06"]


def test_messages_become_key_and_values():
    inner = say("inner", asset=Name("gdx"))
    assert as_plain(say("fell", on=DAY, move=Quantity(-0.1, "share"), why=(inner,))) == {
        "key": "fell",
        "values": {
            "move": {"value": -0.1, "unit": "share"},
            "on": "2026-02-06",
            "why": [{"key": "inner", "values": {"asset": {"id": "gdx"}}}],
        },
    }


def test_mappings_and_dataclasses_go_all_the_way_down():
    noun = Tree((Leaf("gold", ONE),), pairs=(MappingProxyType({1: (2.0,)}),))
    plain = as_plain(noun)
    assert plain["pairs"] == [{"1": [2.0]}]
    assert plain["leaves"][0]["estimate"]["value"] == 1.0
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain


def test_the_noun_is_not_changed_by_being_written_down():
    marks = {"shade": ["2026-01-28"]}
    plain = as_plain(marks)
    plain["shade"].append("2026-02-05")
    assert marks == {"shade": ["2026-01-28"]}


def test_a_record_is_where_an_estimate_stands_and_all_its_fields():
    (record,) = as_records(Tree((Leaf("gold", HALF),)))
    assert record == {"path": "leaves.gold.estimate", **as_plain(HALF)}
    assert (record["low"], record["high"], record["first"]) == (0.25, 0.75, "2026-02-06")


def test_every_estimate_is_found_once_under_its_own_path():
    noun = Tree(
        (Leaf("gold", ONE), Leaf("risk", HALF)),
        pairs=((21, ONE), (63, HALF), ("btc", "vix", ONE), (HALF, ONE)),
        alone=ONE,
    )
    assert [record["path"] for record in as_records(noun)] == [
        "leaves.gold.estimate",
        "leaves.risk.estimate",
        "pairs.21.1",
        "pairs.63.1",
        "pairs.btc-vix.2",
        "pairs.3.0",
        "pairs.3.1",
        "alone",
    ]


def test_estimates_inside_a_sentence_are_its_own_affair():
    assert as_records(Tree((say("x", figure=ONE),))) == ()
