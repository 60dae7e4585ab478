"""What is read of a text: markup, letters, dates, figures, names, clauses."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.answers.audit.reading.amounts import amounts
from comove.answers.audit.reading.clauses import clauses
from comove.answers.audit.reading.dateline import stated_day
from comove.answers.audit.reading.dates import periods
from comove.answers.audit.reading.letters import language_of, narrow
from comove.answers.audit.reading.names import lexicon
from comove.answers.audit.reading.plain import plain
from comove.answers.audit.reading.sentences import sentences
from comove.data.catalogue import Catalogue

DAY = date(2026, 2, 6)
SPECS = Catalogue.load().specs


def figure(text):
    (found,) = amounts(narrow(text))
    return found


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("10-15 % below", 10, 15, "%"),
        ("１０〜１５％", 10, 15, "%"),
        ("1,900-2,000", 1900, 2000, ""),
        ("$1,900 to $2,000", 1900, 2000, "usd"),
        ("6万2,700ドル", 62_700, 62_700, "usd"),
        ("12万4,753ドル", 124_753, 124_753, "usd"),
        ("7万ドル台", 70_000, 80_000, "usd"),
        ("約5万〜5万2千ドル", 50_000, 52_000, "usd"),
        ("25億6千万ドル", 2.56e9, 2.56e9, "usd"),
        ("1兆2,000億円", 1.2e12, 1.2e12, "jpy"),
        ("about 50-52 thousand", 50_000, 52_000, ""),
        ("roughly $62.7k", 62_700, 62_700, "usd"),
        ("2-3 bn of positions", 2e9, 3e9, ""),
        ("5割", 50, 50, "%"),
        ("between 0.5 and 0.6", 0.5, 0.6, ""),
        ("50bp", 50, 50, "bp"),
        ("1,000トン超", 1000, 1000, "tonnes"),
        ("it has halved", 50, 50, "%"),
        ("▲30%", -30, -30, "%"),
    ],
)
def test_figures_carry_range_scale_and_unit(text, low, high, unit):
    found = figure(text)
    assert (found.low, found.high, found.unit) == (pytest.approx(low), pytest.approx(high), unit)


@pytest.mark.parametrize(
    ("text", "bound", "hedged"),
    [
        ("over 1,000 tonnes", "least", False),
        ("fewer than 20%", "most", False),
        ("6万ドルを割り込む", "most", False),
        ("2割超", "least", False),
        ("about 30%", "", True),
        ("3割前後", "", True),
        ("30%", "", False),
    ],
)
def test_bounds_and_hedges_are_kept(text, bound, hedged):
    found = figure(text)
    assert (found.bound, found.hedged) == (bound, hedged)


@pytest.mark.parametrize("text", ["a 200-week line", "3カ月", "Q4", "1ドル=", "5日", "25 days"])
def test_counts_of_time_and_equations_are_no_figures(text):
    assert amounts(narrow(text)) == ()


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("in early February", (2026, 2, 1), (2026, 2, 10)),
        ("2月初旬に", (2026, 2, 1), (2026, 2, 10)),
        ("年初来", (2026, 1, 1), (2026, 2, 6)),
        ("昨年後半の高値", (2025, 7, 1), (2025, 12, 31)),
        ("last December", (2025, 12, 1), (2025, 12, 31)),
        ("in 2024", (2024, 1, 1), (2024, 12, 31)),
        ("since October", (2025, 10, 1), (2026, 2, 6)),
        ("Since the US election on 5 November", (2025, 11, 5), (2026, 2, 6)),
        ("from 28 January to 5 February", (2026, 1, 28), (2026, 2, 5)),
        ("1月末から2月上旬にかけて", (2026, 1, 20), (2026, 2, 10)),
        ("between late January and early February", (2026, 1, 20), (2026, 2, 10)),
        ("before 2020", (1990, 1, 1), (2019, 12, 31)),
        ("2020年以前", (1990, 1, 1), (2019, 12, 31)),
        ("10月以降", (2025, 10, 1), (2026, 2, 6)),
        ("Q4 2025", (2025, 10, 1), (2025, 12, 31)),
        ("過去30日", (2026, 1, 7), (2026, 2, 6)),
        ("on Thursday", (2026, 2, 5), (2026, 2, 5)),
        ("5日に", (2026, 2, 5), (2026, 2, 5)),
        ("the first week of February", (2026, 2, 1), (2026, 2, 7)),
        ("in the week to 6 February", (2026, 1, 31), (2026, 2, 6)),
        ("the 2025 high", (2025, 1, 1), (2025, 12, 31)),
    ],
)
def test_periods_mean_what_they_meant_on_the_day(text, start, end):
    (found,) = periods(narrow(text), DAY)
    assert (found.start, found.end) == (date(*start), date(*end))


def test_a_verb_is_no_month():
    assert periods("miners may fall", DAY) == ()
    assert periods("they march on", DAY) == ()


@pytest.mark.parametrize(
    ("text", "day", "how"),
    [
        ("6 February 2026\nGold rose on 2 Jan 2025.", (2026, 2, 6), "text"),
        ("2026年2月9日 金が上昇", (2026, 2, 9), "text"),
        ("x" * 500 + " as of February 5, 2026 and 3 March 2025", (2026, 2, 5), "latest"),
        ("Gold in February 2026", (2026, 2, 28), "month"),
    ],
)
def test_the_day_of_a_text_is_found(text, day, how):
    assert stated_day(text, date(2100, 1, 1)) == (date(*day), how)


def test_no_day_is_made_up():
    assert stated_day("Gold rose in February.", date(2100, 1, 1)) is None


def series(text):
    return [mention.series for mention in lexicon(SPECS).mentions(narrow(text))]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("VanEck Gold Miners ETF (GDX) and gold stocks", ["gdx", "gdx"]),
        ("金鉱株と金、金利、資金、金融、銀行", ["gdx", "gold"]),
        ("米10年実質金利とナスダック100", ["dfii10", "qqq"]),
        ("gold miners, the metal and bullion", ["gdx", "gold", "gold"]),
        ("Goldman likes golden rules", []),
        ("ドル高と円安、100ドル、5円", ["dxy", "usdjpy"]),
    ],
)
def test_names_are_found_and_words_that_hold_them_are_not(text, ids):
    assert series(text) == ids


def test_markup_is_taken_off():
    page = (
        "<html><head><style>b{}</style><script>x</script></head><p>Gold <b>rose</b> &amp; fell</p>"
    )
    assert plain(page) == "Gold rose & fell"
    assert plain("# Head\n\n- **Gold** rose [5%](http://a.b)\n") == "Head\n\nGold rose 5%"
    assert plain("---\ndate: 2026-02-06\n---\nGold rose.") == "Gold rose."


def test_broken_lines_are_joined_and_headings_are_not():
    text = (
        "Bitcoin slid from above $120,000 in October to under\n$63,000 on 5 February.\n"
        "Short\nGold rose."
    )
    assert plain(text).split("\n") == [
        "Bitcoin slid from above $120,000 in October to under $63,000 on 5 February.",
        "Short",
        "Gold rose.",
    ]
    japanese = (
        "ビットコインは昨年十月の高値から大きく値を下げ、年初来でも二割近い下落とな\nっている。"
    )
    assert "\n" not in plain(japanese)


def test_a_sentence_is_cut_where_another_asset_takes_over():
    found = list(clauses("Bitcoin fell 30%, while gold rose 3%.", DAY, SPECS))
    assert [clause.subjects(clause.amounts[0].start) for clause in found] == [("btc",), ("gold",)]
    found = list(clauses("ビットコインは3割下落し、金は3%上昇した。", DAY, SPECS))
    assert [clause.subjects(clause.amounts[0].start) for clause in found] == [("btc",), ("gold",)]


def test_both_means_the_two_the_text_is_about():
    text = "Bitcoin fell. Gold miners fell. Bitcoin and gold miners are watched. Both are risky."
    assert set(list(clauses(text, DAY, SPECS))[-1].subjects()) == {"btc", "gdx"}


def test_language_is_told_from_letters():
    assert language_of("金価格は上昇した。GDX") == "ja"
    assert language_of("Gold (金) rose against most other assets in January.") == "en"


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=400))
def test_narrowing_moves_no_letter_and_reading_never_fails(text):
    assert len(narrow(text)) == len(text)
    whole = plain(text)
    for start, end in sentences(whole):
        assert 0 <= start < end <= len(whole)
    for clause in clauses(whole, DAY, SPECS):
        assert whole[clause.start : clause.start + len(clause.text)] is not None
        assert all(0 <= a.start < a.end <= len(clause.text) for a in clause.amounts)


PIECES = st.sampled_from(
    [
        "bitcoin ", "gold ", "fell ", "rose ", "30% ", "$100,000 ", "in October ", "since ",
        "from ", "to ", "金は", "ビットコイン", "下落した。", "約3割", "6万ドル台", "から",
        "昨年10月の高値", "相関は0.5", ". ", "\n", "if ", "because ", "correlation ",
        "200-week average ", "<b>", "&amp;", "(", ")", "1日で",
    ]
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_no_mixture_of_words_breaks_a_rule(text):
    from comove.answers.audit.extracting import extract

    claims, unread = extract(plain(text), DAY, SPECS)
    whole = plain(text)
    for claim in claims:
        low, high = claim.place
        assert narrow(whole[low:high]) == claim.quote
    assert all(0 <= low < high <= len(whole) for low, high in unread)


HOSTILE = [
    "<" * 200_000,
    "<!--" * 50_000,
    "[a](" * 40_000,
    "*a" * 100_000,
    "1" * 200_000,
    "1," * 100_000,
    "1万" * 100_000,
    "bitcoin " * 25_000,
    "since " * 30_000,
    "\n" * 200_000 + "bitcoin",
    "bitcoin fell 30% from its peak of $100,000 in october and gold rose " * 3_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_text_that_is_none_comes_to_an_end(text):
    from comove.answers.audit.extracting import MOST, extract
    from comove.answers.audit.structured import is_structured

    assert not is_structured(text)
    claims, unread = extract(plain(text), DAY, SPECS)
    assert len(claims) <= MOST
    assert all(high - low <= 700 for low, high in unread)
