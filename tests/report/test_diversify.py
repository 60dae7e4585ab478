"""The answer about diversification in every format and both languages, and its pictures."""

from __future__ import annotations

import copy
import importlib.util
import json
import re
from dataclasses import fields, replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from comove.core.diversify import Diversification, Ratios
from comove.core.diversify_question import DiversifyQuestion
from comove.core.document import Badge, Table
from comove.core.estimate import Estimate
from comove.core.exhibit import Exhibit
from comove.core.message import say
from comove.report.charts.render import NARROW, WIDE, WORDS, picture, scenes
from comove.report.charts.scene import Box, Dots, Label, Segment
from comove.report.diversify.holding import FIGURES
from comove.report.render import render
from comove.report.terminal.wrapping import width
from comove.report.words import Words

ROOT = Path(__file__).parents[2]
FILE = ROOT / "src" / "comove" / "report" / "schema" / "diversify.json"
both_languages = pytest.mark.parametrize("language", ["en", "ja"])
CASES = {
    "mix": {"weights": "spy=.6,tlt=.3,gdx=.05,btc=.05", "versus": "2022-10-14"},
    "near": {"weights": "spy=.6,tlt=.4", "versus": "2026-01-06"},
    "short": {"weights": "spy=.9,gdx=-.2,tlt=.2", "hedges": ("eth",), "asof": "2018-06-01"},
    "young": {"weights": "spy=1.2,btc=.1,cash=-.3", "asof": "2016-09-30"},
}


@pytest.fixture(scope="module")
def answers(desk):
    common = {"asof": "2026-02-06", "replications": 99}
    return {key: desk.diversify(DiversifyQuestion(**common | case)) for key, case in CASES.items()}


@pytest.fixture(scope="module")
def documents(desk, answers):
    return {key: desk.document(found) for key, found in answers.items()}


@both_languages
@pytest.mark.parametrize("form", ["text", "md", "html", "json", "csv"])
@pytest.mark.parametrize("case", CASES)
def test_every_format_in_both_languages(documents, case, form, language):
    data = render(documents[case], form, language)
    assert render(documents[case], form, language) == data
    text = data.decode("utf-8")
    assert len(text) > 1_000
    assert text.endswith("\n")
    if form not in ("json", "csv"):
        prose = re.sub(r"<style.*?</style>|<script.*?</script>", "", text, flags=re.DOTALL)
        assert not re.search(r"\{[a-z_]+(:[a-z]+)?\}", prose)
        assert not re.search(r"\b(diversify|report|not_estimable)\.[a-z_]+", prose)
        assert not re.search(r"\b(nan|inf|None)\b", prose)


@both_languages
@pytest.mark.parametrize("case", CASES)
def test_the_text_fits_80_columns(documents, case, language):
    lines = render(documents[case], "text", language).decode("utf-8").splitlines()
    assert max(map(width, lines)) <= 80


@both_languages
def test_the_rows_of_a_holding_show_the_figures_of_the_answer(documents, answers, desk, language):
    lines = render(documents["mix"], "text", language).decode("utf-8").splitlines()
    words = Words.load(language, desk.words("diversify"), desk.titles)
    part = answers["mix"].now.split.parts[3]
    row = next(line for line in lines if line.strip().startswith(words.title("btc")))
    shown = [words.number(part.alone.quantity, "short"), words.cell(part.share)]
    assert all(figure in row for figure in shown), row


def test_every_figure_of_the_ratios_is_laid_out():
    assert set(FIGURES) == {entry.name for entry in fields(Ratios)}


def test_every_verdict_has_its_badge_and_every_estimate_of_the_day_its_cell(documents, answers):
    found = answers["mix"]
    blocks = [block for section in documents["mix"].sections for block in section.blocks]
    badges = [block.verdict for block in blocks if isinstance(block, Badge)]
    told = [entry.verdict for entry in (*found.now.propositions, *found.now.hedges)]
    assert badges == [*told, found.comparison.verdict]
    cells = {
        id(cell)
        for block in blocks
        if isinstance(block, Table)
        for row in block.rows
        for cell in row
        if isinstance(cell, Estimate)
    }
    for entry in found.now.hedges:
        for name in ("calm", "worst", "beta", "response"):
            assert id(getattr(entry, name)) in cells
    for name in ("ratio", "plain", "penalty", "benefit", "shortfall"):
        assert id(getattr(found.now.tail, name)) in cells


def test_parts_that_were_not_asked_for_have_no_section(documents):
    sections = {key: {section.key for section in documents[key].sections} for key in CASES}
    assert "earlier" in sections["mix"]
    assert not {"earlier", "least_change"} & sections["young"]


@both_languages
def test_cash_debt_and_short_positions_are_told(documents, language):
    text = render(documents["young"], "text", language).decode("utf-8")
    assert {"en": "is borrowed", "ja": "借入"}[language] in text
    short = render(documents["short"], "text", language).decode("utf-8")
    assert {"en": "20% short", "ja": "ショート20%"}[language] in short
    assert {"en": "10% is cash", "ja": "残りの10%は現金"}[language] in short


def test_same_numbers_in_both_languages(documents):
    for document in documents.values():
        csv = [render(document, "csv", language) for language in ("en", "ja")]
        assert csv[0] == csv[1]
        assert json.loads(render(document, "json", "en")) == json.loads(
            render(document, "json", "ja")
        )


