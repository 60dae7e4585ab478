"""Every family of estimators has its page: sessions run, calls, proofs and speed are told."""

import doctest
import re

import pytest
from test_pages import DOCS, LINK, generate

PAGES = sorted((DOCS / "estimators").glob("*.md"))
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def told(name):
    """A page with its generated part."""
    page = (DOCS / "estimators" / f"{name}.md").read_text(encoding="utf-8")
    return page + generate.family(name)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_sessions_run(page):
    result = doctest.testfile(str(page), module_relative=False, optionflags=FLAGS, encoding="utf-8")
    assert result.failed == 0
    assert result.attempted > 0 or page.stem in ("index", "gallery")


@pytest.mark.parametrize("name", generate.FAMILIES)
def test_a_page_tells_all_that_is_owed(name):
    text = told(name)
    sections = re.findall(r"^## (.+)$", text, re.MULTILINE)
    wanted = ["Formula", "Traps", "Calls and defaults", "How it is proven", "Speed", "Reference"]
    assert sections == wanted
    for kind in ("reference", "recovery", "degenerate"):
        assert f"**{generate.PROOFS[kind]}.**" in text
    for entry, _ in generate.public(name):
        assert f"| `{entry}(" in text
    assert f"generated/estimators/{name}.md" in text


def test_every_family_and_every_page_is_listed():
    import comove.stats

    folders = {path.parent.name for path in generate.ESTIMATORS.glob("*/__init__.py")}
    assert set(generate.FAMILIES) == folders
    assert comove.stats.__doc__
    index = (DOCS / "estimators" / "index.md").read_text(encoding="utf-8")
    for page in PAGES:
        assert page.stem == "index" or page.stem in index


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page):
    made = {(DOCS / "generated" / name).resolve() for name in generate.PAGES}
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        path = (page.parent / target).resolve()
        assert path.exists() or path in made


@pytest.mark.parametrize("name", generate.FAMILIES)
def test_every_public_estimator_says_what_it_returns_and_shows_a_call(name):
    for entry, function in generate.public(name):
        assert "Returns\n" in function.__doc__, entry
        if len(generate.inspect.signature(function).parameters):
            assert "Examples\n" in function.__doc__, entry
