"""Parts add up to totals, everywhere, for every kind of question."""

from math import log

import pytest

QUESTIONS = [
    ("BTC GDX", {"asof": "2026-02-06"}),
    ("GDX BTC", {"asof": "2026-02-06"}),
    ("QQQ BTC", {"asof": "2026-02-06"}),
    ("GLD GDX SLV", {"asof": "2026-02-06"}),
    ("TLT SPY", {"asof": "2022-10-14"}),
    ("BTC ETH", {"asof": "2025-11-21"}),
    ("BTC GDX", {"asof": "2025-08-01"}),
    ("BTC GDX", {"asof": "2026-02-06", "window": "2025-10-06:2026-02-05"}),
    ("BTC GDX", {"asof": "2026-02-06", "channels": ("gold",)}),
    ("BTC GDX", {"asof": "2026-02-06", "baseline": 250, "dependence": 126}),
    ("BTC GDX", {}),
]


@pytest.fixture(scope="module", params=QUESTIONS, ids=lambda q: f"{q[0]} {q[1] or 'latest'}")
def diagnosis(request, ask):
    assets, options = request.param
    return ask(assets, **options)


def values(parts):
    return [part.estimate.value for part in parts]


def test_a_split_is_made(diagnosis):
    assert diagnosis.why.reason is None
    assert len(diagnosis.why.returns) == len(diagnosis.question.assets)
    assert [split.asset for split in diagnosis.why.returns] == list(diagnosis.question.assets)


def test_return_parts_add_up_to_the_total(diagnosis):
    for split in diagnosis.why.returns:
        assert sum(values(split.parts)) == pytest.approx(split.total.value, abs=1e-12)
        assert {"intercept", "unexplained"} <= {part.channel for part in split.parts}


def test_the_total_is_the_move_of_the_asset(diagnosis, desk):
    for split in diagnosis.why.returns:
        track = desk.facts.observations(split.asset)
        from_day, to_day = split.window.start, split.window.end
        level = {day.item(): value for day, value in zip(track.labels, track.values, strict=True)}
        by_hand = level[to_day] / level[from_day]
        assert split.total.value == pytest.approx(log(by_hand), abs=1e-12)


def test_covariance_parts_add_up_to_the_correlation(diagnosis):
    assets = diagnosis.question.assets
    assert len(diagnosis.why.covariances) == len(assets) * (len(assets) - 1) // 2
    for split in diagnosis.why.covariances:
        assert sum(values(split.parts)) == pytest.approx(split.total.value, abs=1e-12)
        assert -1.0 <= split.total.value <= 1.0
        rest = next(part for part in split.parts if part.channel == "unexplained")
        assert rest.estimate.value == pytest.approx(split.residual + split.cross, abs=1e-12)


def test_a_shift_adds_up_to_the_change_of_the_correlation(diagnosis):
    for shift in diagnosis.why.shifts:
        assert sum(values(shift.parts)) == pytest.approx(shift.change.value, abs=1e-12)
        assert shift.after - shift.before == pytest.approx(shift.change.value, abs=1e-12)
    totals = {split.pair: split.total.value for split in diagnosis.why.covariances}
    for shift in diagnosis.why.shifts:
        assert shift.after == pytest.approx(totals[shift.pair], abs=1e-12)


def test_a_channel_without_a_driver_carries_exactly_nothing(diagnosis):
    for split in (*diagnosis.why.returns, *diagnosis.why.covariances):
        for part in split.parts:
            if not part.drivers and part.channel not in ("intercept", "unexplained"):
                assert (part.estimate.value, part.estimate.low, part.estimate.high) == (0, 0, 0)


def test_the_drivers_of_the_parts_are_those_with_an_exposure(diagnosis):
    for split in diagnosis.why.returns:
        used = {driver for part in split.parts for driver in part.drivers}
        exposed = {driver for asset, driver, _ in diagnosis.why.betas if asset == split.asset}
        assert used == exposed != set()
    refused = {(entry.channel, entry.driver) for entry in diagnosis.why.left_out}
    entered = {
        (part.channel, driver)
        for split in diagnosis.why.returns
        for part in split.parts
        for driver in part.drivers
    }
    assert not refused & entered


def test_exposures_are_frozen_before_the_window(diagnosis):
    start = diagnosis.why.returns[0].window.start
    assert diagnosis.why.baseline.end == start
    assert 250 <= diagnosis.why.baseline.sessions <= diagnosis.question.baseline
    for _, _, beta in diagnosis.why.betas:
        assert beta.last == start
        assert beta.nobs == diagnosis.why.baseline.sessions


def test_every_interval_is_ordered_and_every_point_of_a_split_has_one(diagnosis):
    for split in (*diagnosis.why.returns, *diagnosis.why.covariances, *diagnosis.why.shifts):
        for part in split.parts:
            assert part.estimate.low <= part.estimate.high
            assert part.estimate.level == diagnosis.question.level


def test_the_pictures_show_the_same_figures(diagnosis):
    pictures = {exhibit.key: exhibit for exhibit in diagnosis.exhibits}
    shown = pictures["split"].columns
    assert list(shown["value"]) == [
        part.estimate.value for split in diagnosis.why.returns for part in split.parts
    ]
    totals = pictures["split"].marks["totals"]
    assert totals == {split.asset: split.total.value for split in diagnosis.why.returns}
    assert list(pictures["pair_split"].columns["value"]) == [
        part.estimate.value for split in diagnosis.why.covariances for part in split.parts
    ]
    for exhibit in diagnosis.exhibits:
        lengths = {len(column) for column in exhibit.columns.values()}
        assert len(lengths) == 1


def test_the_order_of_the_assets_changes_no_share(ask):
    one, two = (ask(assets, asof="2026-02-06") for assets in ("BTC GDX", "GDX BTC"))
    for split in one.why.returns:
        other = next(each for each in two.why.returns if each.asset == split.asset)
        assert values(other.parts) == pytest.approx(values(split.parts), abs=1e-12)
    assert values(two.why.covariances[0].parts) == pytest.approx(
        values(one.why.covariances[0].parts), abs=1e-12
    )


def test_the_points_do_not_depend_on_seed_or_replications(ask):
    one = ask("BTC GDX", asof="2026-02-06")
    two = ask("BTC GDX", asof="2026-02-06", seed=11, replications=150)
    for first, second in zip(one.why.returns, two.why.returns, strict=True):
        assert values(first.parts) == values(second.parts)
    assert one.why.returns[0].parts[0].estimate.low != two.why.returns[0].parts[0].estimate.low
