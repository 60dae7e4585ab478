"""What the manual and the docstrings show is run, and what they print is compared."""

import doctest
import importlib
import pkgutil
import re
import shlex
import sys
from pathlib import Path

import pytest

import comove
from comove.apps.cli.program import run

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def modules():
    found = pkgutil.walk_packages(comove.__path__, "comove.")
    return ["comove", *(each.name for each in found if not each.name.endswith("__main__"))]


def shown():
    """Every ``$ comove ...`` of a console block, with the lines shown below it, once each."""
    seen = set()
    for page in PAGES:
        for block in BLOCK.findall(page.read_text(encoding="utf-8")):
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, output = part.partition("\n")
                called = re.search(r"\bcomove (.*)", command.removeprefix("uv run "))
                if called and (called[1], output.strip()) not in seen:
                    seen.add((called[1], output.strip()))
                    yield pytest.param(
                        called[1], output, id=f"{page.name}:{called[1][:60].strip()}"
                    )


@pytest.mark.parametrize("name", modules())
def test_docstring_examples_run(name):
    result = doctest.testmod(importlib.import_module(name), optionflags=FLAGS)
    assert result.failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_sessions_in_pages_run(page):
    result = doctest.testfile(str(page), module_relative=False, optionflags=FLAGS, encoding="utf-8")
    assert result.failed == 0


@pytest.mark.parametrize(("command", "output"), list(shown()))
def test_commands_in_pages_do_what_is_shown(command, output, monkeypatch, capfd, tmp_path):
    """``# exits 2`` states another exit code than 0; a line ``...`` stands for any lines."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMOVE_HOME", str(tmp_path / "home"))
    command, _, expected = command.partition("# exits ")
    monkeypatch.setattr(sys, "argv", ["comove", *shlex.split(command, comments=True)])
    with pytest.raises(SystemExit) as ended:
        run()
    printed = capfd.readouterr()
    assert int(ended.value.code or 0) == int(expected or 0), printed.err
    lines = [line.strip() for line in (printed.out + printed.err).splitlines()]
    for line in output.splitlines():
        if line.strip() not in ("", "..."):
            assert line.strip() in lines
            del lines[: lines.index(line.strip()) + 1]


def test_there_are_commands_to_run():
    assert len(list(shown())) >= 5
