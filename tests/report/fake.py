"""A diagnosis made by hand: plausible figures of January-February 2026, nothing computed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path as File

from comove.core.case import LeftOut
from comove.core.diagnosis import (
    CorrelationShift,
    CovarianceSplit,
    Diagnosis,
    Inseparable,
    Level,
    PairCorrelation,
    Part,
    PastEpisode,
    Path,
    Refuge,
    ReturnSplit,
    Stretch,
    Together,
    Unusual,
    WhatIf,
    Why,
)
from comove.core.estimate import Estimate
from comove.core.evidence import Check, Evidence
from comove.core.exhibit import Exhibit
from comove.core.holding import Finding, Holding
from comove.core.message import Name, Quantity, say
from comove.core.question import Question
from comove.core.reading import Reading
from comove.core.series import Clock, SeriesSpec
from comove.core.units import Unit

WORDS = (str(File(__file__).parent / "words"),)
"""Folder of the words that answers and channels bring with them; here, the fake's own."""

TITLES = {
    "btc": {"en": "Bitcoin", "ja": "ビットコイン"},
    "gdx": {"en": "Gold miners (GDX)", "ja": "金鉱株(GDX)"},
    "gld": {"en": "Gold (GLD)", "ja": "金(GLD)"},
    "gold": {"en": "Gold future", "ja": "金先物"},
    "slv": {"en": "Silver (SLV)", "ja": "銀(SLV)"},
    "qqq": {"en": "Nasdaq-100 (QQQ)", "ja": "ナスダック100(QQQ)"},
    "dfii10": {"en": "10-year real yield", "ja": "10年実質金利"},
    "dxy": {"en": "US Dollar Index", "ja": "ドル指数"},
    "vix": {"en": "VIX", "ja": "VIX"},
    "hyg": {"en": "US high yield (HYG)", "ja": "米ハイイールド債(HYG)"},
    "usdjpy": {"en": "Dollar-yen", "ja": "ドル円"},
    "fng": {"en": "Crypto fear & greed", "ja": "暗号資産の恐怖・強欲指数"},
}

ASOF = date(2026, 2, 6)
START, END = date(2026, 1, 28), date(2026, 2, 5)
EPISODE = Stretch(start=START, end=END, sessions=6, multi_day_spans=1)
DEPENDENCE = Stretch(start=date(2025, 11, 5), end=END, sessions=63, multi_day_spans=14)
BASELINE = Stretch(start=date(2023, 1, 25), end=START, sessions=756, multi_day_spans=166)

_ANCHORS = {
    "btc": {
        date(2025, 9, 2): 111201.0,
        date(2025, 10, 6): 124753.0,
        date(2025, 10, 16): 108186.0,
        date(2025, 11, 21): 85091.0,
        date(2025, 12, 31): 87509.0,
        date(2026, 1, 14): 96929.0,
        date(2026, 1, 20): 88311.0,
        date(2026, 1, 28): 89185.0,
        date(2026, 1, 29): 84562.0,
        date(2026, 1, 30): 84129.0,
        date(2026, 2, 2): 78689.0,
        date(2026, 2, 3): 75634.0,
        date(2026, 2, 4): 73020.0,
        date(2026, 2, 5): 62702.0,
        date(2026, 2, 6): 70555.0,
    },
    "gdx": {
        date(2025, 9, 2): 64.33,
        date(2025, 10, 6): 78.04,
        date(2025, 10, 16): 83.83,
        date(2025, 11, 21): 73.12,
        date(2025, 12, 31): 85.77,
        date(2026, 1, 14): 96.86,
        date(2026, 1, 20): 102.78,
        date(2026, 1, 28): 112.16,
        date(2026, 1, 29): 107.98,
        date(2026, 1, 30): 94.20,
        date(2026, 2, 2): 94.19,
        date(2026, 2, 3): 98.22,
        date(2026, 2, 4): 98.70,
        date(2026, 2, 5): 92.44,
        date(2026, 2, 6): 97.39,
    },
}


def _days(first: date, last: date) -> list[date]:
    span = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    return [day for day in span if day.weekday() < 5]


