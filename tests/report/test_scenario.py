"""The answer about shocks in every format and both languages, its pictures, and its command."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from comove.core.scenario import Scenario
from comove.core.scenario_question import ScenarioQuestion
from comove.report.charts.render import NARROW, WIDE, WORDS, picture, scenes
from comove.report.charts.scene import Box, Dots, Line
from comove.report.charts.svg import Canvas
from comove.report.render import render
from comove.report.terminal.wrapping import width
from comove.report.words import Words

ROOT = Path(__file__).parents[2]
both_languages = pytest.mark.parametrize("language", ["en", "ja"])
CASES = {
    "easing": {"shocks": ("dfii10=-50bp", "dxy=-3%")},
    "named": {"named": "march_2020"},
    "reverse": {"reverse": 10.0},
    "unreached": {
        "assets": ("TLT", "SPY"),
        "asof": "2022-03-01",
        "reverse": 5.0,
        "shocks": ("dfii10=+30bp",),
    },
    "alone": {"assets": ("GDX",), "shocks": ("vix=+10", "gdx=-5%"), "weights": "gdx=.4"},
}


@pytest.fixture(scope="module", params=CASES)
def answered(request, desk):
    asked = {"assets": ("BTC", "GDX"), "asof": "2026-02-06", "replications": 99}
    return desk.scenario(ScenarioQuestion(**asked | CASES[request.param]))


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
        assert not re.search(r"\b(scenario|report|not_estimable)\.[a-z_]+", prose)
        assert not re.search(r"\b(nan|inf|None)\b", prose)


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
    schema = script.schema(Scenario)
    file = ROOT / "src" / "comove" / "report" / "schema" / "scenario.json"
    assert json.loads(file.read_text(encoding="utf-8")) == schema
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    payload = json.loads(render(document, "json", "en"))
    assert [error.json_path for error in validator.iter_errors(payload)] == []
    payload["outlooks"][0]["rises"].pop("low")
    assert list(validator.iter_errors(payload))


@both_languages
def test_an_extrapolation_is_marked_at_every_figure(answered, document, language):
    text = render(document, "text", language).decode("utf-8")
    mark = {"en": "EXTRAPOLATION", "ja": "【外挿】"}[language]
    shown = len(answered.question.assets) if answered.plausible.extrapolates else 0
    assert text.count(mark) == shown


@both_languages
@pytest.mark.parametrize("room", [WIDE, NARROW])
def test_the_pictures_show_the_figures_inside_their_frame(desk, answered, language, room):
    words = Words.load(language, (*desk.words("scenario"), WORDS), desk.titles)
    for exhibit in answered.exhibits:
        for scene in scenes(exhibit, words, room):
            assert scene.width <= room
            canvas = Canvas(scene)
            for mark in scene.marks:
                if isinstance(mark, Dots):
                    for x, y in zip(mark.xs, mark.ys, strict=True):
                        assert 0 <= canvas.x(x) <= scene.width
                        assert 0 <= canvas.y(y) <= scene.height
        assert picture(exhibit, words).wide


def test_strips_and_paths_are_those_of_the_answer(desk, answered):
    words = Words.load("en", (*desk.words("scenario"), WORDS), desk.titles)
    strips = scenes(answered.exhibits[0], words, WIDE)
    assert len(strips) == len(answered.question.assets)
    boxes = [mark for scene in strips for mark in scene.marks if isinstance(mark, Box)]
    assert [(box.x0, box.x1) for box in boxes] == [
        (entry.outcome.low, entry.outcome.high) for entry in answered.outlooks
    ]
    if answered.analogues:
        paths = scenes(answered.exhibits[1], words, WIDE)
        lines = [mark for mark in paths[0].marks if isinstance(mark, Line)]
        shown = min(len(answered.analogues), 8)
        assert len(lines) == shown + (shown > 1)
        ends = {round(line.ys[answered.horizon], 9) for line in lines}
        assert round(answered.analogues[0].during[0].value, 9) in ends


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--shock", "dfii10=-3%"), 2, "--shock dfii10=-50bp"),
        (("--shock", "qqq"), 2, "qqq=-3%"),
        ((), 2, "--shock"),
        (("--named", "doomsday"), 2, "march_2020"),
        (("--shock", "gdx=-5%", "--asof", "2026-02-06"), 2, "gdx"),
        (("--window", "2013-01-02:2013-02-01", "--asof", "2026-02-06"), 3, "2013"),
        (("--scenarios", "nowhere.toml"), 2, "nowhere.toml"),
        (("--shock", "qqq=-5%", "--horizon", "many"), 2, "horizon"),
    ],
)
def test_bad_input_ends_in_one_line_with_a_hint(comove, words, code, told):
    seen = comove("scenario", "GDX", *words)
    assert seen.code == code
    assert told in seen.err
    assert "Traceback" not in seen.err
    assert seen.out == b""


def test_the_command_answers_and_plans(comove):
    seen = comove(
        "scenario", "BTC", "GDX", "--asof", "2026-02-06", "--shock", "dxy=-3%", "--plan",
        "--replications", "99",
    )  # fmt: skip
    assert seen.code == 0
    assert "dxy" in seen.text
    seen = comove("scenario", "BTC", "--asof", "2026-02-06", "--reverse", "10", "--format", "csv",
                  "--replications", "99")  # fmt: skip
    assert seen.code == 0
    assert "outlooks.btc-student.centre" in seen.text
