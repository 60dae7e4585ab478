"""Names of assets and rates in a text: the catalogue's, and what writers call them besides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from comove.core.series import SeriesSpec

_MORE: Mapping[str, tuple[str, ...]] = {
    "btc": (
        "bitcoin",
        "btc",
        "BTC/USD",
        "仮想通貨ビットコイン",
        "暗号資産ビットコイン",
        "暗号資産",
        "仮想通貨",
        "the cryptocurrency",
    ),
    "eth": ("ether", "eth"),
    "gdx": (
        "gold stocks",
        "gold stock",
        "gold equities",
        "gold mining equities",
        "gold mining shares",
        "gold-mining stocks",
        "gold-mining shares",
        "gold-mining companies",
        "gold mining companies",
        "gold miners ETF",
        "gold miner ETF",
        "gold shares",
        "mining stocks",
        "mining shares",
        "gold producers",
        "gold mining",
        "miner stocks",
        "miner equities",
        "mining equities",
        "金株",
        "金鉱株指数",
        "金鉱山会社",
        "鉱山株",
        "金鉱山",
        "産金会社",
        "産金企業",
        "金鉱株ETF(GDX)",
        "金関連株",
        "金採掘株",
        "金採掘企業",
    ),
    "gold": (
        "gold",
        "gold prices",
        "gold bullion",
        "the yellow metal",
        "the metal",
        "spot gold",
        "bullion",
        "金地金",
        "gold spot",
        "physical gold",
        "the precious metal",
        "金相場",
        "現物金",
        "金現物",
        "金スポット",
        "金スポット価格",
        "NY金価格",
        "国際金価格",
        "地金",
    ),
    "gld": ("gold ETFs", "GLD"),
    "slv": ("silver prices", "銀価格", "銀相場"),
    "qqq": (
        "nasdaq 100",
        "tech shares",
        "technology stocks",
        "technology shares",
        "nasdaq composite",
        "growth stocks",
        "big tech",
        "tech sector",
        "tech",
        "ナスダック総合",
        "ナスダック指数",
        "ナスダック100指数",
        "NASDAQ100",
        "NASDAQ-100",
        "テック株",
        "ハイテク",
        "テクノロジー株",
        "グロース株",
        "成長株",
    ),
    "spy": (
        "equities",
        "stocks",
        "the stock market",
        "wall street",
        "S&P 500 index",
        "S&P500",
        "stock market",
        "米国株式",
        "米国株式市場",
        "株式市場",
        "株式",
        "株価",
    ),
    "smh": ("chip makers", "chipmakers", "semiconductor shares", "半導体関連株"),
    "hyg": ("high-yield", "high yield bonds", "high-yield credit"),
    "tlt": (
        "long-dated treasuries",
        "US treasuries",
        "long-term treasuries",
        "超長期国債",
        "長期国債",
    ),
    "vix": ("vix",),
    "dxy": (
        "US dollar",
        "the greenback",
        "greenback",
        "the US currency",
        "DXY",
        "ドル指数(DXY)",
        "米ドル",
        "ドルインデックス(DXY)",
    ),
    "usdjpy": ("dollar-yen", "japanese yen", "USDJPY", "ドル円相場"),
    "dfii10": (
        "10-year TIPS yield",
        "10-year TIPS",
        "TIPS yields",
        "US real yields",
        "10-year real yields",
        "10-year real rate",
        "10-year real rates",
        "real interest rates",
        "ten-year real yield",
        "ten-year real yields",
        "real bond yields",
        "米10年実質金利",
        "米国の実質金利",
        "10年物実質金利",
        "米実質利回り",
    ),
    "dgs10": (
        "10-year yields",
        "10-year treasury yields",
        "ten-year yield",
        "ten-year yields",
        "ten-year treasury yield",
        "treasury yields",
        "bond yields",
        "long-term yields",
        "10-year note yield",
        "benchmark yield",
        "nominal yields",
        "long-term rates",
        "米10年国債利回り",
        "10年債利回り",
        "米国債利回り",
        "長期金利(10年)",
        "米国10年債利回り",
        "名目金利",
        "10年金利",
    ),
    "dgs2": (
        "2-year yields",
        "2-year treasury yields",
        "two-year yield",
        "two-year yields",
        "two-year treasury yield",
        "two-year treasury yields",
        "2-year note yield",
        "2年債利回り",
        "米国2年債利回り",
        "2年債",
        "2年金利",
    ),
    "funding_btc": ("funding rates", "perpetual funding rates", "perp funding", "資金調達レート"),
    "dvol": ("DVOL",),
    "fng": (
        "fear and greed index",
        "crypto fear and greed index",
        "crypto fear & greed index",
        "恐怖強欲指数",
        "恐怖と強欲指数",
    ),
}
_FORMS_OF_GOLD = "価格|相場|先物|現物|地金|スポット|ETF|市場|自体|本体|そのもの"
_KANJI = r"[\u4e00-\u9fff々]"
_SPECIAL = {
    # one kanji that is part of many words: 金融, 資金, 銀行
    "金": rf"(?<!{_KANJI})金(?!{_KANJI}|曜|\s*利)|(?<!{_KANJI})金(?={_FORMS_OF_GOLD})|(?<=NY)金|(?<=対)金(?!{_KANJI})",
    "銀": rf"(?<!{_KANJI})銀(?!{_KANJI})",
    "円": r"(?<![\d万億兆千百,.])(?<!ドル・)円(?=は|が|の|を|高|安|相場|売り|買い|も)(?!のう)",
    "ドル": r"(?<![\d万億兆千百,.米対])(?<!\d )ドル(?=は|が|の|を|高|安|指数|相場|買い|売り|も|全面)(?!建)(?!・円|円)",
    "gold": r"(?<![A-Za-z0-9_])(?<!digital )gold(?![A-Za-z0-9_])",
    "ゴールド": r"(?<!デジタル)(?<!デジタル・)ゴールド",
    "yen": r"(?<![\w-])(?<!\d )yen(?![A-Za-z0-9_])",
    "地金": r"(?<!金)地金",
    "株価": r"(?<!式)(?<!鉱)株価",
    "dollar": r"(?<![\w-])(?<!per )(?<!per us )(?<!per u\.s\. )dollar(?![A-Za-z0-9_])",
    "tech": r"(?<![\w-])tech(?![\w-])",
}
_DROPPED = frozenset({"gc", "jpy", "10y", "2y", "chips", "junk", "円相場ドル"})
_NEVER_AFTER = re.compile(
    r"^(?:'s)?[\s-](?:coast|card|rush|standard|medal|bond market)", re.IGNORECASE
)


RATES = frozenset({"dfii10", "dgs10", "dgs2", "vix", "funding_btc", "dvol", "fng"})
"""Series that are no assets: nobody owns them, and "both" never means them."""

_LEVELS: Mapping[str, tuple[float, float]] = {
    "btc": (100.0, 500_000.0),
    "eth": (50.0, 20_000.0),
    "gold": (250.0, 12_000.0),
    "gld": (30.0, 1_200.0),
    "gdx": (8.0, 400.0),
    "slv": (5.0, 300.0),
    "qqq": (50.0, 35_000.0),
    "spy": (50.0, 9_000.0),
    "smh": (10.0, 2_000.0),
    "hyg": (40.0, 150.0),
    "tlt": (40.0, 250.0),
}


def plausible(series: str, low: float, high: float) -> bool:
    """Tell whether a price could ever have been one of an asset, an index for its fund included.

    Parameters
    ----------
    series
        Catalogue id.
    low, high
        Stated price in dollars.

    Returns
    -------
    bool
        True where nothing is known of the series.
    """
    least, most = _LEVELS.get(series, (0.0, float("inf")))
    return least <= low and high <= most


@dataclass(frozen=True)
class Mention:
    """A name in a text.

    Attributes
    ----------
    series
        Catalogue id.
    start, end
        Where it stands.
    name
        As written.
    """

    series: str
    start: int
    end: int
    name: str


class Lexicon:
    """Finds every name of the catalogue in a text, the longest first.

    Parameters
    ----------
    specs
        Every series by id.
    """

    def __init__(self, specs: Mapping[str, SeriesSpec]) -> None:
        self._series = dict(_names(specs))
        plain = [name for name in self._series if name not in _SPECIAL]
        latin = _tree([name for name in plain if name.isascii()])
        other = _tree([name for name in plain if not name.isascii()])
        special = "|".join(_SPECIAL[name] for name in self._series if name in _SPECIAL)
        self._pattern = re.compile(
            rf"(?<![A-Za-z0-9_]){latin}(?![A-Za-z0-9_])|{other}|{special}", re.IGNORECASE
        )

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Return every name, in order, without overlap.

        Parameters
        ----------
        text
            Narrowed.

        Returns
        -------
        tuple of Mention
            A name in round brackets right behind the same series counts once.
        """
        found: list[Mention] = []
        for match in self._pattern.finditer(text):
            name = match.group(0)
            series = self._series.get(_key(name))
            if series is None or _NEVER_AFTER.match(text[match.end() : match.end() + 14]):
                continue
            if found and found[-1].series == series and match.start() - found[-1].end <= 2:
                found[-1] = Mention(series, found[-1].start, match.end(), found[-1].name)
                continue
            found.append(Mention(series, match.start(), match.end(), name))
        return tuple(found)