def _path(asset: str) -> list[float]:
    """Straight lines between the anchors with a small fixed ripple, zero at the anchors."""
    anchors = sorted(_ANCHORS[asset].items())
    values = []
    for day in _days(anchors[0][0], anchors[-1][0]):
        left = max(anchor for anchor in anchors if anchor[0] <= day)
        right = min(anchor for anchor in anchors if anchor[0] >= day)
        span = (right[0] - left[0]).days or 1
        gone = (day - left[0]).days / span
        ripple = 0.012 * (((day.toordinal() * 7) % 11) - 5) / 5 if 0 < gone < 1 else 0.0
        values.append((left[1] + (right[1] - left[1]) * gone) * (1 + ripple))
    return values


def _from_peak(values: list[float]) -> tuple[float, ...]:
    return tuple(value / max(values[: place + 1]) - 1 for place, value in enumerate(values))


def estimate(
    value: float,
    unit: Unit,
    half: float | None = None,
    *,
    pvalue: float | None = None,
    nobs: int = 63,
    method: str = "fisher_hac",
    window: Stretch = DEPENDENCE,
) -> Estimate:
    """An estimate with a symmetric interval, or an exact one without ``half``."""
    return Estimate(
        value=value,
        unit=unit,
        low=None if half is None else value - half,
        high=None if half is None else value + half,
        pvalue=pvalue,
        nobs=nobs,
        first=window.start,
        last=window.end,
        method=method,
        exact=half is None,
    )


def _exact(value: float, unit: Unit, method: str = "exact", nobs: int = 6) -> Estimate:
    return estimate(value, unit, nobs=nobs, method=method, window=EPISODE)


def _together() -> Together:
    return Together(
        direction="falling",
        joint=True,
        judged=True,
        chosen=False,
        window=EPISODE,
        open=True,
        paths=(
            Path(
                asset="btc",
                peak_day=date(2025, 10, 6),
                peak=124753.0,
                trough_day=END,
                trough=62702.0,
                latest_day=ASOF,
                latest=70555.0,
                unit="usd",
                drawdown=_exact(62702 / 124753 - 1, "simple_return"),
                move=_exact(62702 / 89185 - 1, "simple_return"),
                worst_day=END,
                worst=_exact(-0.1523, "log_return"),
                recovered=(70555 - 62702) / (89185 - 62702),
            ),
            Path(
                asset="gdx",
                peak_day=START,
                peak=112.16,
                trough_day=END,
                trough=92.44,
                latest_day=ASOF,
                latest=97.39,
                unit="usd",
                drawdown=_exact(92.44 / 112.16 - 1, "simple_return"),
                move=_exact(92.44 / 112.16 - 1, "simple_return"),
                worst_day=date(2026, 1, 30),
                worst=_exact(-0.1365, "log_return"),
                recovered=(97.39 - 92.44) / (112.16 - 92.44),
            ),
        ),
        overlap=replace(_exact(0.4412, "share", "loss_overlap"), pvalue=0.412),
        expected_overlap=0.4071,
        severity=replace(estimate(-1.83, "sigma", method="joint_fall"), pvalue=0.041),
        severity_independent=0.007,
        worst_days_apart=4,
    )


def _correlation() -> PairCorrelation:
    def rho(value: float, half: float, nobs: int, method: str = "fisher_hac") -> Estimate:
        return estimate(value, "correlation", half, nobs=nobs, method=method)

    return PairCorrelation(
        pair=("btc", "gdx"),
        dependence=rho(0.37, 0.22, 63),
        baseline=estimate(0.13, "correlation", 0.07, nobs=756, window=BASELINE),
        long_run=rho(0.11, 0.04, 2782),
        five_day=rho(0.29, 0.31, 63, "overlapping_hac"),
        windows=(
            (21, rho(0.48, 0.36, 21)),
            (63, rho(0.37, 0.22, 63)),
            (126, rho(0.31, 0.17, 126)),
            (252, rho(0.21, 0.12, 252)),
        ),
        ewma=rho(0.36, 0.2, 65, "ewma_fisher"),
        clock_overlap=0.875,
        peak=replace(estimate(0.46, "correlation", nobs=412, method="peak_test"), pvalue=0.228),
        latest=replace(estimate(0.37, "correlation", method="peak_test_latest"), pvalue=0.087),
        adjusted=replace(rho(0.27, 0.24, 63, "forbes_rigobon"), pvalue=0.14),
    )


