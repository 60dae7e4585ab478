"""Words with the charts' own, and a reader of pictures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import pytest

from comove.report.charts.render import WORDS
from comove.report.words import Words
from report import fake


def speak(language: str) -> Words:
    return Words.load(language, (*fake.WORDS, WORDS), fake.TITLES)


@pytest.fixture(scope="session")
def english() -> Words:
    return speak("en")


@pytest.fixture(scope="session", params=["en", "ja"])
def words(request: pytest.FixtureRequest) -> Words:
    return speak(request.param)


@dataclass
class Drawn:
    """An svg text, parsed."""

    root: ET.Element

    @classmethod
    def read(cls, svg: str) -> Drawn:
        return cls(ET.fromstring(svg))

    @property
    def size(self) -> tuple[float, float]:
        return float(self.root.get("width", "0")), float(self.root.get("height", "0"))

    def all(self, tag: str, look: str = "") -> list[ET.Element]:
        return [
            found
            for found in self.root.iter(tag)
            if set(look.split()) <= set(found.get("class", "").split())
        ]

    def texts(self) -> list[str]:
        return ["\n".join(text.itertext()) for text in self.all("text")]

    def points(self, look: str) -> list[tuple[float, float]]:
        """Points of the only path with some classes, written as ``M`` and ``L``."""
        (path,) = self.all("path", look)
        found = re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path.get("d", ""))
        return [(float(x), float(y)) for x, y in found]