@pytest.fixture(scope="module")
def schema():
    spec = importlib.util.spec_from_file_location(
        "make_schema", ROOT / "scripts" / "make_schema.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_schema_is_current_and_told(schema):
    current = schema.text(Diversification)
    assert FILE.read_text(encoding="utf-8") == current, "run scripts/make_schema.py"
    described = schema.schema(Diversification)
    assert all(entry.get("description") for entry in described["$defs"].values())
    assert all(
        entry.get("description")
        for key, entry in described["properties"].items()
        if key != "answer"
    )


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(
    "change",
    [
        lambda payload: payload.update(extra=1),
        lambda payload: payload.update(schema=99),
        lambda payload: payload["now"]["hedges"][0].update(verdict="maybe"),
        lambda payload: payload["now"]["split"]["volatility"].update(value="0.3"),
        lambda payload: payload["now"].pop("pairs"),
    ],
)
def test_the_schema_takes_the_answer_and_nothing_else(answers, case, change):
    validator = Draft202012Validator(
        json.loads(FILE.read_text(encoding="utf-8")), format_checker=FormatChecker()
    )
    payload = json.loads(json.dumps(answers[case].to_dict()))
    assert [error.json_path for error in validator.iter_errors(payload)] == []
    wrong = copy.deepcopy(payload)
    change(wrong)
    assert list(validator.iter_errors(wrong))


@both_languages
@pytest.mark.parametrize("room", [WIDE, NARROW])
@pytest.mark.parametrize("case", CASES)
def test_all_pictures_fit_the_page(answers, desk, case, room, language):
    words = Words.load(language, (*desk.words("diversify"), WORDS), desk.titles)
    for exhibit in answers[case].exhibits:
        drawn = scenes(exhibit, words, room)
        assert drawn
        assert all(scene.width <= room for scene in drawn)
        assert picture(exhibit, words).wide


def speak():
    words = Words.load("en", (WORDS,), {key: {"en": key.upper()} for key in "ab"})
    entries = {"axis": "points", "one": "One", "two": "Two"}
    return replace(words, entries={**words.entries, **entries})


def test_bars_stand_in_their_group_with_their_interval():
    exhibit = Exhibit(
        key="bars",
        kind="bars",
        columns={
            "group": ("one", "one", "two"),
            "name": ("a", "b", "a"),
            "value": (0.2, None, -0.1),
            "low": (0.1, None, -0.3),
            "high": (0.3, None, 0.1),
            "role": ("part", "part", "rest"),
        },
        marks={"unit": "ratio", "title": "axis"},
        caption=say("x"),
    )
    first, second = scenes(exhibit, speak(), WIDE)
    assert (first.title, second.title) == ("One", "Two")
    (box,) = [mark for mark in first.marks if isinstance(mark, Box)]
    assert (box.x0, box.x1, box.ink, box.pale) == (0.0, 0.2, "a", False)
    (whisker,) = [mark for mark in second.marks if isinstance(mark, Segment) and mark.capped]
    assert (whisker.x0, whisker.x1) == (-0.3, 0.1)
    (rest,) = [mark for mark in second.marks if isinstance(mark, Box)]
    assert (rest.ink, rest.pale) == ("b", True)
    assert first.x == second.x


def test_spans_show_every_figure_with_its_interval_and_the_series_apart():
    exhibit = Exhibit(
        key="spans",
        kind="spans",
        columns={
            "day": ("2025-11-05", "2026-02-06"),
            "p": (1.2, 1.5),
            "p_low": (1.1, 1.4),
            "p_high": (1.3, None),
            "q": (1.6, 1.7),
            "q_low": (1.5, 1.6),
            "q_high": (1.7, 1.8),
        },
        marks={"unit": "ratio", "title": "axis", "names": {"p": "one", "q": "two"}},
        caption=say("x"),
    )
    (scene,) = scenes(exhibit, speak(), NARROW)
    dots = [mark for mark in scene.marks if isinstance(mark, Dots)]
    assert [mark.ys for mark in dots] == [(1.2, 1.5), (1.6, 1.7)]
    assert len({mark.ink for mark in dots}) == len({mark.shape for mark in dots}) == 2
    assert all(p < q for p, q in zip(dots[0].xs, dots[1].xs, strict=True))
    whiskers = [(mark.y0, mark.y1) for mark in scene.marks if isinstance(mark, Segment)]
    assert whiskers == [(1.1, 1.3), (1.5, 1.7), (1.6, 1.8)]
    keys = [mark.text for mark in scene.marks if isinstance(mark, Label)]
    assert any("One 1.50" in text for text in keys)


def test_a_signed_table_tells_rises_from_falls():
    exhibit = Exhibit(
        key="table",
        kind="heatmap",
        columns={"row": ("a", "a"), "column": ("a", "b"), "value": (0.4, -0.1)},
        marks={"unit": "correlation", "signed": True},
        caption=say("x"),
    )
    (scene,) = scenes(exhibit, speak(), WIDE)
    rose, fell = [mark for mark in scene.marks if isinstance(mark, Box)]
    assert (rose.ink, fell.ink) == ("a", "b")
    assert (rose.x1 - rose.x0) / (fell.x1 - fell.x0) == pytest.approx(2.0)
    assert {mark.text for mark in scene.marks if isinstance(mark, Label)} == {"+0.40", "-0.10"}