def _episodes() -> tuple[PastEpisode, ...]:
    rows = (
        ("2015-07-20", "2015-08-05", (-0.094, -0.161), 3.1, (0.024, 0.121, 0.534), "2015-10-02"),
        ("2018-01-25", "2018-02-05", (-0.377, -0.097), 4.6, (0.382, 0.247, 0.085), "2018-02-20"),
        ("2018-08-01", "2018-09-11", (-0.168, -0.152), 3.3, (-0.011, -0.453, -0.377), None),
        ("2020-02-20", "2020-03-13", (-0.418, -0.381), 9.8, (0.247, 0.741, 1.038), "2020-04-14"),
        ("2021-05-18", "2021-06-21", (-0.262, -0.141), 3.9, (0.019, 0.412, 0.483), "2021-07-26"),
        ("2021-11-15", "2021-12-15", (-0.235, -0.118), 3.2, (-0.118, -0.155, -0.562), "2022-01-28"),
        ("2022-04-18", "2022-05-12", (-0.289, -0.236), 5.2, (-0.231, -0.157, -0.439), None),
        ("2022-06-06", "2022-07-14", (-0.344, -0.226), 5.9, (0.171, -0.056, 0.017), "2022-08-10"),
        ("2023-04-13", "2023-06-22", (-0.016, -0.157), 2.9, (-0.006, -0.128, 0.433), None),
        ("2024-05-20", "2024-06-24", (-0.157, -0.098), 2.8, (0.083, 0.041, 0.612), "2024-07-12"),
        ("2024-10-22", "2024-11-14", (-0.001, -0.174), 3.0, (0.145, 0.117, 0.184), None),
        ("2025-10-16", "2025-11-21", (-0.213, -0.128), 3.7, (0.041, None, None), "2026-01-06"),
        ("2026-01-28", "2026-02-05", (-0.297, -0.176), 6.3, (None, None, None), None),
    )
    spans = (21, 63, 126)
    return tuple(
        PastEpisode(
            start=date.fromisoformat(start),
            trough=date.fromisoformat(trough),
            closed=None if closed is None else date.fromisoformat(closed),
            falls=falls,
            severity=-severity,
            followed=tuple(
                (span, (value, None if value is None else round(value * 0.6 + 0.02, 4)))
                for span, value in zip(spans, after, strict=True)
            ),
        )
        for start, trough, falls, severity, after, closed in rows
    )


def _method(channel: str) -> str:
    return "by_difference" if channel in ("intercept", "unexplained") else "frozen_betas"


def _split(asset: str, figures: dict[str, tuple[float, float]]) -> ReturnSplit:
    parts = tuple(
        Part(
            channel=channel,
            estimate=estimate(
                value, "log_return", half, nobs=6, method=_method(channel), window=EPISODE
            ),
            drivers=_DRIVERS.get(channel, ()),
        )
        for channel, (value, half) in figures.items()
    )
    total = sum(value for value, _ in figures.values())
    return ReturnSplit(asset=asset, window=EPISODE, total=_exact(total, "log_return"), parts=parts)


_DRIVERS = {
    "risk": ("real_yield", "breakeven", "vix", "credit"),
    "tech": ("qqq", "smh"),
    "dollar": ("dxy", "yen"),
    "gold": ("gld", "slv"),
}
_RETURNS = {
    "btc": {
        "risk": (-0.021, 0.028),
        "deleveraging": (0.0, 0.0),
        "tech": (-0.046, 0.031),
        "dollar": (-0.006, 0.012),
        "gold": (-0.012, 0.034),
        "intercept": (0.009, 0.010),
        "unexplained": (-0.2764, 0.052),
    },
    "gdx": {
        "risk": (0.004, 0.012),
        "deleveraging": (0.0, 0.0),
        "tech": (-0.006, 0.014),
        "dollar": (-0.009, 0.008),
        "gold": (-0.243, 0.026),
        "intercept": (0.001, 0.005),
        "unexplained": (0.0596, 0.033),
    },
}
_COVARIANCE = {
    "risk": (0.02, 0.05),
    "deleveraging": (0.0, 0.0),
    "tech": (0.05, 0.06),
    "dollar": (0.01, 0.03),
    "gold": (0.04, 0.06),
    "unexplained": (0.25, 0.09),
}
"""Parts of the correlation of 0.37."""


