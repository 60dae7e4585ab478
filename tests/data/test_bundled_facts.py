"""The files are the published ones, and say what is known of them."""

import json
import re

import numpy as np
import pytest

from comove.data.reader import FOLDER

KNOWN = [
    ("btc", "2025-10-06", 124753),
    ("btc", "2026-02-05", 62702),
    ("gdx", "2026-01-28", 112.16),
    ("gdx", "2026-02-05", 92.44),
    ("gld", "2026-01-29", 495.90),
    ("gld", "2026-01-30", 444.95),
    ("dfii10", "2026-01-28", 1.90),
    ("dxy", "2026-01-27", 96.22),
]

SPANS = {
    "btc": ("2015-01-01", "2026-08-27", 4257),
    "eth": ("2024-01-01", "2026-04-16", 836),
    "gdx": ("2015-01-02", "2026-10-06", 2956),
    "gold": ("2015-01-02", "2026-09-23", 2946),
    "vix": ("2015-01-02", "2026-07-16", 2932),
    "dxy": ("2015-01-02", "2026-07-22", 2903),
    "dtwexbgs": ("2022-01-03", "2026-07-24", 1141),
    "usdjpy": ("2014-12-31", "2026-04-15", 2938),
    "dfii10": ("2015-01-02", "2026-08-19", 2909),
    "dgs2": ("2015-01-02", "2026-09-03", 2920),
    "funding_btc": ("2025-01-01", "2026-06-29", 545),
    "dvol": ("2025-01-01", "2026-06-22", 538),
    "fng": ("2025-01-01", "2026-09-28", 636),
}


@pytest.mark.parametrize(("series", "label", "value"), KNOWN)
def test_known_figures(facts, day, series, label, value):
    assert facts.observations(series).on(day(label)) == value


@pytest.mark.parametrize("series", SPANS)
def test_spans_and_row_counts(facts, series):
    track = facts.observations(series)
    first, last, rows = SPANS[series]
    assert (str(track.labels[0]), str(track.labels[-1]), len(track)) == (first, last, rows)


def test_every_file_has_a_catalogue_row_and_the_other_way_round(facts):
    files = {file.stem for file in FOLDER.glob("*.csv")}
    assert files == set(facts.ids) | set(facts.catalogue.tables)
    assert len(facts.ids) == 21


def test_the_manifest_is_what_its_script_makes(script):
    made = script("make_facts_metadata").manifest(FOLDER)
    assert json.loads((FOLDER / "metadata.json").read_text(encoding="utf-8")) == made


def test_every_caveat_is_said_in_both_languages(facts):
    for record in facts.manifest.records.values():
        languages = [language for language, _ in record.caveats]
        assert languages in ([], ["en", "ja"]), record.file
        for language, text in record.caveats:
            assert bool(re.search("[ぁ-んァ-ン一-龥]", text)) == (language == "ja")


def test_the_breakeven_is_the_difference_of_the_yields(facts):
    nominal, real = facts.observations("dgs10"), facts.observations("dfii10")
    assert np.array_equal(nominal.labels, real.labels)
    assert 0.4 < float((nominal.values - real.values).min()) < 3.2


def test_gld_is_about_a_tenth_of_the_ounce(facts, day):
    ratio = facts.observations("gold").on(day("2026-02-05")) / facts.observations("gld").on(
        day("2026-02-05")
    )
    assert ratio == pytest.approx(10.9, abs=0.15)


def test_tables_hold_figures_with_the_day_they_were_published(facts):
    bought = {row["year"]: row["tonnes"] for row in facts.table("central_bank_gold")}
    assert bought == {2022: 1082, 2023: 1049, 2024: 1092, 2025: 863.3}
    events = facts.table("liquidation_events")
    assert [str(row["published"]) for row in events][-1] == "2026-02-06"
    assert events[0]["long_share"] is None
    assert events[1]["long_share"] == 0.839
