"""The section on what is unusual opens with an answer that its own figures bear out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comove.core.document import Paragraph
from comove.report.explain import compose
from comove.report.explain.judgement import judge
from comove.report.words import Words

from . import fake
from .test_explain import section, three

BASELINE = (0.06, 0.20)


def pair_of(diagnosis, now, pvalue, **changes):
    """The fake's pair with another interval of now and another p-value of the latest value."""
    pair = diagnosis.unusual.pairs[0]
    low, high = now
    return replace(
        pair,
        dependence=replace(pair.dependence, value=(low + high) / 2, low=low, high=high),
        baseline=replace(pair.baseline, value=0.13, low=BASELINE[0], high=BASELINE[1]),
        latest=None if pvalue is None else replace(pair.latest, pvalue=pvalue),
        **changes,
    )


def told(diagnosis, pair):
    unusual = replace(diagnosis.unusual, pairs=(pair,))
    made = compose(replace(diagnosis, unusual=unusual), fake.TITLES, fake.WORDS)
    opening = section(made, "unusual").blocks[0]
    assert isinstance(opening, Paragraph)
    return opening.says


@pytest.mark.parametrize(
    ("now", "pvalue", "verdict"),
    [
        ((0.3, 0.6), 0.01, "yes"),
        ((0.3, 0.6), 0.05, "yes"),
        ((-0.4, 0.0), 0.01, "yes"),
        ((0.3, 0.6), 0.06, "apart"),
        ((0.3, 0.6), None, "apart"),
        ((0.1, 0.6), 0.06, "no"),
        ((0.1, 0.6), None, "no"),
        ((0.1, 0.6), 0.01, "overlap"),
        ((-0.4, 0.07), 0.5, "no"),
    ],
)
def test_intervals_and_the_test_of_constancy_must_agree(diagnosis, now, pvalue, verdict):
    pair = pair_of(diagnosis, now, pvalue)
    assert judge(pair, 0.05) == verdict
    assert told(diagnosis, pair)[0].key == f"report.unusual.verdict.{verdict}"


def test_the_answer_states_both_correlations_the_null_and_the_rank(diagnosis):
    says = told(diagnosis, pair_of(diagnosis, (0.1, 0.6), 0.17))
    keys = [entry.key for entry in says]
    assert keys == [
        "report.unusual.verdict.no",
        "report.unusual.constant",
        "report.unusual.rank.falling",
    ]
    assert says[1]["p"].value == 0.17
    assert says[1]["peak_p"].value == diagnosis.unusual.pairs[0].peak.pvalue
    assert says[2]["rank"] == diagnosis.unusual.rank
    assert says[2]["count"] == len(diagnosis.unusual.episodes)


@pytest.mark.parametrize(
    ("now", "latest", "adjusted", "key"),
    [
        ((0.3, 0.6), 0.01, 0.40, "report.unusual.corrected.gone"),
        ((0.3, 0.6), 0.01, 0.01, None),
        ((0.1, 0.6), 0.40, 0.01, "report.unusual.corrected.above"),
        ((0.1, 0.6), 0.40, 0.40, None),
        ((-0.4, 0.0), 0.01, 0.99, None),
    ],
)
def test_the_correction_for_swings_is_told_where_it_disagrees(
    diagnosis, now, latest, adjusted, key
):
    held = replace(diagnosis.unusual.pairs[0].adjusted, pvalue=adjusted)
    keys = [entry.key for entry in told(diagnosis, pair_of(diagnosis, now, latest, adjusted=held))]
    assert [entry for entry in keys if "corrected" in entry] == ([key] if key else [])


def test_without_a_test_of_constancy_it_is_said(diagnosis):
    keys = [entry.key for entry in told(diagnosis, pair_of(diagnosis, (0.1, 0.6), None))]
    assert "report.unusual.untested" in keys


@pytest.mark.parametrize(("pvalue", "key"), [(0.01, "some"), (0.5, "none")])
def test_the_other_pairs_of_a_group_are_judged_too(diagnosis, pvalue, key):
    group = three(diagnosis)
    pairs = tuple(
        replace(pair_of(diagnosis, (0.3, 0.6), pvalue), pair=entry.pair)
        for entry in group.unusual.pairs
    )
    made = compose(
        replace(group, unusual=replace(group.unusual, pairs=pairs)), fake.TITLES, fake.WORDS
    )
    keys = [entry.key for entry in section(made, "unusual").blocks[0].says]
    assert f"report.unusual.others.{key}" in keys


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("now", [(0.3, 0.6), (0.1, 0.6)])
@pytest.mark.parametrize("pvalue", [0.01, 0.5, None])
def test_every_answer_is_worded(diagnosis, language, now, pvalue):
    words = Words.load(language, fake.WORDS, fake.TITLES)
    for direction in ("falling", "rising"):
        moved = replace(diagnosis, together=replace(diagnosis.together, direction=direction))
        assert words.prose(told(moved, pair_of(moved, now, pvalue)))