def _why() -> Why:
    returns = tuple(_split(asset, figures) for asset, figures in _RETURNS.items())
    covariance = CovarianceSplit(
        pair=("btc", "gdx"),
        window=DEPENDENCE,
        total=estimate(0.37, "correlation", method="pearson"),
        parts=tuple(
            Part(
                channel=channel,
                estimate=estimate(value, "correlation", half, method="shapley_covariance"),
                drivers=_DRIVERS.get(channel, ()),
            )
            for channel, (value, half) in _COVARIANCE.items()
        ),
        residual=0.21,
        cross=0.04,
        in_window=0.02,
    )
    shift = CorrelationShift(
        pair=("btc", "gdx"),
        before=0.13,
        after=0.37,
        change=estimate(0.24, "correlation", 0.23, method="shapley_correlation"),
        parts=tuple(
            Part(channel=name, estimate=estimate(value, "correlation", half))
            for name, value, half in (
                ("driver_covariance", 0.05, 0.08),
                ("betas", 0.04, 0.11),
                ("residual", 0.15, 0.18),
            )
        ),
    )
    return Why(
        returns=returns,
        covariances=(covariance,),
        shifts=(shift,),
        betas=(
            ("gdx", "gld", estimate(1.71, "beta", 0.18, nobs=756, method="ols_hac")),
            ("btc", "qqq", estimate(0.88, "beta", 0.31, nobs=756, method="ols_hac")),
        ),
        condition=4.7,
        ridge=0.0,
        inseparable=(Inseparable(asset="btc", first="risk", second="tech", correlation=-0.93),),
        left_out=(
            LeftOut(
                driver="funding", channel="deleveraging", reason="circular", series="btc", last=None
            ),
            LeftOut(
                driver="broad_dollar",
                channel="dollar",
                reason="ended",
                series="dxy",
                last=date(2026, 1, 16),
            ),
        ),
        baseline=BASELINE,
        reason=None,
    )


def _evidence(channel: str) -> tuple[Evidence, ...]:
    if channel == "gold":
        return (
            Evidence(
                says=say(
                    "channels.gold.implied",
                    asset=Name("gdx"),
                    implied=Quantity(-0.243, "log_return"),
                    actual=Quantity(-0.193, "log_return"),
                ),
                estimate=estimate(0.0596, "log_return", 0.033, nobs=756, method="frozen_betas"),
                rank=0.91,
                verdict="against",
                method="frozen_betas",
                exhibits=(_scatter(), _ratio()),
            ),
            Evidence(
                says=say("channels.gold.beta", asset=Name("gdx"), beta=Quantity(1.71, "beta")),
                estimate=estimate(1.71, "beta", 0.18, nobs=756, method="ols_hac"),
                rank=0.44,
                verdict="against",
                method="ols_hac",
            ),
            Evidence(
                says=say(
                    "channels.gold.central_banks",
                    tonnes=Quantity(863.0, "tonnes"),
                    year=2025,
                ),
                estimate=estimate(863.0, "tonnes", nobs=1, method="published"),
                rank=0.75,
                verdict="cannot_tell",
                method="published",
            ),
        )
    return (
        Evidence(
            says=say(
                "channels.share",
                asset=Name("btc"),
                channel=Name(f"channel.{channel}"),
                value=Quantity(_RETURNS["btc"].get(channel, (0.0, 0.0))[0], "log_return"),
            ),
            estimate=estimate(
                _RETURNS["btc"].get(channel, (0.0, 0.0))[0],
                "log_return",
                0.03,
                nobs=756,
                method="frozen_betas",
            ),
            rank=0.21,
            verdict="cannot_tell",
            method="frozen_betas",
        ),
        Evidence(
            says=say("channels.level", series=Name("dfii10"), level=Quantity(1.89, "percent")),
            estimate=None,
            verdict="cannot_tell",
            method="published",
        ),
    )


