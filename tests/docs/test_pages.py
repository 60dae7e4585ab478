"""Every command, option, channel, series, estimator, format, error and setting has its place."""

import importlib.util
import re
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

from comove.apps.cli.program import every_command
from comove.core.question import Question
from comove.core.registry import members
from comove.data.catalogue import Catalogue

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = {page.name: page.read_text(encoding="utf-8") for page in sorted(DOCS.glob("*.md"))}
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


def load_generate():
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


generate = load_generate()


@cache
def written(name):
    """A generated page, written once."""
    return generate.PAGES[name]()


def commands(inside, above=""):
    """Every command that can be typed, e.g. ``data list``."""
    for name, child in inside.items():
        if hasattr(child, "commands"):
            yield from commands(child.commands, f"{above} {name}")
        else:
            yield f"{above} {name}".strip()


@pytest.mark.parametrize("command", list(commands(every_command())))
def test_every_command_has_its_place(command):
    assert f"comove {command}" in PAGES["commands.md"]


@pytest.mark.parametrize("entry", fields(Question), ids=lambda entry: entry.name)
def test_every_field_of_a_question_has_its_place(entry):
    assert entry.metadata["help"] in written("options.md")
    assert "generated/options.md" in PAGES["commands.md"]


@pytest.mark.parametrize("key", list(members("comove.channels")))
def test_every_channel_has_its_place(key):
    assert f"## {key}\n" in written("channels.md")
    assert "generated/channels.md" in PAGES["channels.md"]
    assert f"`{key}`" in PAGES["explain.md"]


@pytest.mark.parametrize("form", list(members("comove.report.writers")))
def test_every_format_has_its_place(form):
    assert f"`{form}`" in PAGES["commands.md"]


@pytest.mark.parametrize("name", list(Catalogue.load().specs) + list(Catalogue.load().tables))
def test_every_series_has_its_place(name):
    assert f"`{name}`" in written("series.md")
    assert "generated/series.md" in PAGES["data.md"]


@pytest.mark.parametrize("found", list(generate.error_classes()), ids=lambda each: each.__name__)
def test_every_error_has_its_place(found):
    assert f"| `{found.__name__}` |" in written("errors.md")
    assert f"| {found.exit_code} |" in PAGES["errors.md"]


def test_every_estimator_has_its_section():
    stats = ROOT / "src" / "comove" / "stats"
    files = {path.stem for path in stats.rglob("[a-z]*.py")} - set(generate.NOT_ESTIMATORS)
    folders = {path.parent.name for path in stats.glob("*/**/__init__.py")}
    sections = re.findall(r"^## ([\w.]+)$", written("methods.md"), re.MULTILINE)
    assert {section.rpartition(".")[2] for section in sections} == files | folders


def test_every_setting_has_its_place():
    source = "".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    settings = set(re.findall(r"\bCOMOVE_[A-Z]+\b", source))
    assert settings
    assert settings <= set(re.findall(r"\bCOMOVE_[A-Z]+\b", "".join(PAGES.values())))


@pytest.mark.parametrize("word", ["supports", "against", "cannot_tell", "silent"])
def test_every_verdict_is_explained(word):
    assert f"| {word} |" in PAGES["channels.md"]


@pytest.mark.parametrize("name", [name for name in PAGES if name != "index.md"])
def test_every_page_is_in_the_table_of_contents(name):
    assert re.search(rf"^{re.escape(name.removesuffix('.md'))}$", PAGES["index.md"], re.MULTILINE)


@pytest.mark.parametrize("page", [*ROOT.glob("*.md"), *DOCS.glob("*.md")], ids=lambda p: p.name)
def test_links_lead_somewhere(page):
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert missing == []


def test_no_generated_page_is_empty():
    assert all(len(written(name)) > 200 for name in generate.PAGES)
