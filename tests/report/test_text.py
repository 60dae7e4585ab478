"""Text for a terminal: the news first, within the width, the same with and without colour."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest

from comove.core.document import Badge, Table
from comove.core.message import say
from comove.report.explain import compose
from comove.report.marks import VERDICTS
from comove.report.screen import Screen
from comove.report.terminal.wrapping import width
from comove.report.writers.text import TextWriter, writer

from . import fake
from .test_explain import three

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def written(document, language, columns=80, *, colour=False):
    return TextWriter(Screen(columns, colour)).write(document, language).decode()


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("columns", [50, 60, 80, 100, 120, 200])
def test_no_line_is_wider_than_the_screen(document, calm, language, columns):
    for made in (document, calm):
        lines = written(made, language, columns).splitlines()
        assert max(map(width, lines)) <= columns


@pytest.mark.parametrize("language", ["en", "ja"])
def test_colour_changes_nothing_but_colour(document, language):
    plain, coloured = (written(document, language, colour=colour) for colour in (False, True))
    assert "\x1b" not in plain
    assert "\x1b" in coloured
    stripped = [line.rstrip() for line in ANSI.sub("", coloured).splitlines()]
    assert stripped == plain.splitlines()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_headline_comes_first(document, words, language):
    lines = written(document, words.language).splitlines()
    first = words.prose(document.headline)
    assert first.startswith(lines[2].strip()[:20])


def test_verdicts_are_told_in_word_and_mark(document, words):
    text = written(document, words.language)
    badges = [b for entry in document.sections for b in entry.blocks if isinstance(b, Badge)]
    for badge in badges:
        mark = f"{VERDICTS[badge.verdict]} {words.label(f'verdict.{badge.verdict}')}"
        assert mark in text
    assert len(set(VERDICTS.values())) == len(VERDICTS)


def test_long_tables_are_cut_and_say_so(document):
    text = written(document, "en")
    (table,) = [
        b
        for entry in document.sections
        for b in entry.blocks
        if isinstance(b, Table) and b.title.key == "table.episodes.falling"
    ]
    assert f"and {len(table.rows) - 4} more" in text
    assert "--format html" in text


def test_the_split_is_drawn_as_bars(document):
    lines = [line for line in written(document, "en").splitlines() if "unexplained" in line]
    assert any("█" in line for line in lines)


def test_paths_are_drawn_with_the_window_marked(document):
    text = written(document, "en")
    assert re.search(r"Bitcoin +[▁▂▃▄▅▆▇█]{20,} +-43\.4%", text)
    assert "▔" in text


def test_a_narrow_screen_drops_bars_before_figures(document):
    text = written(document, "en", 60)
    assert "-27.6 [-32.8, -22.4]" in text


def test_checks_are_counted_and_failures_named(document):
    assert "Robustness checks: 1 of 2 passed; not: one day left out." in " ".join(
        written(document, "en", 200).split()
    )


def test_evidence_that_repeats_the_split_is_not_told_twice(document):
    text = written(document, "en")
    assert "stood at 1.89%" in text
    assert "log points of Bitcoin's move" not in text


def test_evidence_that_the_reason_quotes_is_not_told_twice(diagnosis):
    gold = diagnosis.readings[-1]
    beta = gold.evidence[1].says
    told = replace(gold, because=say("channels.quoting", clause=beta))
    made = compose(replace(diagnosis, readings=(told,)), fake.TITLES, fake.WORDS)
    text = " ".join(written(made, "en", 200).split())
    assert text.count("moves 1.71 per 1% of gold") == 1
    assert "In other words: " in text


def test_two_sentences_of_evidence_per_reading(diagnosis):
    gold = diagnosis.readings[-1]
    own = tuple(replace(entry, method="ols_hac") for entry in gold.evidence)
    made = compose(
        replace(diagnosis, readings=(replace(gold, evidence=own),)), fake.TITLES, fake.WORDS
    )
    text = " ".join(written(made, "en", 200).split())
    assert "Gold implied" in text
    assert "moves 1.71" in text
    assert "Central banks" not in text


def test_a_group_shows_one_table_of_pairs(diagnosis):
    text = written(compose(three(diagnosis), fake.TITLES, fake.WORDS), "en")
    assert text.count("Correlation of daily returns") == 1
    assert text.count("Why that correlation went") == 1


def test_it_is_deterministic(document):
    assert written(document, "en") == written(document, "en")
    assert writer.write(document, "en").decode() == written(document, "en")


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stream", "environment", "screen"),
    [
        (io.StringIO(), {}, Screen(80, False)),
        (Terminal(), {}, Screen(80, True)),
        (Terminal(), {"NO_COLOR": "1"}, Screen(80, False)),
        (Terminal(), {"NO_COLOR": ""}, Screen(80, True)),
        (Terminal(), {"TERM": "dumb"}, Screen(80, False)),
        (io.StringIO(), {"FORCE_COLOR": "1"}, Screen(80, True)),
        (io.StringIO(), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, Screen(80, False)),
        (io.StringIO(), {"COLUMNS": "120"}, Screen(120, False)),
        (io.StringIO(), {"COLUMNS": "wide"}, Screen(80, False)),
    ],
)
def test_the_screen_is_read_from_stream_and_environment(stream, environment, screen):
    assert Screen.of(stream, environment) == screen


def test_a_very_narrow_screen_is_taken_as_forty_columns(document):
    assert written(document, "en", 10) == written(document, "en", 40)


def test_the_long_average_is_shown_however_far_it_is(diagnosis):
    near = [
        replace(diagnosis.levels[0], key=key, value=70_000.0 + place, sigmas=0.1 * place)
        for place, key in enumerate(("sma_200_day", "high_year", "low_year", "start"))
    ]
    far = replace(diagnosis.levels[0], key="sma_200_week", value=40_000.0, sigmas=-30.0)
    further = replace(far, key="ema_200_week", value=39_000.0, sigmas=-31.0)
    made = compose(replace(diagnosis, levels=(*near, further, far)), fake.TITLES, fake.WORDS)
    text = written(made, "en")
    assert "200-week average" in text
    assert "200-week exponential" not in text
    assert "and 1 more" in text
    assert "Daily sigma: " in text
