"""The page as a whole: complete, self-contained, escaped, the same every time."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest

from comove.core.diagnosis import Diagnosis
from comove.core.document import Badge, Block, Document, Paragraph, Section, Table
from comove.core.errors import OutputError
from comove.core.exhibit import Exhibit
from comove.core.message import Name, Quantity, say
from comove.report.charts.render import WORDS as CHART_WORDS
from comove.report.explain import compose
from comove.report.words import Words
from comove.report.writers.html import writer

from . import fake

INLINE = {"span", "b", "svg", "path", "rect"}
VOID = {"meta", "link", "br", "path", "rect"}


class Page(HTMLParser):
    """Reads a page; refuses tags that do not close."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.text.append("" if tag in INLINE else " ")
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        self.text.append("" if tag in INLINE else " ")
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.text.append(data)

    def all(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        return [
            held for name, held in self.tags if name == tag and attributes.items() <= held.items()
        ]

    def words(self) -> str:
        return " ".join("".join(self.text).split())


def document(diagnosis: Diagnosis, titles: dict | None = None) -> Document:
    return compose(diagnosis, titles or fake.TITLES, fake.WORDS)


def html(made: Document, language: str = "en") -> str:
    return writer.write(made, language).decode()


def small(*blocks: Block, words: tuple[str, ...] = fake.WORDS) -> Document:
    return Document(
        title=say("report.title", assets=(Name("btc"), Name("gdx"))),
        headline=(say("explain.headline.why", channel=Name("channel.gold"), asset=Name("gdx")),),
        sections=(Section(key="why", blocks=blocks),),
        titles=fake.TITLES,
        words=words,
        payload={},
        records=(),
        colophon=say("explain.exhibit.gold_ratio"),
    )


@pytest.fixture(scope="module", params=["en", "ja"])
def language(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def page(diagnosis: Diagnosis, language: str) -> Page:
    return Page(html(document(diagnosis), language))


def test_the_page_names_its_language_title_and_summary(page: Page, language: str) -> None:
    (root,) = page.all("html")
    assert root["lang"] == language
    assert page.all("meta", name="viewport")
    (summary,) = page.all("meta", name="description")
    words = Words.load(language, fake.WORDS, fake.TITLES)
    made = document(fake.diagnosis())
    assert summary["content"] == words.prose(made.headline)
    text = page.words()
    assert words.text(made.title) in text
    assert words.prose(made.headline) in text
    assert words.text(made.colophon) in text


def test_nothing_is_fetched_and_nothing_is_run(page: Page) -> None:
    assert not page.all("script")
    assert not page.all("img")
    assert not page.all("iframe")
    for _, attributes in page.tags:
        assert not any(name.startswith("on") for name in attributes)
        for name in ("src", "href"):
            target = attributes.get(name, "#")
            assert target.startswith("#") or target == "data:,"
    (policy,) = page.all("meta", **{"http-equiv": "Content-Security-Policy"})
    assert policy["content"].startswith("default-src 'none'")


def test_the_stylesheet_asks_for_nothing_either(diagnosis: Diagnosis) -> None:
    style = html(document(diagnosis)).split("<style>")[1].split("</style>")[0]
    assert "@import" not in style
    assert "url(" not in style
    assert "@font-face" not in style


def test_every_section_of_the_document_is_there_in_order(page: Page, language: str) -> None:
    keys = [section.key for section in document(fake.diagnosis()).sections]
    ids = [held["id"] for held in page.all("section") if "id" in held]
    assert ids == keys
    words = Words.load(language)
    for key in keys:
        assert words.label(f"section.{key}") in page.words()


def test_ids_are_unique_and_every_link_finds_its_place(page: Page) -> None:
    ids = [held["id"] for _, held in page.tags if "id" in held]
    assert len(ids) == len(set(ids))
    for held in page.all("a"):
        assert held["href"].removeprefix("#") in ids
    for _, held in page.tags:
        if "aria-labelledby" in held:
            assert held["aria-labelledby"] in ids


def test_every_picture_is_labelled_and_ornaments_are_hidden(page: Page) -> None:
    pictures = page.all("svg")
    assert len(pictures) > 10
    for held in pictures:
        assert held.get("aria-hidden") == "true" or (held["role"] == "img" and held["aria-label"])


def test_every_heading_of_a_table_has_a_scope(page: Page) -> None:
    heads = page.all("th")
    assert heads
    assert {held["scope"] for held in heads} == {"col", "row"}
    assert len(page.all("caption")) == len(page.all("table"))


def test_every_sentence_and_cell_of_the_document_is_on_the_page(
    diagnosis: Diagnosis, language: str, page: Page
) -> None:
    made = document(diagnosis)
    words = Words.load(language, made.words, made.titles)
    text = page.words()

    def shown(sentence: str) -> bool:
        return " ".join(sentence.split()) in text

    for section in made.sections:
        for block in section.blocks:
            if isinstance(block, Paragraph):
                assert shown(words.prose(block.says))
            elif isinstance(block, Badge):
                assert shown(words.text(block.title))
                assert shown(words.label(f"verdict.{block.verdict}"))
            elif isinstance(block, Exhibit):
                assert shown(words.text(block.caption))
            else:
                assert shown(words.text(block.title))
                for row in block.rows:
                    assert all(shown(words.cell(cell)) for cell in row)


def test_every_verdict_is_listed_at_a_glance_and_leads_to_its_reasons(page: Page) -> None:
    count = len(fake.diagnosis().readings)
    links = [held["href"] for held in page.all("a")]
    assert links == [f"#verdict-{place}" for place in range(1, count + 1)]
    assert [held["id"] for held in page.all("article")] == [link[1:] for link in links]


def test_the_first_picture_stands_below_the_headline_and_nowhere_else(page: Page) -> None:
    ids = [held["id"] for held in page.all("figure")]
    assert ids[0] == "paths"
    assert ids.count("paths") == 1
    order = [held.get("id") or tag for tag, held in page.tags if tag in ("figure", "section")]
    assert order[0] == "paths"


def test_pictures_of_a_section_come_before_its_tables(diagnosis: Diagnosis) -> None:
    text = html(document(diagnosis))
    why = text[text.index('<section id="why"') :]
    assert why.index('<figure id="split"') < why.index("<table")


def test_titles_and_sentences_cannot_smuggle_markup(diagnosis: Diagnosis) -> None:
    nasty = """<script>alert("x")</script>&'$title"""
    titles = {**fake.TITLES, "gdx": {"en": nasty, "ja": nasty}}
    for language in ("en", "ja"):
        text = html(document(diagnosis, titles), language)
        assert "<script" not in text
        assert "alert(&quot;x&quot;)" in text
        assert nasty in unescape(text)
        assert not Page(text).all("script")


def test_the_same_document_gives_the_same_bytes(diagnosis: Diagnosis, language: str) -> None:
    first = writer.write(document(diagnosis), language)
    assert writer.write(document(diagnosis), language) == first


def test_numbers_are_the_same_in_both_languages(diagnosis: Diagnosis) -> None:
    made = document(diagnosis)
    intervals = [
        re.findall(r'class="interval">(\[[^<]*\])', html(made, language))
        for language in ("en", "ja")
    ]
    assert intervals[0] == intervals[1]
    assert len(intervals[0]) > 30


def test_the_page_stays_small(diagnosis: Diagnosis, language: str) -> None:
    assert len(writer.write(document(diagnosis), language)) < 200_000


def test_a_diagnosis_with_little_to_say_still_makes_a_page(language: str) -> None:
    calm = Page(html(document(fake.calm()), language))
    assert calm.all("figure")
    assert "explain." not in calm.words()


def test_a_document_of_tables_alone_makes_a_page(language: str) -> None:
    table = Table(
        title=say("explain.exhibit.gold_ratio"),
        columns=("asset", "price"),
        rows=((Name("btc"), Quantity(62702.0, "usd")),),
    )
    page = Page(html(small(table), language))
    assert not page.all("figure")
    assert not page.all("a")
    assert len(page.all("table")) == 1


def test_an_exhibit_without_rows_leaves_no_empty_frame() -> None:
    empty = Exhibit(
        key="e", kind="lines", columns={"day": ()}, caption=say("explain.exhibit.gold_ratio")
    )
    page = Page(html(small(empty, Paragraph(says=(say("explain.exhibit.gold_ratio"),)))))
    assert not page.all("figure")
    assert not page.all("div", **{"class": "key"})


def test_a_date_in_the_headline_is_kept_in_one_line(diagnosis: Diagnosis) -> None:
    english, japanese = (html(document(diagnosis), language) for language in ("en", "ja"))
    assert '<span class="day">5 Feb 2026</span>' in english
    assert '<span class="day">2026年1月28日</span>' in japanese


def test_a_page_without_verdicts_uses_its_whole_width(diagnosis: Diagnosis) -> None:
    assert '<main class="study">' in html(document(diagnosis))
    assert '<main class="register">' in html(small(Paragraph(says=(say("verdict.supports"),))))


def test_a_document_without_headline_has_no_empty_one() -> None:
    bare = replace(small(Paragraph(says=(say("verdict.supports"),))), headline=())
    assert not Page(html(bare)).all("p", **{"class": "headline"})


def test_items_form_one_list_and_notes_are_small_print() -> None:
    says = (say("explain.exhibit.gold_ratio"),)
    page = Page(
        html(
            small(
                Paragraph(says=says, role="item"),
                Paragraph(says=says, role="item"),
                Paragraph(says=says, role="note"),
            )
        )
    )
    assert (len(page.all("ul")), len(page.all("li"))) == (1, 2)
    assert page.all("p", **{"class": "note"})


def test_a_missing_word_or_kind_is_an_error_not_a_hole() -> None:
    strange = Exhibit(key="k", kind="pie", columns={"a": (1,)}, caption=say("verdict.supports"))
    with pytest.raises(OutputError):
        writer.write(small(strange), "en")
    with pytest.raises(OutputError):
        writer.write(small(Paragraph(says=(say("no.such.key"),))), "en")


def test_folders_that_the_document_names_already_are_not_read_twice() -> None:
    made = small(
        Paragraph(says=(say("explain.exhibit.gold_ratio"),)), words=(*fake.WORDS, CHART_WORDS)
    )
    assert writer.write(made, "en") == writer.write(replace(made, words=fake.WORDS), "en")
