"""Make the manifest of the bundled facts from the files and the table below."""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "src" / "comove" / "data" / "facts"
_SEPTEMBER = {
    "en": "2026-09-23 is missing.",
    "ja": "2026-09-23は欠けている。",
}
_ADJUSTED = {
    "en": "Adjusted for distributions: returns are right, old levels lie below the quotes.",
    "ja": "分配金調整済み。収益率は正しいが、過去の水準は当時の値より低い。",
}


def _both(*parts: dict[str, str]) -> dict[str, str]:
    return {
        "en": " ".join(part["en"] for part in parts),
        "ja": "".join(part["ja"] for part in parts),
    }


def _said(en: str, ja: str) -> dict[str, str]:
    return {"en": en, "ja": ja}


FACTS: dict[str, tuple[str, dict[str, str]]] = {
    "btc": (
        "Yahoo BTC-USD; exchange feed after 2026-04-05",
        _said("Weekends are included.", "週末を含む。"),
    ),
    "eth": ("Yahoo ETH-USD", _said("2026-03-27 is missing.", "2026-03-27は欠けている。")),
    "gdx": (
        "Yahoo GDX, adjusted close",
        _both(
            _ADJUSTED,
            _said(
                "Equal to the quoted close since late December 2025, about 5 % below it in"
                " October 2022.",
                "2025年12月下旬以降は当時の終値と一致し、2022年10月は約5%低い。",
            ),
            _SEPTEMBER,
        ),
    ),
    "gold": (
        "Yahoo GC=F",
        _said(
            "Front-month future without roll adjustment, thin: its moves differ from GLD's by over"
            " 1 % on some 18 days in 2015-2020. Use it for price levels and GLD for returns.",
            "期近物でロール調整はない。薄商いで、2015〜2020年にはGLDとの値動きの差が1%を超えた日が約18日ある。"
            "価格水準にはこれを、収益率にはGLDを使う。",
        ),
    ),
    "gld": (
        "Yahoo GLD",
        _both(
            _said(
                "Pays no distribution; about 1/10.9 of the ounce price in 2026.",
                "分配金はない。2026年は1オンス価格の約10.9分の1。",
            ),
            _SEPTEMBER,
        ),
    ),
    "slv": ("Yahoo SLV", _both(_said("Pays no distribution.", "分配金はない。"), _SEPTEMBER)),
    "qqq": ("Yahoo QQQ, adjusted close", _both(_ADJUSTED, _SEPTEMBER)),
    "spy": ("Yahoo SPY, adjusted close", _both(_ADJUSTED, _SEPTEMBER)),
    "smh": ("Yahoo SMH, adjusted close", _both(_ADJUSTED, _SEPTEMBER)),
    "hyg": (
        "Yahoo HYG, adjusted close",
        _both(
            _ADJUSTED,
            _said(
                "About 19 % below the quote in October 2022. 2026-09-22 is missing.",
                "2022年10月は当時の値より約19%低い。2026-09-22は欠けている。",
            ),
        ),
    ),
    "tlt": (
        "Yahoo TLT, adjusted close",
        _both(
            _ADJUSTED,
            _said(
                "About 13 % below the quote in October 2022.",
                "2022年10月は当時の値より約13%低い。",
            ),
            _SEPTEMBER,
        ),
    ),
    "vix": (
        "Cboe VIX close",
        _said("Has values on some US holidays.", "米国の休場日にも値がある日がある。"),
    ),
    "dxy": (
        "Yahoo DX-Y.NYB",
        _said(
            "2015-02-05 and 2017-04-03 held the next day's value in the source and are left out.",
            "2015-02-05と2017-04-03は元データに翌日の値が入っていたため除いた。",
        ),
    ),
    "dtwexbgs": ("FRED DTWEXBGS", _said("Revised once a year.", "年に一度改定される。")),
    "usdjpy": (
        "Yahoo JPY=X",
        _said(
            "The source labels this level with the next day; the dates here are moved back one"
            " business day.",
            "元データはこの値に翌日の日付を付けている。ここでは1営業日戻してある。",
        ),
    ),
    "dfii10": (
        "FRED DFII10 (Fed H.15)",
        _said("No value on bond-market holidays.", "債券市場の休業日には値がない。"),
    ),
    "dgs10": (
        "FRED DGS10 (Fed H.15)",
        _said(
            "No value on bond-market holidays; dgs10 - dfii10 is the 10-year breakeven.",
            "債券市場の休業日には値がない。dgs10 - dfii10が10年ブレークイーブン。",
        ),
    ),
    "dgs2": (
        "FRED DGS2 (Fed H.15)",
        _said("No value on bond-market holidays.", "債券市場の休業日には値がない。"),
    ),
    "funding_btc": (
        "Binance BTCUSDT",
        _said(
            "Mean of the day's three settlements; the last day has one.",
            "1日3回の決済の平均。最終日は1回分だけ。",
        ),
    ),
    "dvol": ("Deribit DVOL", {}),
    "fng": ("alternative.me", {}),
    "central_bank_gold": (
        "World Gold Council, as quoted",
        _said("Figures as first published; later revised.", "公表時点の値で、その後改定された。"),
    ),
    "liquidation_events": (
        "CoinGlass and Amberdata, as quoted",
        _said(
            "Totals as quoted; venues report only part of their liquidations: lower bounds.",
            "報道された合計値。取引所は清算の一部しか公表しないため、下限とみる。",
        ),
    ),
}
"""Source series and caveats of each file."""


def manifest(folder: Path = FOLDER) -> dict[str, object]:
    """Return the manifest of the files in a folder."""
    found = {file.stem: file for file in sorted(folder.glob("*.csv"))}
    if set(found) != set(FACTS):
        raise SystemExit(f"not described or not there: {sorted(set(found) ^ set(FACTS))}")
    return {
        "schema": 1,
        "files": {file.name: _record(file, *FACTS[key]) for key, file in found.items()},
    }


def _record(file: Path, origin: str, caveats: dict[str, str]) -> dict[str, object]:
    content = file.read_bytes()
    rows = list(csv.DictReader(content.decode("utf-8").splitlines()))
    label = "date" if "date" in rows[0] else "published"
    days = sorted(row[label] for row in rows)
    return {
        "sha256": hashlib.sha256(content).hexdigest(),
        "rows": len(rows),
        "first": days[0],
        "last": days[-1],
        "origin": origin,
        "caveats": caveats,
    }


def write(folder: Path = FOLDER) -> None:
    """Write ``metadata.json`` beside the files."""
    text = json.dumps(manifest(folder), indent=2, ensure_ascii=False)
    (folder / "metadata.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
