"""One desk for the whole run: what has been answered once is not computed again."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

for setting in ("COMOVE_CHANNELS", "COMOVE_LANG", "COMOVE_STORE"):
    os.environ.pop(setting, None)
# nobody's own data may enter a test: a folder that does not exist holds nothing
os.environ["COMOVE_HOME"] = str(Path(tempfile.gettempdir()) / f"comove-no-home-{os.getpid()}")

# What lands is judged by the same examples on every machine; `just nightly` and every run by hand
# look for new ones.
settings.register_profile("landing", derandomize=True)
if os.environ.get("CI") == "true":
    settings.load_profile("landing")


def day_of(item: object) -> date | None:
    """Read a date, an instant or ISO text as a day; anything else is none."""
    if isinstance(item, np.datetime64):
        return item.astype("M8[D]").item()
    if isinstance(item, datetime):
        return item.date()
    if isinstance(item, str) and len(item) == 10 and item[4] == item[7] == "-":
        return date.fromisoformat(item)
    return item if isinstance(item, date) else None


STANDING = {"asof": "2026-02-06"}


@pytest.fixture(scope="session")
def desk():
    """The bundled history and the channels that come with comove."""
    from comove.desk import Desk

    return Desk.open(channels=())


@pytest.fixture(scope="session")
def standing(desk):
    """Bitcoin and gold miners as of 6 February 2026, with every default."""
    from comove.core.question import Question

    return desk.explain(Question(assets=("BTC", "GDX"), **STANDING))


@pytest.fixture(scope="session")
def ask(desk) -> Callable:
    """Ask the desk with few replications; the same question is answered once."""
    from comove.core.question import Question

    def asked(assets: str, **options):
        return desk.explain(
            Question(assets=tuple(assets.split()), **{"replications": 99} | options)
        )

    return asked


@pytest.fixture(scope="session")
def parts_of() -> Callable:
    """Walk everything inside a noun: ``(path, value)`` for every leaf and every noun."""

    def walk(value: object, path: str = "") -> Iterator[tuple[str, object]]:
        yield path, value
        if is_dataclass(value) and not isinstance(value, type):
            inside = [(entry.name, getattr(value, entry.name)) for entry in fields(value)]
        elif hasattr(value, "items"):
            inside = list(value.items())
        elif isinstance(value, list | tuple):
            inside = list(enumerate(value))
        else:
            inside = []
        for name, item in inside:
            yield from walk(item, f"{path}.{name}")

    return walk


@pytest.fixture(scope="session")
def days_in(parts_of) -> Callable:
    """Every date a noun carries, also as ISO text and as numpy instants."""

    def found(value: object) -> Iterator[tuple[str, date]]:
        for path, item in parts_of(value):
            day = day_of(item)
            if day is not None:
                yield path, day

    return found


@dataclass(frozen=True)
class Outcome:
    """What a shell would have seen."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode("utf-8")


@pytest.fixture
def alone(monkeypatch, capfdbinary):
    """Run ``comove WORDS`` with a desk of its own; return exit code, output and errors."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.setenv(name, "1")

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["comove", *map(str, words)])
        from comove.apps.cli.program import run as start

        with pytest.raises(SystemExit) as left:
            start()
        seen = capfdbinary.readouterr()
        return Outcome(left.value.code or 0, seen.out, seen.err.decode("utf-8"))

    return run


@pytest.fixture
def comove(alone, desk, monkeypatch):
    """Run ``comove WORDS`` at the desk of the whole run, which remembers its answers."""
    monkeypatch.setattr(type(desk), "open", lambda **_: desk)
    return alone
