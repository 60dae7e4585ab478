"""The answer about levels in every format and both languages, its pictures, and its command."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from comove.core.levels import Levels
from comove.core.levels_question import LevelsQuestion
from comove.report.charts.render import NARROW, WIDE, WORDS, picture, scenes
from comove.report.charts.scene import Label, Segment
from comove.report.charts.svg import Canvas
from comove.report.render import render
from comove.report.terminal.wrapping import width
from comove.report.words import Words

ROOT = Path(__file__).parents[2]
both_languages = pytest.mark.parametrize("language", ["en", "ja"])
CASES = {
    "standing": {"assets": ("BTC", "GDX"), "own": ("btc=60000:<b>round</b>",)},
    "young": {"assets": ("ETH",), "asof": "2024-04-15"},
    "late": {"assets": ("GDX",), "asof": "2026-10-06"},
}


@pytest.fixture(scope="module", params=CASES)
def answered(request, desk):
    asked = {"asof": "2026-02-06", "draws": 39}
    return desk.levels(LevelsQuestion(**asked | CASES[request.param]))


@pytest.fixture(scope="module")
def document(desk, answered):
    return desk.document(answered)


@both_languages
@pytest.mark.parametrize("form", ["text", "md", "html", "json", "csv"])
def test_every_format_in_both_languages(document, form, language):
    text = render(document, form, language).decode("utf-8")
    assert len(text) > 1_000
    assert text.endswith("\n")
    if form not in ("json", "csv"):
        prose = re.sub(r"<style.*?</style>|<script.*?</script>", "", text, flags=re.DOTALL)
        assert not re.search(r"\{[a-z_]+(:[a-z]+)?\}", prose)
        assert not re.search(r"\b(levels|report|not_estimable)\.[a-z_]+", prose)
        assert not re.search(r"\b(nan|inf|None)\b", prose)
    if form == "html":
        assert "<b>round</b>" not in text


@both_languages
def test_the_text_fits_80_columns(document, language):
    lines = render(document, "text", language).decode("utf-8").splitlines()
    assert max(map(width, lines)) <= 80


def test_same_numbers_in_both_languages(document):
    assert render(document, "csv", "en") == render(document, "csv", "ja")
    assert json.loads(render(document, "json", "en")) == json.loads(render(document, "json", "ja"))


def test_the_json_is_valid(document):
    spec = importlib.util.spec_from_file_location(
        "make_schema", ROOT / "scripts" / "make_schema.py"
    )
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    schema = script.schema(Levels)
    file = ROOT / "src" / "comove" / "report" / "schema" / "levels.json"
    assert json.loads(file.read_text(encoding="utf-8")) == schema
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    payload = json.loads(render(document, "json", "en"))
    assert [error.json_path for error in validator.iter_errors(payload)] == []
    payload["levels"][0].pop("value")
    assert list(validator.iter_errors(payload))


@both_languages
@pytest.mark.parametrize("room", [WIDE, NARROW])
def test_the_pictures_name_every_level_inside_their_frame(desk, answered, language, room):
    words = Words.load(language, (*desk.words("levels"), WORDS), desk.titles)
    for exhibit in answered.exhibits:
        (scene,) = scenes(exhibit, words, room)
        assert scene.width <= room
        canvas = Canvas(scene)
        listed = exhibit.marks["levels"]
        drawn = [mark.y0 for mark in scene.marks if isinstance(mark, Segment)]
        assert drawn == [entry["value"] for entry in listed]
        labels = [mark for mark in scene.marks if isinstance(mark, Label)]
        assert len(labels) == len(listed)
        for label, entry in zip(labels, listed, strict=True):
            assert "%" in label.text
            assert 0 <= canvas.y(entry["value"]) <= scene.height
        assert picture(exhibit, words).wide


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--own", "btc"), 2, "btc=60000"),
        (("--own", "gld=300"), 2, "gld"),
        (("--levels", "nowhere.toml"), 2, "nowhere.toml"),
        (("--asof", "2027-06-01"), 3, "2027"),
        (("--draws", "few"), 2, "draws"),
        (("--asof", "2026-09-30"), 3, "btc"),
    ],
)
def test_bad_input_ends_in_one_line_with_a_hint(comove, words, code, told):
    seen = comove("levels", "BTC", *words)
    assert seen.code == code
    assert told in seen.err
    assert "Traceback" not in seen.err
    assert seen.out == b""


def test_the_command_answers_and_plans(comove):
    seen = comove("levels", "GDX", "--asof", "2026-02-06", "--plan")
    assert seen.code == 0
    assert "dfii10" in seen.text
    seen = comove("levels", "GDX", "--asof", "2026-02-06", "--draws", "39", "--format", "csv")
    assert seen.code == 0
    assert "levels.gdx-sma_200_week.value" in seen.text
