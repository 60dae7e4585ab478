"""JSON, CSV and Markdown."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace

import pytest

from comove.core.document import Document, Section, Table
from comove.core.message import say
from comove.core.protocols import Writer
from comove.report.inventory import compose_check
from comove.report.writers import csv as csv_writer
from comove.report.writers import json as json_writer
from comove.report.writers import md, text

from . import fake


@pytest.mark.parametrize("module", [json_writer, csv_writer, md, text])
def test_every_writer_keeps_the_protocol(module):
    writer: Writer = module.writer
    assert writer.format == module.__name__.rpartition(".")[2]


def test_json_is_the_payload(document, diagnosis):
    data = json_writer.writer.write(document, "en")
    assert json.loads(data) == json.loads(json.dumps(diagnosis.to_dict()))
    assert data.endswith(b"}\n")
    keys = list(json.loads(data))
    assert keys == sorted(keys)


def test_json_knows_no_language(document):
    assert json_writer.writer.write(document, "en") == json_writer.writer.write(document, "ja")


def test_json_writes_null_for_what_is_not_a_number(document):
    odd = replace(document, payload={"value": float("nan")})
    assert json.loads(json_writer.writer.write(odd, "en")) == {"value": None}


def test_csv_holds_every_estimate(document, diagnosis):
    rows = list(csv.DictReader(io.StringIO(csv_writer.writer.write(document, "en").decode())))
    assert len(rows) == len(diagnosis.to_records())
    found = {row["path"]: row for row in rows}
    gold = found["why.returns.gdx.parts.gold.estimate"]
    assert float(gold["value"]) == -0.243
    assert gold["unit"] == "log_return"
    assert gold["exact"] == "false"
    assert found["together.paths.btc.move"]["low"] == ""


def test_csv_has_no_mark_and_plain_line_ends(document):
    data = csv_writer.writer.write(document, "ja")
    assert not data.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in data
    assert data == csv_writer.writer.write(document, "en")


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@cmd", "\tx"])
def test_csv_never_holds_a_formula(document, value):
    odd = replace(document, records=({"id": value, "value": -1.5},))
    (row,) = csv.DictReader(io.StringIO(csv_writer.writer.write(odd, "en").decode()))
    assert row == {"id": f"'{value}", "value": "-1.5"}


def test_csv_of_nothing_is_a_heading_line(document):
    assert csv_writer.writer.write(replace(document, records=()), "en") == b"\n"


def test_csv_rows_may_lack_fields(document):
    odd = replace(document, records=({"a": 1}, {"b": 2}))
    assert csv_writer.writer.write(odd, "en") == b"a,b\n1,\n,2\n"


def markdown(document, language="en"):
    return md.writer.write(document, language).decode()


def test_markdown_tables_are_rectangular(document):
    text = markdown(document)
    blocks = re.findall(r"(?:^\|.*\|$\n?)+", text, re.MULTILINE)
    assert len(blocks) == sum(
        isinstance(block, Table) for entry in document.sections for block in entry.blocks
    )
    for block in blocks:
        cells = {len(re.findall(r"(?<!\\)\|", line)) for line in block.strip().splitlines()}
        assert len(cells) == 1
        assert set(block.splitlines()[1]) <= set("|-: ")


def test_markdown_aligns_figures_right(document):
    text = markdown(document)
    assert re.search(r"\| part \| log points \| drivers \|\n\| --- \| ---: \| --- \|", text)


def test_markdown_escapes_markup(document):
    odd = replace(
        document,
        title=say("channels.level", series="<b>a|b*_`#", level="1"),
        sections=(),
    )
    first = markdown(odd).splitlines()[0]
    assert r"\<b\>a\|b\*\_\`\#" in first
    assert "over the baseline \\| no change" in markdown(document)


def test_markdown_leaves_no_entity_to_decode():
    assert md.escape("S&P 500 &lt;b&gt; &#60;") == r"S&P 500 \&lt;b\&gt; \&\#60;"


def test_markdown_keeps_lists_together(document):
    lines = markdown(document).splitlines()
    items = [place for place, line in enumerate(lines) if line.startswith("- ")]
    assert items == list(range(items[0], items[0] + 3))


def test_markdown_shows_all_evidence_and_every_caption(document, words):
    text = markdown(document, words.language)
    assert text.count("| ---") >= 10
    for exhibit in ("explain.exhibit.gold_beta", "explain.exhibit.gold_ratio"):
        assert md.escape(words.label(exhibit)) in text


def test_markdown_of_nothing(document):
    made = markdown(replace(document, headline=(), sections=()))
    assert made.count("#") == 1
    assert "****" not in made


def test_a_table_without_rows(document):
    empty = Table(title=say("table.paths"), columns=("measure", "btc"), rows=())
    made = markdown(replace(document, sections=(Section(key="together", blocks=(empty,)),)))
    assert "| measure | Bitcoin |\n| --- | --- |\n" in made


def test_findings_are_plain_data_too():
    made: Document = compose_check(fake.findings(), (), fake.TITLES, fake.WORDS)
    data = json.loads(json_writer.writer.write(made, "en"))
    assert [entry["outcome"] for entry in data["findings"]] == ["problem", "note", "ok"]
