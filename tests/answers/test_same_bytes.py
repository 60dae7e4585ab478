"""The same question gives the same bytes: any process, hash seed, time zone, number of threads."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace

import orjson
import pytest

SCRIPT = """
import hashlib, os, sys, time
import orjson
import comove


def digest(*assets, **options):
    found = comove.explain(*assets, replications=99, **options)
    return hashlib.sha256(orjson.dumps(found.to_dict(), option=orjson.OPT_SORT_KEYS)).hexdigest()


for zone in sys.argv[1].split():
    os.environ["TZ"] = zone
    time.tzset()
    print("standing", zone, digest("BTC", "GDX", asof="2026-02-06"))
print("latest", os.environ["TZ"], digest("BTC", "ETH"))
"""
ZONES = (
    "UTC America/New_York Asia/Tokyo",
    "Europe/London Pacific/Kiritimati Pacific/Niue",
    "Asia/Kolkata Australia/Lord_Howe America/St_Johns",
    "Africa/Casablanca Asia/Kathmandu America/Los_Angeles",
)
SEEDS = ("0", "1", "random", "random")
THREADS = ("1", "2", "1", "2")


def start(zones, seed, threads):
    environment = {
        **os.environ,
        "PYTHONHASHSEED": seed,
        "TZ": zones.split()[0],
        **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), threads),
    }
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", SCRIPT, zones],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


@pytest.fixture(scope="module")
def digests():
    """Question and zone to digest, from four processes, two at a time."""
    found = {"standing": {}, "latest": {}}
    asked = list(zip(ZONES, SEEDS, THREADS, strict=True))
    for pair in (asked[:2], asked[2:]):
        for process in [start(*each) for each in pair]:
            out, err = process.communicate(timeout=120)
            assert process.returncode == 0, err
            for line in out.splitlines():
                question, zone, digest = line.split()
                found[question][zone] = digest
    return found


def test_twelve_time_zones_and_any_hash_seed_give_the_same_bytes(digests):
    assert len(digests["standing"]) == 12
    assert len(set(digests["standing"].values())) == 1


def test_so_does_a_question_whose_day_the_desk_settles(digests):
    assert len(digests["latest"]) == 4
    assert len(set(digests["latest"].values())) == 1


def test_other_processes_say_what_this_one_says(digests, ask):
    found = orjson.dumps(ask("BTC GDX", asof="2026-02-06").to_dict(), option=orjson.OPT_SORT_KEYS)
    assert set(digests["standing"].values()) == {hashlib.sha256(found).hexdigest()}


def test_another_seed_is_another_answer(ask):
    one, two = (ask("BTC GDX", asof="2026-02-06", seed=seed).to_dict() for seed in (7, 8))
    assert orjson.dumps(one["why"]) != orjson.dumps(two["why"])


def test_asking_other_questions_first_changes_nothing(desk):
    from comove.core.question import Question
    from comove.desk import Desk

    question = Question(assets=("BTC", "GDX"), asof="2026-02-06", replications=99)
    before, after = Desk(facts=desk.facts), Desk(facts=desk.facts)
    after.explain(Question(assets=("GLD", "GDX"), asof="2026-02-06", replications=99))
    first, second = before.explain(question), after.explain(question)
    assert orjson.dumps(first.to_dict()) == orjson.dumps(second.to_dict())
    assert first == second
    assert hash(first) == hash(second)
    assert after.explain(question) is second


def test_leaving_a_channel_out_does_not_move_the_draws_of_the_others(ask):
    full = ask("BTC GDX", asof="2026-02-06")
    some = ask("BTC GDX", asof="2026-02-06", channels=("gold", "risk"))
    assert some.together == full.together
    blank = replace(full.unusual, link=None)
    assert replace(some.unusual, link=None) == blank
    # one test of a closer link takes the drivers out, so it alone may differ
    ours, theirs = some.unusual.link, full.unusual.link
    assert ours.tests[::2] == theirs.tests[::2]
    assert (ours.dynamic, ours.tail) == (theirs.dynamic, theirs.tail)
    assert some.refuge == full.refuge


def test_names_of_one_series_are_one_question(desk):
    from comove.core.question import Question

    tokyo = desk.explain(Question(assets=("ビットコイン", "金鉱株"), asof="2026-02-06"))
    assert tokyo is desk.explain(Question(assets=("BTC-USD", "gold miners"), asof="2026-02-06"))


def test_the_order_in_which_channels_are_examined_does_not_matter(desk):
    from comove.answers import explain
    from comove.core.question import Question
    from comove.run.serial import Serial

    class Backwards:
        def map(self, function, tasks):
            tasks = list(tasks)
            return [function(task) for task in tasks[::-1]][::-1]

    question = desk.resolve(Question(assets=("BTC", "GDX"), asof="2026-02-06", replications=99))
    planned = explain.plan(question, desk.channels)
    snapshot = desk.facts.read(planned.series, planned.tables, planned.asof)
    answers = [
        explain.answer(question, snapshot, desk.channels, e) for e in (Serial(), Backwards())
    ]
    assert orjson.dumps(answers[0].to_dict()) == orjson.dumps(answers[1].to_dict())
