"""The catalogues of charts and page: whole, and used."""

from __future__ import annotations

from pathlib import Path

import pytest

import comove.report.charts
import comove.report.page
from comove.core.units import Unit
from comove.report.catalogue import catalogue, faults
from comove.report.charts.axes import tick
from comove.report.charts.render import WORDS, kinds
from comove.report.words import Words

PAGE = str(Path(comove.report.page.__file__).parent)
CODE = "".join(
    path.read_text(encoding="utf-8")
    for room in (comove.report.charts, comove.report.page)
    for path in Path(str(room.__file__)).parent.rglob("*.py")
) + (Path(PAGE).parent / "writers" / "html.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", [WORDS, PAGE])
def test_the_words_are_whole(folder: str) -> None:
    assert faults(folder) == ()


@pytest.mark.parametrize("folder", [WORDS, PAGE])
def test_every_word_is_used(folder: str) -> None:
    built = ("chart.tick.", "chart.unit.", "chart.paths.", "chart.split.")
    for key in catalogue(folder):
        assert key in CODE or key.startswith(built)


def test_units_in_the_words_exist(words: Words) -> None:
    known = set(Unit.__args__)  # type: ignore[attr-defined]
    for key in words.entries:
        if key.startswith(("chart.tick.", "chart.unit.")):
            assert key.rsplit(".", 1)[1] in known


@pytest.mark.parametrize("unit", Unit.__args__)  # type: ignore[attr-defined]
def test_every_unit_can_stand_on_an_axis(unit: str, words: Words) -> None:
    assert tick(-1.5, unit, words, 1).startswith("-")
    assert "0.0" in tick(-0.0, unit, words, 1)
    assert not tick(-0.0, unit, words, 1).startswith("-")


def test_every_kind_is_found() -> None:
    assert kinds() == (
        "bars",
        "fan",
        "heatmap",
        "levels",
        "lines",
        "network",
        "pair_split",
        "paths",
        "rolling",
        "scatter",
        "spans",
        "split",
        "strips",
    )