def _checks() -> tuple[Check, ...]:
    return (
        Check(
            attack="placebo_window",
            passed=True,
            says=say("channels.placebo", share=Quantity(0.08, "share")),
            estimate=estimate(0.08, "share", 0.05),
        ),
        Check(
            attack="leave_one_out",
            passed=False,
            says=say("channels.leave_one_out", day=date(2026, 1, 30)),
        ),
        Check(
            attack="other_estimator",
            passed=None,
            says=say("channels.other", value=Quantity(-0.198, "log_return")),
        ),
    )


def _readings() -> tuple[Reading, ...]:
    verdicts = {
        "risk": "cannot_tell",
        "deleveraging": "supports",
        "tech": "cannot_tell",
        "dollar": "silent",
        "gold": "against",
    }
    return tuple(
        Reading(
            channel=channel,
            proposition=say(f"channels.{channel}.proposition"),
            verdict=verdict,  # type: ignore[arg-type]
            because=say(f"channels.because.{verdict}"),
            evidence=() if verdict == "silent" else _evidence(channel),
            checks=() if verdict == "silent" else _checks(),
            caveats=(
                (say("channels.ended", series=Name("dxy"), last=date(2026, 1, 16)),)
                if channel == "dollar"
                else ()
            ),
        )
        for channel, verdict in verdicts.items()
    )


def _paths() -> Exhibit:
    days = _days(date(2025, 9, 2), ASOF)
    return Exhibit(
        key="paths",
        kind="paths",
        columns={
            "day": tuple(day.isoformat() for day in days),
            "btc": _from_peak(_path("btc")),
            "gdx": _from_peak(_path("gdx")),
        },
        marks={"shade": [START.isoformat(), END.isoformat()], "assets": ["btc", "gdx"]},
        caption=say("explain.exhibit.paths", first=START, last=END),
    )


def _bars() -> Exhibit:
    rows = [
        (asset, channel, value, value - half, value + half)
        for asset, figures in _RETURNS.items()
        for channel, (value, half) in figures.items()
    ]
    names = ("asset", "channel", "value", "low", "high")
    return Exhibit(
        key="split",
        kind="split",
        columns=dict(zip(names, zip(*rows, strict=True), strict=True)),
        marks={
            "totals": {
                asset: sum(value for value, _ in figures.values())
                for asset, figures in _RETURNS.items()
            }
        },
        caption=say("explain.exhibit.split", first=START, last=END),
    )


def _pair_bars() -> Exhibit:
    rows = [
        ("btc-gdx", channel, value, value - half, value + half)
        for channel, (value, half) in _COVARIANCE.items()
    ]
    names = ("pair", "channel", "value", "low", "high")
    return Exhibit(
        key="pair_split",
        kind="pair_split",
        columns=dict(zip(names, zip(*rows, strict=True), strict=True)),
        marks={"totals": {"btc-gdx": 0.37}, "unit": "correlation"},
        caption=say("explain.exhibit.pair_split", first=DEPENDENCE.start, last=END),
    )


def _rolling() -> Exhibit:
    days = _days(date(2024, 2, 5), ASOF)
    values = tuple(
        round(0.13 + 0.24 * place / len(days) + 0.012 * (((place * 37) % 41) - 20) / 5, 4)
        if place > 20
        else None
        for place in range(len(days))
    )
    return Exhibit(
        key="rolling",
        kind="rolling",
        columns={"day": tuple(day.isoformat() for day in days), "value": values},
        marks={
            "band_low": -0.12,
            "band_high": 0.36,
            "sup_high": 0.52,
            "baseline": 0.13,
            "window": 63,
            "pair": ["btc", "gdx"],
            "shade": [START.isoformat(), END.isoformat()],
        },
        caption=say("explain.exhibit.rolling", window=63),
    )


