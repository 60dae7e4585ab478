"""The answer about spillovers in every format and both languages, and its two pictures."""

from __future__ import annotations

import copy
import importlib.util
import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from comove.core.exhibit import Exhibit
from comove.core.message import say
from comove.core.spillover import Spillovers
from comove.core.spillover_question import SpilloverQuestion
from comove.report.charts.kinds.network import circle
from comove.report.charts.render import NARROW, WIDE, WORDS, picture, scenes
from comove.report.charts.scene import Box, Label, Segment
from comove.report.render import render
from comove.report.terminal.wrapping import width
from comove.report.words import Words

ROOT = Path(__file__).parents[2]
FILE = ROOT / "src" / "comove" / "report" / "schema" / "spillover.json"
both_languages = pytest.mark.parametrize("language", ["en", "ja"])


@pytest.fixture(scope="module")
def four(desk):
    return desk.spillover(
        SpilloverQuestion(assets=("BTC", "GDX", "QQQ", "GLD"), asof="2026-02-06", replications=99)
    )


@pytest.fixture(scope="module")
def document(desk, four):
    return desk.document(four)


@both_languages
@pytest.mark.parametrize("form", ["text", "md", "html", "json", "csv"])
def test_every_format_in_both_languages(document, form, language):
    data = render(document, form, language)
    assert render(document, form, language) == data
    text = data.decode("utf-8")
    assert len(text) > 1_000
    assert text.endswith("\n")
    if form not in ("json", "csv"):
        prose = re.sub(r"<style.*?</style>|<script.*?</script>", "", text, flags=re.DOTALL)
        assert not re.search(r"\{[a-z_]+(:[a-z]+)?\}", prose)
        assert not re.search(r"\b(spillover|report|not_estimable)\.[a-z_]+", prose)
        assert not re.search(r"\b(nan|inf|None)\b", prose)


@both_languages
def test_the_text_fits_80_columns_and_holds_the_matrix(document, four, desk, language):
    lines = render(document, "text", language).decode("utf-8").splitlines()
    assert max(map(width, lines)) <= 80
    words = Words.load(language, desk.words("spillover"), desk.titles)
    name = words.title("gld")
    row = next(line for line in lines if line.strip().startswith(name) and line.count("%") == 5)
    held = {entry.sender: entry.share.quantity for entry in four.table if entry.receiver == "gld"}
    shown = [words.number(held[asset], "short") for asset in four.question.assets]
    assert row.removeprefix(f"  {name}").split()[:4] == shown
    assert any("█" in line for line in lines)


def test_same_numbers_in_both_languages(document):
    csv = [render(document, "csv", language) for language in ("en", "ja")]
    assert csv[0] == csv[1]
    assert json.loads(render(document, "json", "en")) == json.loads(render(document, "json", "ja"))


@pytest.fixture(scope="module")
def schema():
    spec = importlib.util.spec_from_file_location(
        "make_schema", ROOT / "scripts" / "make_schema.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_schema_is_current_and_told(schema):
    assert FILE.read_text(encoding="utf-8") == schema.text(Spillovers), "run scripts/make_schema.py"
    described = schema.schema(Spillovers)
    assert all(entry.get("description") for entry in described["$defs"].values())
    assert all(
        entry.get("description")
        for key, entry in described["properties"].items()
        if key != "answer"
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda payload: payload.update(extra=1),
        lambda payload: payload.update(schema=99),
        lambda payload: payload["links"][0].update(verdict="maybe"),
        lambda payload: payload["table"][0]["share"].update(value="0.3"),
        lambda payload: payload.pop("flows"),
    ],
)
def test_the_schema_takes_the_answer_and_nothing_else(four, change):
    validator = Draft202012Validator(
        json.loads(FILE.read_text(encoding="utf-8")), format_checker=FormatChecker()
    )
    payload = json.loads(json.dumps(four.to_dict()))
    assert [error.json_path for error in validator.iter_errors(payload)] == []
    wrong = copy.deepcopy(payload)
    change(wrong)
    assert list(validator.iter_errors(wrong))


