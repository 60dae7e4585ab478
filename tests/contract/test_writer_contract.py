"""Every writer in the registry writes every document in both languages, the same every time."""

import copy
import json
import re
from functools import cache

import jsonschema
import pytest

from comove.core.document import Document
from comove.core.registry import members
from comove.report.words import Words

WRITERS = {key: module.writer for key, module in members("comove.report.writers").items()}
DOCUMENTS = {
    "standing": {"assets": "BTC GDX", "asof": "2026-02-06", "replications": 1000},
    "group": {"assets": "GLD GDX SLV", "asof": "2026-02-06"},
    "no episode": {"assets": "QQQ BTC", "asof": "2026-02-06"},
    "rise": {"assets": "BTC GDX", "asof": "2025-08-01"},
    "no split": {"assets": "BTC GDX", "asof": "2016-03-01"},
    "bonds": {"assets": "TLT SPY", "asof": "2022-10-14"},
    "apart": {"assets": "BTC GDX", "asof": "2026-02-06", "window": "2026-02-02:2026-02-06"},
    "latest": {"assets": "BTC GDX"},
}
every_writer = pytest.mark.parametrize("form", WRITERS)
every_document = pytest.mark.parametrize("name", DOCUMENTS)
both_languages = pytest.mark.parametrize("language", ["en", "ja"])


@pytest.fixture(scope="module")
def document_of(desk, ask):
    @cache
    def made(name):
        options = dict(DOCUMENTS[name])
        return desk.document(ask(options.pop("assets"), **options))

    return made


@pytest.fixture(scope="module")
def written(document_of):
    @cache
    def bytes_of(form, name, language):
        return WRITERS[form].write(document_of(name), language)

    return bytes_of


@every_writer
def test_attributes_of_the_protocol(form):
    assert WRITERS[form].format == form
    assert callable(WRITERS[form].write)


@every_writer
@every_document
@both_languages
def test_it_writes_every_document(written, form, name, language):
    data = written(form, name, language)
    assert isinstance(data, bytes)
    text = data.decode("utf-8")
    assert len(text) > 1_000
    assert text.endswith("\n")
    assert "\r\n" not in text or form == "csv"
    if form not in ("json", "csv"):
        prose = re.sub(r"<style.*?</style>|<script.*?</script>", "", text, flags=re.DOTALL)
        assert not re.search(r"\{[a-z_]+(:[a-z]+)?\}", prose)
        assert not re.search(
            r"\b(explain|reading|report|not_estimable)\.[a-z_]+\.?[a-z_]*\b", prose
        )
        assert not re.search(r"\b(nan|inf|None(?! of))\b", prose)


@every_writer
@both_languages
def test_twice_the_same_bytes_and_the_document_as_it_was(document_of, written, form, language):
    document = document_of("standing")
    before = copy.deepcopy(dict(document.payload)), len(document.sections), hash(document.headline)
    assert WRITERS[form].write(document, language) == written(form, "standing", language)
    assert before == (dict(document.payload), len(document.sections), hash(document.headline))


@every_writer
def test_machine_formats_have_no_language(written, form):
    texts = [written(form, "standing", language) for language in ("en", "ja")]
    assert (texts[0] == texts[1]) == (form in ("json", "csv"))


@every_document
def test_json_keeps_the_schema_in_the_package(written, name):
    from comove.report import schema

    payload = json.loads(written("json", name, "en"))
    jsonschema.Draft202012Validator(json.loads(schema_text(schema))).validate(payload)
    broken = {**payload, "together": "maybe"}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(json.loads(schema_text(schema))).validate(broken)


def schema_text(package):
    from importlib.resources import files

    return files(package).joinpath("explain.json").read_text(encoding="utf-8")


@every_document
@both_languages
def test_the_page_stands_alone(written, name, language):
    page = written("html", name, language).decode("utf-8")
    assert len(page.encode()) < 400_000
    assert page.lstrip().lower().startswith("<!doctype html>")
    assert f'lang="{language}"' in page
    assert "<svg" in page
    assert not re.search(r"(?:src|href)\s*=\s*[\"']?(?:https?:)?//", page)
    assert "@import" not in page
    assert not re.search(r"url\(\s*[\"']?https?:", page)


@every_writer
@both_languages
def test_other_documents_can_be_written_too(desk, form, language):
    from comove.core.question import Question
    from comove.report import inventory

    plan = desk.plan_document(desk.plan(Question(assets=("BTC", "GDX"), asof="2026-02-06")))
    holdings = desk.holdings()
    others = [
        plan,
        inventory.compose_list(holdings),
        inventory.compose_status(holdings),
        inventory.compose_check(desk.findings(), (), desk.titles, desk.words()),
    ]
    for document in others:
        assert isinstance(document, Document)
        text = WRITERS[form].write(document, language).decode("utf-8")
        assert "btc" in text
        assert not re.search(r"\{[a-z_]+\}", text) or form in ("json", "html")


@every_document
@both_languages
def test_every_heading_and_column_has_words(document_of, name, language):
    document = document_of(name)
    words = Words.of(document, language)
    for section in document.sections:
        assert words.title(f"section.{section.key}")
        for block in section.blocks:
            for column in getattr(block, "columns", ()) if hasattr(block, "rows") else ():
                assert isinstance(words.column(column), str)