def _scatter() -> Exhibit:
    points = [
        (
            (date(2025, 8, 1) + timedelta(days=place)).isoformat(),
            round(0.004 * (((place * 13) % 29) - 14) / 4, 5),
            round(0.0068 * (((place * 13) % 29) - 14) / 4 + 0.004 * (((place * 7) % 9) - 4), 5),
            "window" if place >= 114 else "baseline",
        )
        for place in range(120)
    ]
    return Exhibit(
        key="gold_beta",
        kind="scatter",
        columns=dict(zip(("day", "x", "y", "group"), zip(*points, strict=True), strict=True)),
        marks={"x": "gld", "y": "gdx", "slope": 1.71},
        caption=say("explain.exhibit.gold_beta"),
    )


def _ratio() -> Exhibit:
    days = _days(date(2025, 9, 2), ASOF)
    return Exhibit(
        key="gold_ratio",
        kind="lines",
        columns={
            "day": tuple(day.isoformat() for day in days),
            "gdx": tuple(round(value / 64.33, 4) for value in _path("gdx")),
            "gld": tuple(round(1 + 0.004 * place, 4) for place in range(len(days))),
        },
        marks={
            "unit": "ratio",
            "names": {"gdx": "gdx", "gld": "gld"},
            "shade": [START.isoformat(), END.isoformat()],
        },
        caption=say("explain.exhibit.gold_ratio"),
    )


def _refuge() -> tuple[Refuge, ...]:
    return tuple(
        Refuge(
            asset=asset,
            other=other,
            hedge=hedge,
            haven=haven,
            slope=estimate(slope, "beta", 0.05, nobs=2782, method="baur_mcdermott"),
            stress=(
                (0.10, estimate(slope + 0.03, "beta", 0.09, nobs=278, method="baur_mcdermott")),
                (0.05, estimate(slope + 0.08, "beta", 0.14, nobs=139, method="baur_mcdermott")),
                (0.01, None),
            ),
            agrees=agrees,
        )
        for asset, other, hedge, haven, slope, agrees in (
            ("btc", "gdx", "no", "no", 0.19, True),
            ("gdx", "btc", "weak", "no", 0.06, False),
        )
    )


def _levels() -> tuple[Level, ...]:
    rows = (
        ("btc", "sma_200_week", 57946.0, -0.1787, -5.1),
        ("btc", "ema_200_week", 68412.0, -0.0304, -0.8),
        ("btc", "sma_200_day", 103980.0, 0.4737, 12.8),
        ("btc", "start", 89185.0, 0.2640, 7.3),
        ("gdx", "sma_200_day", 71.02, -0.2708, -10.4),
        ("gdx", "high_year", 112.16, 0.1517, 4.6),
        ("gdx", "low_year", 40.21, -0.5871, -23.1),
    )
    return tuple(
        Level(asset=asset, key=key, value=value, unit="usd", distance=distance, sigmas=sigmas)
        for asset, key, value, distance, sigmas in rows
    )


def _what_if() -> tuple[WhatIf, ...]:
    rows = (
        ("dfii10", -50.0, "basis_points", 0.041, 0.088, 0.06),
        ("qqq", 0.08, "simple_return", 0.091, 0.034, 0.05),
        ("dxy", -0.03, "simple_return", 0.028, 0.052, 0.03),
        ("gld", 0.10, "simple_return", 0.033, 0.171, 0.04),
    )
    return tuple(
        WhatIf(
            driver=driver,
            shock=shock,
            unit=unit,
            effects=tuple(
                (
                    asset,
                    estimate(
                        effect,
                        "simple_return",
                        half,
                        nobs=756,
                        method="ols_hac_total",
                        window=BASELINE,
                    ),
                )
                for asset, effect in (("btc", first), ("gdx", second))
            ),
        )
        for driver, shock, unit, first, second, half in rows
    )


