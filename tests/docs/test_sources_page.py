"""The table of sources says of each what the source says of itself."""

import re
from pathlib import Path

import pytest

from comove.core.registry import members
from comove.data.http.patience import Patience
from comove.data.http.standing import FIRST_REST, LONGEST_REST, PATIENT

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "sources.md").read_text(encoding="utf-8")
SOURCES = {key: module.source for key, module in members("comove.data.sources").items()}
ROW = re.compile(r"^\| \[`(?P<name>\w+)`\]\((?P<page>\S+)\) \|(?P<rest>.*)\|$", re.MULTILINE)
ROWS = {row["name"]: row for row in ROW.finditer(PAGE)}


def test_every_source_has_a_row_and_no_other():
    assert set(ROWS) == set(SOURCES)


@pytest.mark.parametrize("name", SOURCES)
def test_the_row_says_what_the_source_says(name):
    source, row = SOURCES[name], ROWS[name]
    _, code, key, calls = (cell.strip() for cell in row["rest"].split("|"))
    assert row["page"] == source.page
    assert calls == f"{source.calls[0]} in {source.calls[1]:g} s"
    assert re.findall(r"`(\w+)`", key) == list(source.keys)
    assert all(found.startswith(f"{name}:") for found in re.findall(r"`([^`]+)`", code))


@pytest.mark.parametrize("key", sorted({k for s in SOURCES.values() for k in s.keys}))
def test_every_key_is_shown_in_both_places_it_may_be_set(key):
    assert f"`COMOVE_{key.upper()}`" in PAGE
    assert f'{key} = "' in PAGE


def test_the_figures_of_the_manners_are_those_of_the_code():
    patience = Patience()
    assert (patience.total, patience.connect, patience.read, patience.attempts) == (60, 5, 15, 4)
    assert (PATIENT, FIRST_REST, LONGEST_REST) == (3, 60, 3600)
