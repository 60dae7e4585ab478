"""A stranger adds a sixth explanation: one folder, and it takes part everywhere."""

import json
import sys

import pytest

NUMBERS = '''"""Did the policy rate press the assets?"""

from comove.channels.policy._rule import judged
from comove.core.driver import Driver
from comove.core.evidence import Check, Evidence
from comove.core.message import Name, say
from comove.core.reading import Reading


class Policy:
    key = "policy"
    drivers = (Driver("two_year", (("dgs2", 1.0),)),)
    reads = ("gold",)

    def examine(self, case):
        claim = say("channel.policy.proposition", assets=tuple(map(Name, case.assets)))
        share = case.share(self.key)
        if share is None:
            return Reading(
                channel=self.key, proposition=claim, verdict="silent", because=say("policy.silent")
            )
        evidence = tuple(
            Evidence(
                says=say("policy.share", asset=Name(asset), part=found.quantity),
                estimate=found,
                verdict=judged(found),
                method=found.method,
            )
            for asset, found in zip(case.assets, share.returns, strict=True)
        )
        checks = tuple(
            Check(attack=attack, passed=None, says=say("policy.looked"))
            for attack in ("placebo_window", "leave_one_out")
        )
        return Reading(
            channel=self.key,
            proposition=claim,
            verdict=judged(share.returns[0]),
            because=say("policy.because"),
            evidence=evidence,
            checks=checks,
        )


channel = Policy()
'''

RULE = '''"""When a share counts."""


def judged(estimate):
    return "supports" if estimate.high < 0.0 else "cannot_tell"
'''

WORDS = """
[channel.policy]
en = "Policy rates"
ja = "政策金利"
[channel.policy.share]
en = "through policy rates"
ja = "政策金利を通じた分"
[channel.policy.proposition]
en = "Higher policy rates pressed {assets}."
ja = "政策金利の上昇が{assets:and}を押し下げた。"
[driver.two_year]
en = "two-year yield"
ja = "2年金利"
[policy.silent]
en = "Nothing is known of policy rates."
ja = "政策金利のデータがない。"
[policy.share]
en = "{part} of {asset} went through the two-year yield."
ja = "{asset}のうち{part}は2年金利を通じた分。"
[policy.looked]
en = "Looked at."
ja = "確認した。"
[policy.because]
en = "The two-year yield says so."
ja = "2年金利がそう示す。"
"""

STANDING = ("explain", "BTC", "GDX", "--asof", "2026-02-06", "--replications", "99")
FIVE = ["risk", "deleveraging", "tech", "dollar", "gold"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of channels with one channel in it, named in the environment."""
    place = tmp_path / "channels"
    (place / "policy").mkdir(parents=True)
    (place / "policy" / "__init__.py").write_text(NUMBERS, encoding="utf-8")
    (place / "policy" / "_rule.py").write_text(RULE, encoding="utf-8")
    (place / "policy" / "words.toml").write_text(WORDS, encoding="utf-8")
    monkeypatch.setenv("COMOVE_CHANNELS", str(place))
    yield place
    for name in [name for name in sys.modules if name.startswith("comove.channels.policy")]:
        del sys.modules[name]


def answer(alone, *words):
    outcome = alone(*STANDING, *words, "--format", "json")
    assert (outcome.code, outcome.err) == (0, "")
    return json.loads(outcome.out)


def parts(payload):
    return {
        split["asset"]: {part["channel"]: part["estimate"]["value"] for part in split["parts"]}
        for split in payload["why"]["returns"]
    }


def test_without_the_folder_there_are_five(alone):
    assert answer(alone)["question"]["channels"] == FIVE
    assert alone(*STANDING, "--channel", "policy").code == 2
    assert "policy" not in alone("explain", "--help").text


@pytest.mark.usefixtures("folder")
def test_help_and_plan_name_it(alone):
    assert "policy" in alone("explain", "--help").text
    plan = alone(*STANDING, "--plan").text
    assert "Policy rates" in plan
    assert "dgs2" in plan
    assert "政策金利" in alone(*STANDING, "--plan", "--lang", "ja").text
    assert "policy" in alone(*STANDING, "--channel", "nothing").err


@pytest.mark.usefixtures("folder")
def test_it_takes_its_share_of_the_split_and_the_sums_still_hold(alone, ask):
    payload = answer(alone)
    assert payload["question"]["channels"] == [*FIVE, "policy"]
    five = parts(ask("BTC GDX", asof="2026-02-06").to_dict())
    for split in payload["why"]["returns"]:
        shares = parts(payload)[split["asset"]]
        assert shares["policy"] != 0.0
        assert sum(shares.values()) == pytest.approx(split["total"]["value"], abs=1e-12)
        assert shares["risk"] != five[split["asset"]]["risk"]
    for split in payload["why"]["covariances"]:
        values = [part["estimate"]["value"] for part in split["parts"]]
        assert sum(values) == pytest.approx(split["total"]["value"], abs=1e-12)
        assert "policy" in {part["channel"] for part in split["parts"]}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("language", "title", "share", "claim"),
    [
        ("en", "Policy rates", "through policy rates", "Higher policy rates pressed"),
        ("ja", "政策金利", "政策金利を通じた分", "押し下げた"),
    ],
)
@pytest.mark.parametrize("form", ["text", "md", "html"])
def test_every_report_speaks_of_it(alone, form, language, title, share, claim):
    outcome = alone(*STANDING, "--format", form, "--lang", language)
    assert (outcome.code, outcome.err) == (0, "")
    text = " ".join(outcome.text.split())
    for words in (title, share, claim):
        assert words in text or words in text.replace(" ", "")


@pytest.mark.usefixtures("folder")
def test_it_has_rows_in_the_table_of_estimates(alone):
    rows = alone(*STANDING, "--format", "csv").text
    assert "why.returns.gdx.parts.policy.estimate" in rows
    assert "readings.policy.evidence.0.estimate" in rows


@pytest.mark.usefixtures("folder")
def test_it_can_be_asked_by_itself(alone):
    payload = answer(alone, "--channel", "policy")
    assert [reading["channel"] for reading in payload["readings"]] == ["policy"]
    assert set(parts(payload)["btc"]) == {"policy", "intercept", "unexplained"}


def test_words_missing_in_one_language_are_an_error_of_one_line(alone, folder):
    words = folder / "policy" / "words.toml"
    words.write_text(WORDS.replace('ja = "政策金利"\n', ""), encoding="utf-8")
    outcome = alone(*STANDING)
    assert outcome.code == 2
    assert outcome.out == b""
    assert outcome.err.count("\n") == 1
    assert "channel.policy" in outcome.err


def test_the_library_takes_the_folder_as_well(folder, monkeypatch):
    from comove import Desk, Question

    monkeypatch.delenv("COMOVE_CHANNELS")
    question = Question(assets=("BTC", "GDX"), asof="2026-02-06", replications=99)
    found = Desk.open(channels=[folder]).explain(question)
    assert found.reading("policy").verdict in ("supports", "cannot_tell")
    assert [reading.channel for reading in Desk.open().explain(question).readings] == FIVE
