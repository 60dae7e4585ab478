"""Did the link grow closer: the tests as the estimators give them, the verdict, the words."""

from dataclasses import replace

import numpy as np
import pytest

from comove.core.link import LinkTest
from comove.report.explain.link import closeness
from comove.stats.contagion import agreement
from comove.stats.correlation import correlation
from comove.stats.dependence import tail_dependence


@pytest.fixture(scope="module")
def rows(standing, desk):
    """Returns of both assets over baseline and dependence window, read again."""
    window = standing.unusual.pairs[0].dependence
    changes = desk.facts.read(("btc", "gdx"), (), standing.asof).panel(("btc", "gdx")).changes()
    stop = int(np.searchsorted(changes.labels, np.datetime64(window.last))) + 1
    return changes.values[stop - 63 - 756 : stop]


def test_tests_are_those_of_the_estimators(standing, rows):
    link = standing.unusual.link
    late = np.arange(len(rows)) >= 756
    found = agreement(rows, late)
    assert [test.key for test in link.tests] == list(found.tests)
    for place in (0, 2):
        test = link.tests[place]
        assert test.change.value == pytest.approx(found.change[place], abs=1e-12)
        assert test.change.pvalue == pytest.approx(found.pvalue[place], abs=1e-12)
        assert test.sees == found.sees[place]
    assert link.dynamic.value == pytest.approx(found.correlation[-1], abs=1e-12)
    assert link.dynamic_range == pytest.approx(
        (found.correlation[:756].min(), found.correlation[:756].max())
    )
    tail = tail_dependence(*rows.T, (0.10,))
    assert link.tail.value == pytest.approx(tail.value[0], abs=1e-12)
    rho = correlation(*rows.T).value
    draws = np.random.default_rng(0).standard_normal((400_000, 2))
    draws[:, 1] = rho * draws[:, 0] + np.sqrt(1 - rho**2) * draws[:, 1]
    low = draws < np.quantile(draws, 0.1, axis=0)
    assert link.tail_normal == pytest.approx(low.all(axis=1).mean() / 0.1, abs=0.01)


@pytest.mark.parametrize(
    ("now", "low", "high", "course"),
    [(0.1, -0.3, 0.4, "inside"), (0.5, -0.3, 0.4, "outside"), (0.021, 0.018, 0.022, "still")],
)
def test_the_daily_path_is_told_by_where_it_ends(standing, now, low, high, course):
    link = standing.unusual.link
    made = replace(link, dynamic=replace(link.dynamic, value=now), dynamic_range=(low, high))
    blocks = closeness(replace(standing, unusual=replace(standing.unusual, link=made)))
    assert f"report.link.dynamic.{course}" in [said.key for said in blocks[0].says]


def test_the_verdict_counts_what_could_be_run():
    from comove.answers.explain.linked import _verdict

    def test(sees, reason=""):
        return LinkTest(key="k", before=0.1, now=0.2, change=None, sees=sees, reason=reason)

    assert _verdict((test(True), test(False, "missing"), test(True))) == "contagion"
    assert _verdict((test(True), test(False), test(True))) == "divided"
    assert _verdict((test(False), test(False, "missing"), test(False))) == "interdependence"


def test_without_channels_the_driver_test_says_why(ask):
    link = ask("BTC GDX", asof="2026-02-06", channels=("deleveraging",)).unusual.link
    assert link.tests[1].reason == "missing"
    assert link.tests[1].change is None
    assert link.tests[0].change is not None


def test_it_is_told_in_both_languages(comove):
    english = comove("explain", "BTC", "GDX", "--asof", "2026-02-06", "--lang", "en").text
    assert "itself grow closer?" in english
    assert "Followed day by day the correlation" in english
    japanese = comove("explain", "BTC", "GDX", "--asof", "2026-02-06", "--lang", "ja").text
    assert "連動そのもの" in japanese
    page = comove("explain", "BTC", "GDX", "--asof", "2026-02-06", "--format", "html").text
    assert "day by day (DCC)" in page
