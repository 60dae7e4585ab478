"""``comove audit``: files, standard input, encodings, exit codes, what goes wrong."""

import io
import json
import sys
from pathlib import Path

import pytest

TRUE_EN = "6 February 2026. Bitcoin closed at $62,702 on 5 February 2026.\n"
FALSE_JA = "2026年2月6日\n\nビットコインの2月5日の終値は8万1,000ドルだった。\n"
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def file(tmp_path):
    def written(content, name="text.txt", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return written


def test_a_text_that_holds_leaves_with_0(alone, file):
    found = alone("audit", file(TRUE_EN))
    assert found.code == 0
    assert "holds" in found.text


def test_a_claim_that_fails_leaves_with_1(alone, file):
    found = alone("audit", file(FALSE_JA), "--lang", "ja")
    assert found.code == 1
    assert "不成立" in found.text
    assert "訂正案: ビットコインの2026年2月5日の終値は62,702ドル。" in found.text.replace(
        "\n", ""
    ).replace("  ", "")


@pytest.mark.parametrize("encoding", ["cp932", "euc_jp", "iso2022_jp", "utf-8-sig", "utf-16"])
def test_japanese_encodings_are_read(alone, file, encoding):
    found = alone("audit", file(FALSE_JA, encoding=encoding), "--format", "json")
    payload = json.loads(found.out)
    assert payload["language"] == "ja"
    assert [entry["verdict"] for entry in payload["findings"]] == ["does_not_hold"]


def test_western_letters_are_read(alone, file):
    found = alone(
        "audit",
        file("6 February 2026. Caf\u00e9: gold rose 9% in January 2026.", encoding="cp1252"),
    )
    assert found.code == 0


def test_standard_input_is_a_dash(alone, monkeypatch):
    class Given:
        buffer = io.BytesIO(TRUE_EN.encode())

    monkeypatch.setattr(sys, "stdin", Given())
    assert "holds" in alone("audit", "-").text


def test_the_date_is_asked_for_when_the_text_states_none(alone, file):
    text = file("Bitcoin closed at $62,702.")
    refused = alone("audit", text)
    assert (refused.code, "--date" in refused.err) == (2, True)
    assert alone("audit", text, "--date", "2026-02-05").code == 0
    assert alone("audit", text, "--asof", "2026-02-05").code == 0
    assert alone("audit", file("Bitcoin closed at $62,702.", "2026-02-05-note.md")).code == 0


@pytest.mark.parametrize(
    ("name", "content", "code", "word"),
    [
        ("missing.txt", None, 2, "no file"),
        ("binary.txt", b"\x00\x01\x02PNG", 3, "not a text"),
        ("odd.txt", b"\x81\x00\xff\xfe\xfd", 3, "not a text"),
        ("empty.txt", b"", 2, "nothing to audit"),
        ("broken.toml", b"[[claim]]\nkind = ", 2, "cannot be read"),
        ("strange.toml", b'date = 2026-02-06\n[[claim]]\nkind = "dream"\n', 2, "no kind of claim"),
        ("field.toml", b'date = 2026-02-06\n[[claim]]\nkind = "fall"\nwhy = 1\n', 2, "no field"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(alone, tmp_path, name, content, code, word):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    found = alone("audit", path)
    assert found.code == code
    assert word in found.err
    assert found.err.count("\n") == 1
    assert "Traceback" not in found.err


def test_a_folder_is_no_text(alone, tmp_path):
    found = alone("audit", tmp_path)
    assert (found.code, "folder" in found.err) == (2, True)


def test_structured_claims_are_read_from_toml(alone):
    found = alone("audit", EXAMPLES / "claims.toml", "--format", "json")
    assert found.code == 1
    assert [entry["verdict"] for entry in json.loads(found.out)["findings"]] == [
        "holds",
        "misleading",
        "does_not_hold",
    ]


def test_the_plan_names_what_the_claims_need(alone, file):
    found = alone("audit", file(TRUE_EN), "--plan")
    assert found.code == 0
    assert "btc" in found.text
    assert "gdx" not in found.text


@pytest.mark.parametrize("form", ["text", "md", "html", "csv", "json"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_format_in_both_languages(alone, form, language):
    found = alone("audit", EXAMPLES / "commentary.md", "--format", form, "--lang", language)
    assert found.code == 1
    assert len(found.out) > 1000
    assert "{" not in found.text or form in ("json", "html")


def test_the_numbers_are_the_same_in_both_languages(alone):
    spoken = [
        alone("audit", EXAMPLES / "commentary.md", "--format", "json", "--lang", language).out
        for language in ("en", "ja")
    ]
    assert spoken[0] == spoken[1]


def test_a_hostile_text_stays_a_text(alone, file):
    text = (
        "6 February 2026. <script>alert(1)</script> Bitcoin closed at $62,702 on 5 February 2026. "
        "\"><img src=x onerror=alert(2)> Gold & 'silver' `rose` \x1b[31m 9% in January 2026.\n"
    )
    page = alone("audit", file(text, "note.txt"), "--format", "html").text
    assert "<script" not in page
    assert "<img" not in page
    assert "\x1b" not in alone("audit", file(text, "note.txt"), "--format", "text").text
