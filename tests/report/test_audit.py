"""An audit as a document: marked text, verdicts by sign, corrections in the text's language."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from comove.core.audit_question import AuditQuestion
from comove.core.document import Badge, Passage, Table
from comove.report.audit.marking import marked
from comove.report.render import render

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "examples" / "commentary.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def audit(desk):
    return desk.ask(AuditQuestion(text=TEXT))


@pytest.fixture(scope="module")
def document(desk, audit):
    return desk.document(audit)


def blocks(document, kind):
    return [block for part in document.sections for block in part.blocks if isinstance(block, kind)]


def test_the_table_of_verdicts_comes_first(document, audit):
    first = document.sections[0].blocks[0]
    assert isinstance(first, Table)
    assert len(first.rows) == len(audit.findings) == len(blocks(document, Badge))


def test_the_text_is_whole_and_every_claim_is_marked_in_it(document, audit):
    (passage,) = blocks(document, Passage)
    shown = "\n".join("".join(run.text for run in line) for line in passage.paragraphs)
    assert shown == re.sub(r"\n+", "\n", audit.question.text)
    numbers = {number for line in passage.paragraphs for run in line for number in run.numbers}
    assert numbers == {entry.number for entry in audit.findings}


def test_a_stretch_with_several_claims_shows_the_gravest(audit):
    runs = {number: run for line in marked(audit) for run in line for number in run.numbers}
    grave = [entry for entry in audit.findings if entry.verdict == "does_not_hold"]
    assert grave
    assert all(runs[entry.number].verdict == "does_not_hold" for entry in grave)


def test_the_page_needs_no_script_and_marks_lead_to_the_evidence(document):
    page = render(document, "html", "en").decode()
    assert "<script" not in page
    assert 'class="claim fails" href="#verdict-' in page
    for target in re.findall(r'href="#(verdict-\d+)"', page):
        assert f'id="{target}"' in page
    assert page.index("Claims and verdicts") < page.index('class="passage"')


def test_colour_is_never_the_only_sign(document):
    page = render(document, "html", "en").decode()
    marks = re.findall(r'<a class="claim [^>]*>.*?</a>', page)
    assert marks
    assert all(re.search(r"[✓✗!?–]", mark) and 'class="spoken"' in mark for mark in marks)


def test_the_correction_speaks_the_language_of_the_text(desk):
    japanese = desk.ask(
        AuditQuestion(text="ビットコインの2月5日の終値は8万1,000ドルだった。", asof="2026-02-06")
    )
    page = render(desk.document(japanese), "text", "en").decode()
    assert "ビットコインの2026年2月5日の終値は62,702ドル。" in page.replace("\n", "").replace(
        "  ", ""
    )


def test_markdown_repeats_the_text_with_numbers(document):
    text = render(document, "md", "en").decode()
    assert "<sup>✗" in text
    assert "> " in text


def test_a_quoted_text_cannot_break_out(desk):
    evil = 'Gold "rose" <b>9%</b> & <script>x</script> in January 2026 [a](javascript:1) | `x` *y*.'
    document = desk.document(desk.ask(AuditQuestion(text=evil, asof="2026-02-06", source="a.txt")))
    page = render(document, "html", "en").decode()
    assert "<script" not in page.split("</style>")[1]
    assert 'href="javascript' not in page
    quoted = render(document, "md", "ja").decode().split("\n> ")[1].split("\n")[0]
    assert "|" not in quoted.replace("\\|", "")


def test_the_payload_is_valid(audit):
    schema = json.loads((ROOT / "src/comove/report/schema/audit.json").read_text("utf-8"))
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    payload = json.loads(json.dumps(audit.to_dict()))
    assert [error.json_path for error in validator.iter_errors(payload)] == []
    payload["findings"][0]["verdict"] = "perhaps"
    assert list(validator.iter_errors(payload))


def test_a_row_per_figure(audit):
    rows = audit.to_records()
    assert {row["number"] for row in rows} == {entry.number for entry in audit.findings}
    assert all({"verdict", "rule", "quote", "kind"} <= set(row) for row in rows)
