"""The sixth channel of the manual joins without another file being touched."""

import runpy
import sys
import tomllib
from pathlib import Path

import pytest

from comove import Desk, Question

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"


@pytest.fixture(scope="module")
def desk():
    return Desk.open(channels=[EXAMPLES / "channels"])


@pytest.fixture(scope="module")
def diagnosis(desk):
    return desk.explain(Question(assets=("BTC", "GDX"), asof="2026-02-06", replications=199))


def test_the_example_takes_part_in_the_split(diagnosis):
    for split in diagnosis.why.returns:
        parts = {part.channel: part for part in split.parts}
        assert parts["curve"].drivers == ("slope",)
        whole = sum(part.estimate.value for part in split.parts)
        assert whole == pytest.approx(split.total.value, abs=1e-12)


def test_the_example_has_a_reading_with_a_checked_verdict(diagnosis):
    reading = diagnosis.reading("curve")
    assert reading.verdict in ("supports", "against", "cannot_tell")
    assert len(reading.checks) >= 2
    assert reading.evidence[0].estimate is not None


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_example_is_in_the_report_in_both_languages(desk, diagnosis, language):
    from comove.report.writers.md import writer

    words = tomllib.loads((EXAMPLES / "channels" / "curve" / "words.toml").read_text("utf-8"))
    page = writer.write(desk.document(diagnosis), language).decode()
    assert words["channel"]["curve"][language].lower() in page.lower()


def test_without_it_nothing_is_left_behind():
    assert "curve" not in Desk.open(channels=[]).channels


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_examples_run(path, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", [str(path)])
    runpy.run_path(str(path), run_name="__main__")
    assert len(capsys.readouterr().out.splitlines()) >= 4