def speak(language="en"):
    titles = {key: {"en": f"Asset {key}", "ja": f"資産{key}"} for key in "abcdefghijkl"}
    return Words.load(language, (WORDS, str(ROOT / "src/comove/answers/spillover")), titles)


def network(links, assets):
    columns = zip(*links, strict=True)
    return Exhibit(
        key="network",
        kind="network",
        columns=dict(zip(("sender", "receiver", "value", "beyond"), columns, strict=True)),
        marks={"assets": list(assets)},
        caption=say("spillover.exhibit.network"),
    )


def test_arrows_beyond_noise_are_solid_and_as_wide_as_the_flow():
    links = [("a", "b", 0.10, True), ("c", "a", 0.05, True), ("b", "c", 0.20, False)]
    (scene,) = scenes(network(links, "abc"), speak(), WIDE)
    strokes = [mark for mark in scene.marks if isinstance(mark, Segment)]
    assert sorted(stroke.dashed for stroke in strokes) == [False, False, True]
    wide, thin = sorted((s for s in strokes if not s.dashed), key=lambda s: -s.width)
    places = circle(("a", "b", "c"))
    assert wide.width > thin.width > 1.0
    for stroke, sender, receiver in ((wide, "a", "b"), (thin, "c", "a")):
        assert _nearest(places, stroke.x0, stroke.y0) == sender
        assert _nearest(places, stroke.x1, stroke.y1) == receiver


def _nearest(places, x, y):
    return min(places, key=lambda name: (places[name][0] - x) ** 2 + (places[name][1] - y) ** 2)


@both_languages
@pytest.mark.parametrize("room", [WIDE, NARROW])
@pytest.mark.parametrize("count", [2, 3, 12])
def test_both_pictures_fit_the_page(language, room, count):
    assets = "abcdefghijkl"[:count]
    pairs = [(a, b) for a in assets for b in assets]
    links = [(a, b, 0.01 * (i + 1), i % 2 == 0) for i, (a, b) in enumerate(pairs) if a < b]
    for exhibit in (network(links, assets), heatmap(pairs)):
        (scene,) = scenes(exhibit, speak(language), room)
        assert scene.width <= room
        names = [mark for mark in scene.marks if isinstance(mark, Label)]
        assert exhibit.kind == "heatmap" or len(names) == count
        assert picture(exhibit, speak(language)).wide


def heatmap(pairs):
    rows, columns = zip(*pairs, strict=True)
    return Exhibit(
        key="table",
        kind="heatmap",
        columns={
            "row": rows,
            "column": columns,
            "value": tuple(0.04 * (1 + place % 5) for place in range(len(pairs))),
        },
        marks={"unit": "share"},
        caption=say("spillover.exhibit.heatmap"),
    )


def test_areas_of_the_squares_are_in_proportion():
    pairs = [(a, b) for a in "abc" for b in "abc"]
    exhibit = heatmap(pairs)
    (scene,) = scenes(exhibit, speak(), WIDE)
    boxes = [mark for mark in scene.marks if isinstance(mark, Box)]
    areas = [(box.x1 - box.x0) * (box.y1 - box.y0) for box in boxes]
    ratios = [area / value for area, value in zip(areas, exhibit.columns["value"], strict=True)]
    assert max(ratios) == pytest.approx(min(ratios))
    assert [box.ink for box in boxes] == ["b" if a == b else "a" for a, b in pairs]
    first = boxes[1]
    assert (first.x0 + first.x1) / 2 == pytest.approx(1.5)
    assert (first.y0 + first.y1) / 2 == pytest.approx(2.5)


def test_an_exhibit_without_rows_is_not_drawn():
    empty = heatmap([("a", "b")])
    bare = Exhibit(
        key="table",
        kind="heatmap",
        columns=dict.fromkeys(empty.columns, ()),
        caption=empty.caption,
    )
    assert scenes(bare, speak(), WIDE) == ()
