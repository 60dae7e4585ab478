"""The stylesheet: contrast, colour blindness, and that every class drawn is painted."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

import comove.report.page
from comove.core.diagnosis import Diagnosis
from comove.report.explain import compose
from comove.report.writers.html import writer

from . import fake

CSS = (Path(comove.report.page.__file__).parent / "page.css").read_text(encoding="utf-8")
DAY, NIGHT = (
    dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", block))
    for block in re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
)

# Machado, Oliveira and Fernandes (2009), severity 1, linear RGB
BLINDNESS = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(first: str, second: str) -> float:
    low, high = sorted(linear(colour) @ (0.2126, 0.7152, 0.0722) for colour in (first, second))
    return float((high + 0.05) / (low + 0.05))


def lab(rgb: np.ndarray) -> np.ndarray:
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = to_xyz @ np.clip(rgb, 0, 1) / (0.9505, 1.0, 1.089)
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("palette", [DAY, NIGHT], ids=["day", "night"])
@pytest.mark.parametrize("ink", ["text", "muted", "a", "b", "c", "d"])
def test_every_ink_that_words_are_set_in_meets_aa(palette: dict[str, str], ink: str) -> None:
    assert contrast(palette[ink], palette["paper"]) >= 4.5


@pytest.mark.parametrize("palette", [DAY, NIGHT], ids=["day", "night"])
def test_words_inside_the_shaded_window_meet_aa(palette: dict[str, str]) -> None:
    assert contrast(palette["text"], palette["shade"]) >= 4.5
    assert contrast(palette["muted"], palette["shade"]) >= 4.5


@pytest.mark.parametrize("palette", [DAY, NIGHT], ids=["day", "night"])
@pytest.mark.parametrize("blindness", sorted(BLINDNESS))
def test_any_two_series_can_be_told_apart(palette: dict[str, str], blindness: str) -> None:
    seen = [lab(np.array(BLINDNESS[blindness]) @ linear(palette[ink])) for ink in "abcd"]
    distances = [np.linalg.norm(one - other) for one, other in combinations(seen, 2)]
    assert min(distances) > 10.0


def test_night_repaints_everything_day_paints() -> None:
    assert set(DAY) == set(NIGHT)
    assert "@media screen and (prefers-color-scheme: dark)" in CSS


def test_every_variable_used_is_defined() -> None:
    used = set(re.findall(r"var\(--(\w+)\)", CSS))
    assert used <= set(re.findall(r"--(\w+):", CSS))


def test_every_class_on_the_page_is_in_the_stylesheet(diagnosis: Diagnosis) -> None:
    page = writer.write(compose(diagnosis, fake.TITLES, fake.WORDS), "en").decode()
    body = page.split("</style>")[1]
    used = {name for held in re.findall(r'class="([^"]+)"', body) for name in held.split()}
    styled = set(re.findall(r"\.([a-z][\w-]*)", CSS))
    # "t" marks lettering, "plain" a table that needs nothing, and body paragraphs are the default
    assert used - styled <= {"t", "plain"}


def test_paper_and_telephone_have_rules_of_their_own() -> None:
    assert "@media print" in CSS
    assert "@page" in CSS
    assert "@media (max-width: 640px)" in CSS
    assert "print-color-adjust: exact" in CSS
