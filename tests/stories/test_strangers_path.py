"""A stranger asks once, in two languages and five formats, and reads the same figures."""

import csv
import io
import json
import re
from html import unescape

import pytest

STANDING = ("explain", "BTC", "GDX", "--asof", "2026-02-06", "--replications", "99")
LANGUAGES = ("en", "ja")
READ = ("text", "md", "html")
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
ON_PAPER_ONLY = {"200 weeks"}
"""Figures that the screen leaves to the longer formats."""


def percent(value):
    return f"{abs(value) * 100:.1f}"


def points(value):
    return f"{abs(value) * 100:.1f}"


def dollars(value):
    return f"{value:,.0f}" if value >= 1_000 else f"{value:,.2f}"


def hundredths(value):
    return f"{abs(value):.2f}"


@pytest.fixture
def answer(comove):
    """Format and language to text, and the answer as data."""

    def read(form, language="en"):
        outcome = comove(*STANDING, "--format", form, "--lang", language)
        assert (outcome.code, outcome.err) == (0, "")
        return outcome.text

    return read


def figures(payload):
    """Figures as they should be read, by what they are."""
    together, unusual, why = payload["together"], payload["unusual"], payload["why"]
    found = {"overlap": f"{together['overlap']['value'] * 100:.0f}"}
    for path in together["paths"]:
        name = path["asset"]
        found[f"{name} high"] = dollars(path["peak"])
        found[f"{name} low"] = dollars(path["trough"])
        found[f"{name} latest"] = dollars(path["latest"])
        found[f"{name} fall"] = percent(path["drawdown"]["value"])
        found[f"{name} move"] = percent(path["move"]["value"])
        found[f"{name} worst day"] = points(path["worst"]["value"])
    (pair,) = unusual["pairs"]
    for key in ("dependence", "baseline", "five_day", "peak"):
        found[key] = hundredths(pair[key]["value"])
    for split in why["returns"]:
        found[f"{split['asset']} total"] = points(split["total"]["value"])
        for part in split["parts"]:
            if part["drivers"] or part["channel"] in ("intercept", "unexplained"):
                value = part["estimate"]["value"]
                found[f"{split['asset']} {part['channel']}"] = points(value)
    levels = {(level["asset"], level["key"]): level["value"] for level in payload["levels"]}
    found["200 weeks"] = dollars(levels["btc", "sma_200_week"])
    return found


def numbers_in(text):
    text = re.sub(r"<style.*?</style>|<script.*?</script>", " ", text, flags=re.DOTALL)
    return set(NUMBER.findall(unescape(re.sub(r"<[^>]+>", " ", text))))


def test_the_list_of_figures_is_long_and_known(answer):
    found = figures(json.loads(answer("json")))
    assert len(found) > 25
    assert found["gdx high"] == "112.16"
    assert found["btc high"] == "124,753"
    assert found["gdx move"] == "17.6"
    assert found["overlap"] == "44"
    assert found["200 weeks"] == "57,946"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", READ)
def test_every_figure_is_the_same_in_every_format_and_language(answer, form, language):
    expected = figures(json.loads(answer("json", language)))
    shown = numbers_in(answer(form, language))
    missing = {name for name, text in expected.items() if text not in shown}
    assert missing <= (ON_PAPER_ONLY if form == "text" else set())


@pytest.mark.parametrize("form", READ)
def test_a_figure_that_is_not_in_the_answer_is_not_in_the_report(answer, form):
    assert not {"112.17", "124,754", "57,947"} & numbers_in(answer(form))


def test_the_table_has_the_estimates_of_the_data(answer):
    payload = json.loads(answer("json"))
    rows = {row["path"]: row for row in csv.DictReader(io.StringIO(answer("csv", "ja")))}
    for split in payload["why"]["returns"]:
        for part in split["parts"]:
            row = rows[f"why.returns.{split['asset']}.parts.{part['channel']}.estimate"]
            for field in ("value", "low", "high"):
                assert float(row[field]) == part["estimate"][field]
            assert row["unit"] == part["estimate"]["unit"]
            assert row["method"] == part["estimate"]["method"]
    (pair,) = payload["unusual"]["pairs"]
    assert float(rows["unusual.pairs.btc-gdx.dependence"]["value"]) == pair["dependence"]["value"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            ("no more than chance", "unexplained", "5 Feb", "Limits", "4 sessions apart"),
        ),
        ("ja", ("偶然", "説明できない部分", "2月5日", "留意点", "4営業日")),
    ],
)
@pytest.mark.parametrize("form", READ)
def test_the_report_says_what_the_facts_imply(answer, form, language, words):
    text = unescape(re.sub(r"<[^>]+>", "", answer(form, language)))
    flat = " ".join(text.split()) if language == "en" else "".join(text.split())
    for word in words:
        assert word in flat


@pytest.mark.parametrize("form", READ)
def test_nothing_of_one_language_is_left_in_the_other(answer, form):
    english = re.sub(r"<style.*?</style>", "", answer(form, "en"), flags=re.DOTALL)
    assert not re.search(r"[ぁ-んァ-ヶ一-龥]", english)
    japanese = unescape(re.sub(r"<style.*?</style>", "", answer(form, "ja"), flags=re.DOTALL))
    for words in ("unexplained", "no more than chance", "Limits", "sessions"):
        assert words not in re.sub(r"<[^>]+>", " ", japanese)


def test_the_whole_path_of_a_newcomer(comove, tmp_path):
    """Help, what is held, a plan, the answer, a page to send on."""
    assert "explain" in comove("--help").text
    assert "btc" in comove("data", "list").text
    assert "BTC" not in comove("explain", "BTC", "GDX", "--asof", "2026-02-06", "--plan").err
    assert "GDX" in comove(*STANDING).text
    page = tmp_path / "answer.html"
    assert comove(*STANDING, "--lang", "ja", "--out", page).code == 0
    assert "金鉱株" in page.read_text(encoding="utf-8")
