"""The base of results: sealed arrays, one line, a summary; and every result keeps to it."""

import importlib
import pkgutil
from dataclasses import FrozenInstanceError, dataclass, fields
from inspect import isabstract

import numpy as np
import pandas as pd
import pytest

import comove.stats
from comove.stats.result import Result


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Sample(Result):
    """A result as an estimator would write it."""

    headline = ("half",)

    value: float
    count: int
    names: tuple[str, ...]
    path: np.ndarray
    nested: dict[str, float]

    @property
    def half(self):
        return self.value / 2.0

    def to_frame(self):
        return pd.DataFrame({"path": self.path})


def sample(lines=3, names=("a", "b")):
    path = np.arange(float(lines))
    return Sample(value=1 / 3, count=7, names=names, path=path, nested={"x": 1.0})


def test_representation_is_one_line_of_scalars_and_shapes():
    assert repr(sample()) == "Sample(half=0.166667, value=0.333333, count=7, names=a, b, path=[3])"


def test_representation_is_cut_at_its_width():
    line = repr(sample(names=("x" * 90,)))
    assert len(line) == 100
    assert line.endswith("...)")


def test_summary_aligns_scalars_and_shows_the_head():
    lines = sample(lines=20).summary().splitlines()
    assert lines[:5] == [
        "Sample",
        "  half   0.166667",
        "  value  0.333333",
        "  count  7",
        "  names  a, b",
    ]
    assert lines[-1] == "... 20 lines"
    assert len(lines) == 5 + 1 + 1 + 8 + 1


def test_many_names_are_counted():
    assert "names=9 values" in repr(sample(names=tuple("abcdefghi")))


def test_arrays_are_sealed_and_the_callers_stay_open():
    mine = np.zeros(3)
    result = Sample(value=1.0, count=1, names=(), path=mine, nested={})
    with pytest.raises(ValueError, match="read-only"):
        result.path[0] = 1.0
    with pytest.raises(FrozenInstanceError):
        result.value = 2.0
    mine[0] = 1.0


def every_result():
    for module in pkgutil.walk_packages(comove.stats.__path__, "comove.stats."):
        importlib.import_module(module.name)
    waiting = [Result]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if kind.__module__.startswith("comove.") and not isabstract(kind):
                yield kind


def test_every_result_of_the_project_keeps_to_the_base():
    for kind in every_result():
        assert kind.__repr__ is Result.__repr__, f"{kind.__name__} needs repr=False"
        assert kind.__eq__ is object.__eq__, f"{kind.__name__} needs eq=False"
        assert kind.__dataclass_params__.frozen, kind.__name__
        assert all(field.kw_only for field in fields(kind)), kind.__name__
