"""The articles of the gallery run, say something, and read as articles."""

import ast
import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ARTICLES = sorted((ROOT / "examples").glob("*.py"))
GALLERY = (ROOT / "docs" / "estimators" / "gallery.md").read_text(encoding="utf-8")

SAYS = {
    "eighty_is_not_news": r"reaches 0\.80 in [56]\d% of them",
    "was_it_contagion": r"verdict: contagion \(3 of 3\)",
    "who_moves_whom": r"stamped a day late[^\n]*\n  leads: \+1",
    "when_diversification_fails": r"2020-03-31: .*fails",
    "figures_for_a_note": r"gdx: the parts add up: True",
    "same_pair_other_days": r"2020-03-16 .*\n    falling: btc -42%, gdx -39%",
}
"""What each article is there to show."""


def test_there_are_six():
    assert {path.stem for path in ARTICLES} == set(SAYS)


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_an_article_runs_and_shows_its_point(path, capsys):
    runpy.run_path(str(path), run_name="__main__")
    assert re.search(SAYS[path.stem], capsys.readouterr().out)


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_an_article_reads_as_one(path):
    source = path.read_text(encoding="utf-8")
    title, *paragraphs = (ast.get_docstring(ast.parse(source)) or "").split("\n\n")
    assert paragraphs
    assert f"## {title.rstrip('.')}\n" in GALLERY
    assert f"examples/{path.name}" in GALLERY
    assert len(re.findall(r"^ +# ", source, re.MULTILINE)) >= 2
