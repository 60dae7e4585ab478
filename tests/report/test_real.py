"""The standing examples, read from the bundled history, in every format and both languages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from comove.core.question import Question
from comove.desk import Desk
from comove.report.render import render
from comove.report.screen import Screen
from comove.report.terminal.wrapping import width

QUESTIONS = {
    "pair": Question(assets=("BTC", "GDX"), asof="2026-02-06", replications=99),
    "group": Question(assets=("GLD", "GDX", "SLV"), asof="2026-02-06", replications=99),
    "none": Question(assets=("QQQ", "BTC"), asof="2026-02-06", replications=99),
}
SCHEMA = Path(__file__).parents[2] / "src" / "comove" / "report" / "schema" / "explain.json"


@pytest.fixture(scope="module")
def desk():
    return Desk.open()


@pytest.fixture(scope="module", params=list(QUESTIONS))
def document(request, desk):
    return desk.document(desk.explain(QUESTIONS[request.param]))


@pytest.mark.parametrize("language", ["en", "ja"])
def test_text_fits(document, language):
    for columns in (60, 80, 120):
        lines = render(document, "text", language, Screen(columns)).decode().splitlines()
        assert max(map(width, lines)) <= columns


def test_the_payload_keeps_the_schema(document):
    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    payload = json.loads(render(document, "json", "en"))
    assert [error.json_path for error in validator.iter_errors(payload)] == []


def test_no_key_and_no_field_is_left_in_the_text(document):
    for language in ("en", "ja"):
        for kind in ("text", "md"):
            text = render(document, kind, language).decode()
            assert not re.search(r"[{}]", text)
            assert not re.search(r"\b(?:channel|explain|reading|report|table|method)\.\w", text)


INTERVAL = re.compile(r"\\\[(-?[\d.,]+), (-?[\d.,]+)\\\]")


def test_both_languages_hold_the_same_intervals_in_the_same_order(document):
    found = [INTERVAL.findall(render(document, "md", lang).decode()) for lang in ("en", "ja")]
    assert len(found[0]) > 20
    assert found[0] == found[1]
