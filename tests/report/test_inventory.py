"""What is held, how fresh it is, whether it is sane."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from comove.report.inventory import compose_check, compose_list, compose_status
from comove.report.render import render
from comove.report.screen import Screen
from comove.report.words import Words

from . import fake

DOCUMENTS = {
    "list": lambda: compose_list(fake.holdings()),
    "status": lambda: compose_status(fake.holdings()),
    "check": lambda: compose_check(fake.findings(), (), fake.TITLES, fake.WORDS),
}


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("kind", ["text", "md", "json", "csv"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_document_in_every_format(name, kind, language):
    assert render(DOCUMENTS[name](), kind, language)


def text(name, language="en"):
    return render(DOCUMENTS[name](), "text", language, Screen(100)).decode()


def test_the_list_shows_spans_and_titles():
    assert "2 series, from 2 Jan 2015 to 6 Feb 2026." in text("list")
    assert "10-year real yield" in text("list")
    assert "10年実質金利" in text("list", "ja")


def test_caveats_are_told_in_the_readers_language():
    made = DOCUMENTS["list"]()
    for language, caveat in (("en", "Dividend-adjusted."), ("ja", "配当調整済み。")):
        assert caveat in render(made, "md", language).decode()


def test_a_clock_after_the_date_says_so():
    entry = fake.holdings()[0]
    later = replace(entry, spec=replace(entry.spec, clock=replace(entry.spec.clock, day_offset=1)))
    assert "16:00 New York, 1 day on" in render(compose_list((later,)), "md", "en").decode()


def test_the_status_names_what_is_behind():
    assert (
        "1 of 2 series end before their own calendar would allow: 10-year real yield."
        in " ".join(text("status").split())
    )
    assert "4 missing" in text("status")
    assert "up to date" in text("status")


def test_all_fresh():
    made = compose_status(fake.holdings()[:1])
    assert "Every series reaches" in render(made, "text", "en").decode()


def test_status_records_are_flat():
    rows = list(csv.DictReader(io.StringIO(render(DOCUMENTS["status"](), "csv", "en").decode())))
    assert [row["behind"] for row in rows] == ["0", "4"]
    assert rows[1]["last"] == "2026-01-30"


def test_problems_come_first_and_passes_are_counted():
    shown = text("check")
    assert "1 problem found: usdjpy." in shown
    assert "1 problem, 1 note, 1 passed" in shown
    assert shown.index("problem  usdjpy") < shown.index("note     gdx")
    assert "recorded hash" not in shown
    assert "recorded hash" in render(DOCUMENTS["check"](), "md", "en").decode()


def test_nothing_wrong():
    made = compose_check(fake.findings()[:1], (), fake.TITLES, fake.WORDS)
    assert "No problem found." in render(made, "text", "en").decode()
    assert "| all |" in render(made, "md", "en").decode()


def test_an_empty_layer():
    assert render(compose_list(()), "text", "en")
    assert render(compose_status(()), "md", "ja")


@pytest.mark.parametrize(
    "rule", ["hash", "order", "gap", "weekday", "positive", "repeat", "jump", "clock"]
)
def test_every_rule_has_a_title(rule):
    assert Words.load("ja").label(f"rule.{rule}")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_could_be_fetched_is_named_as_it_is_typed(language):
    shown = render(compose_list(fake.holdings(), ("btc_ny", "oi_btc")), "text", language).decode()
    assert "btc_ny" in shown
    assert "oi_btc" in shown
    assert "comove data fetch" in shown
    assert (
        "comove data fetch" not in render(compose_list(fake.holdings()), "text", language).decode()
    )
