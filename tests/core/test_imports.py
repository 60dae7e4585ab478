"""Start-up: what is imported before anything is computed."""

import subprocess
import sys

import pytest

HEAVY = ("numpy", "pandas", "scipy", "statsmodels", "arch", "rich.console", "vl_convert", "orjson")


def loaded(code):
    """Which of the heavy packages a fresh interpreter has loaded after some code."""
    script = f"{code}\nimport sys\nprint('|'.join(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return set(HEAVY) & set(done.stdout.strip().splitlines()[-1].split("|"))


@pytest.mark.parametrize(
    "code",
    [
        "import comove; comove.Question(assets=('BTC', 'GDX'), asof='2026-02-06')",
        "import comove.core.errors, comove.core.registry, comove.core.message, comove.core.plan",
        "import comove.desk; comove.desk.Desk",
        "from comove.apps.cli.program import build; build()",
    ],
    ids=["question", "nouns", "desk", "command line"],
)
def test_nothing_heavy_is_loaded_before_it_is_needed(code):
    assert loaded(code) == set()


def test_the_watch_would_notice():
    assert loaded("import comove; comove.Panel") == {"numpy"}


def test_public_names_are_there_and_nothing_else_is():
    import comove

    assert sorted(comove.__all__) == comove.__all__
    assert all(getattr(comove, name) is not None for name in comove.__all__)
    assert set(comove._HOMES) | {
        "audit",
        "diversify",
        "explain",
        "levels",
        "scenario",
        "spillover",
    } == set(comove.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = comove.nothing


@pytest.mark.parametrize(
    "code",
    [
        "comove.levels('BTC', 'GDX', asof='2026-02-06', draws=39)",
        "comove.scenario('GDX', asof='2026-02-06', shocks='qqq=-5%', replications=99)",
    ],
    ids=["levels", "scenario"],
)
def test_answers_load_neither_frames_nor_compilers(code):
    script = f"import comove; {code}\nimport sys\nprint('|'.join(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    found = set(done.stdout.strip().splitlines()[-1].split("|"))
    assert found.isdisjoint({"pandas", "numba", "scipy.stats", "scipy.optimize", "statsmodels"})