@lru_cache(maxsize=4)
def _lexicon(specs: tuple[SeriesSpec, ...]) -> Lexicon:
    return Lexicon({spec.id: spec for spec in specs})


def lexicon(specs: Mapping[str, SeriesSpec]) -> Lexicon:
    """Return the lexicon of a catalogue, made once.

    Parameters
    ----------
    specs
        Every series by id.

    Returns
    -------
    Lexicon
        Of these series.
    """
    return _lexicon(tuple(specs.values()))


def _names(specs: Mapping[str, SeriesSpec]) -> Iterator[tuple[str, str]]:
    for series, spec in specs.items():
        for name in (series, *spec.titles.values(), *spec.aliases, *_MORE.get(series, ())):
            key = _key(name)
            if key not in _DROPPED and (len(key) > 1 or key in _SPECIAL):
                yield key, series
    # what the owner's list says last wins over an alias that two series share
    for series, names in _MORE.items():
        if series in specs:
            yield from ((_key(name), series) for name in names)


def _key(name: str) -> str:
    return " ".join(name.lower().split())


def _tree(names: list[str]) -> str:
    """Write many names as one pattern that looks at every letter once, the longest name first."""
    root: dict[str, dict] = {}  # type: ignore[type-arg]
    for name in names:
        node = root
        for letter in name:
            node = node.setdefault(letter, {})
        node[""] = {}
    return _branch(root)


def _branch(node: dict[str, dict]) -> str:  # type: ignore[type-arg]
    ends = "" in node
    parts = [
        (r"[ \n]" if letter == " " else re.escape(letter)) + _branch(below)
        for letter, below in node.items()
        if letter
    ]
    if not parts:
        return ""
    whole = parts[0] if len(parts) == 1 and not ends else f"(?:{'|'.join(parts)})"
    return f"(?:{whole})?" if ends else whole