def diagnosis() -> Diagnosis:
    """Bitcoin and gold miners as of 6 February 2026."""
    return Diagnosis(
        question=Question(
            assets=("btc", "gdx"),
            asof=ASOF,
            channels=("risk", "deleveraging", "tech", "dollar", "gold"),
        ),
        asof=ASOF,
        fingerprint="5f0c2b7a91d4e386",
        version="0.1.0",
        headline=(
            say(
                "explain.headline.fell",
                assets=(Name("btc"), Name("gdx")),
                first=START,
                last=END,
                moves=(
                    Quantity(62702 / 89185 - 1, "simple_return"),
                    Quantity(92.44 / 112.16 - 1, "simple_return"),
                ),
                apart=Quantity(4, "sessions"),
            ),
            say("explain.headline.why", channel=Name("channel.gold"), asset=Name("gdx")),
        ),
        together=_together(),
        unusual=Unusual(
            pairs=(_correlation(),), rank=2, episodes=_episodes(), since=date(2015, 1, 2)
        ),
        why=_why(),
        readings=_readings(),
        refuge=_refuge(),
        levels=_levels(),
        what_if=_what_if(),
        limits=(
            say("explain.limits.clock", asset=Name("btc"), hours=Quantity(3.0, "hours")),
            say("explain.limits.through", last=END),
            say("explain.limits.small", count=13),
        ),
        exhibits=(_paths(), _bars(), _pair_bars(), _rolling()),
    )


def calm() -> Diagnosis:
    """The same question where there is little to say: no episode, no split, no rank, one pair."""
    whole = diagnosis()
    return replace(
        whole,
        together=replace(
            whole.together,
            direction="none",
            joint=False,
            judged=True,
            open=False,
            overlap=None,
            expected_overlap=None,
            severity=None,
            severity_independent=None,
        ),
        unusual=replace(
            whole.unusual,
            rank=None,
            episodes=(),
            pairs=tuple(
                replace(pair, peak=None, latest=None, adjusted=None) for pair in whole.unusual.pairs
            ),
        ),
        why=replace(
            whole.why,
            returns=(),
            covariances=(),
            shifts=(),
            betas=(),
            condition=None,
            ridge=0.0,
            inseparable=(),
            baseline=None,
            reason=say("explain.why.short", nobs=112, least=250),
        ),
        readings=tuple(
            replace(reading, verdict="silent", evidence=(), checks=()) for reading in whole.readings
        ),
        refuge=(),
        levels=(),
        what_if=(),
        exhibits=whole.exhibits[:1],
    )


def holdings() -> tuple[Holding, ...]:
    """Two series: one fresh, one that ended."""
    clock = Clock(time="16:00", zone="America/New_York")
    gdx = SeriesSpec(
        id="gdx", kind="price", unit="usd", clock=clock, adjusted=True, titles=TITLES["gdx"]
    )
    real = SeriesSpec(
        id="dfii10",
        kind="yield",
        unit="percent",
        clock=Clock(time="15:30", zone="America/New_York", calendar="US-BOND"),
        publication="next_business_day",
        titles=TITLES["dfii10"],
    )
    return (
        Holding(
            spec=gdx,
            rows=2790,
            first=date(2015, 1, 2),
            last=ASOF,
            latest=97.39,
            due=ASOF,
            behind=0,
            origin="bundled:gdx.csv@sha256:ab12cd34",
            caveats=(("en", "Dividend-adjusted."), ("ja", "配当調整済み。")),
        ),
        Holding(
            spec=real,
            rows=2769,
            first=date(2015, 1, 2),
            last=date(2026, 1, 30),
            latest=1.90,
            due=date(2026, 2, 5),
            behind=4,
            origin="bundled:dfii10.csv@sha256:ef56ab78",
        ),
    )


def findings() -> tuple[Finding, ...]:
    """One of each outcome."""
    return (
        Finding(series="*", rule="hash", outcome="ok", says=say("data.finding.hash", count=22)),
        Finding(
            series="gdx",
            rule="gap",
            outcome="note",
            says=say("data.finding.gap", count=1, day=date(2026, 9, 23)),
        ),
        Finding(
            series="usdjpy",
            rule="clock",
            outcome="problem",
            says=say(
                "data.finding.clock",
                series=Name("usdjpy"),
                other=Name("dxy"),
                before=Quantity(0.61, "correlation"),
                same=Quantity(0.05, "correlation"),
                after=Quantity(-0.02, "correlation"),
            ),
        ),
    )
