"""The command line gives what the library gives, in five formats and two languages."""

import csv
import io
import json
import os
import shlex
import subprocess
import sys
from dataclasses import fields
from datetime import date

import pytest

import comove as library
from comove.core.question import Question
from comove.core.registry import members
from comove.data.reader import Facts

STANDING = ("explain", "BTC", "GDX", "--asof", "2026-02-06", "--replications", "99")
FORMATS = ("text", "json", "csv", "md", "html")
SUFFIXES = {
    "txt": "text",
    "json": "json",
    "csv": "csv",
    "md": "md",
    "markdown": "md",
    "html": "html",
    "htm": "html",
    "HTML": "html",
}


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("form", FORMATS)
def test_every_format_in_both_languages(comove, form, language):
    outcome = comove(*STANDING, "--format", form, "--lang", language)
    assert (outcome.code, outcome.err) == (0, "")
    assert len(outcome.out) > 2_000
    assert outcome.out.endswith(b"\n")
    japanese = any("ぁ" <= letter <= "ん" for letter in outcome.text)
    assert japanese == (language == "ja" and form not in ("json", "csv"))


def test_the_formats_are_all_there_are():
    assert set(members("comove.report.writers")) == set(FORMATS)


def test_json_is_byte_for_byte_what_the_library_says(alone, desk):
    from comove.report.render import render

    outcome = alone(*STANDING, "--format", "json")
    found = library.explain("BTC", "GDX", asof="2026-02-06", replications=99)
    assert outcome.out == render(desk.document(found), "json", "en")
    payload = json.loads(outcome.out)
    assert payload == json.loads(json.dumps(found.to_dict()))
    assert (payload["schema"], payload["answer"]) == (1, "explain")


def test_json_is_the_same_in_every_language(comove):
    outcomes = [comove(*STANDING, "--format", "json", "--lang", lang).out for lang in ("en", "ja")]
    assert outcomes[0] == outcomes[1]


def test_csv_has_a_row_for_every_estimate(comove, ask):
    outcome = comove(*STANDING, "--format", "csv")
    found = ask("BTC GDX", asof="2026-02-06")
    rows = list(csv.DictReader(io.StringIO(outcome.text)))
    assert [row["path"] for row in rows] == [record["path"] for record in found.to_records()]
    assert len({row["path"] for row in rows}) == len(rows) > 100
    for row, record in zip(rows, found.to_records(), strict=True):
        assert float(row["value"]) == record["value"]
        assert (row["low"] == "") == (record["low"] is None)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_out_writes_the_format_the_file_ends_in(comove, tmp_path, suffix):
    out = tmp_path / f"answer.{suffix}"
    written = comove(*STANDING, "--out", out)
    assert (written.code, written.out, written.err) == (0, b"", "")
    shown = comove(*STANDING, "--format", SUFFIXES[suffix])
    assert out.read_bytes() == shown.out
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_a_format_that_is_asked_for_wins_over_the_suffix(comove, tmp_path):
    out = tmp_path / "answer.txt"
    comove(*STANDING, "--format", "json", "-o", out)
    assert json.loads(out.read_text())["answer"] == "explain"


def test_out_replaces_what_was_there(comove, tmp_path):
    out = tmp_path / "answer.json"
    out.write_text("x" * 10**6)
    comove(*STANDING, "--out", out)
    assert json.loads(out.read_text())["schema"] == 1


FLAGS = {
    "asof": (("--asof", "2026-02-05"), "2026-02-05"),
    "window": (("--window", "2026-01-28:2026-02-04"), ["2026-01-28", "2026-02-04"]),
    "baseline": (("--baseline", "500"), 500),
    "dependence": (("--dependence", "42"), 42),
    "channels": (("--channel", "gold", "--channel", "risk"), ["gold", "risk"]),
    "replications": (("--replications", "120"), 120),
    "level": (("--level", "0.9"), 0.9),
    "seed": (("--seed", "11"), 11),
}


@pytest.mark.parametrize("name", FLAGS)
def test_every_flag_reaches_the_question(comove, name):
    words, expected = FLAGS[name]
    base = STANDING if name != "asof" else ("explain", "BTC", "GDX", "--replications", "99")
    payload = json.loads(comove(*base, *words, "--format", "json").out)
    assert payload["question"][name] == expected


def test_the_flags_are_the_fields_of_the_question():
    assert {entry.name for entry in fields(Question)} == {"assets", *FLAGS}


def test_window_auto_is_the_default(comove):
    words = (*STANDING, "--format", "json")
    assert comove(*words, "--window", "auto").out == comove(*words).out


def test_names_in_any_language_are_the_same_question(comove):
    tail = (*STANDING[3:], "--format", "json")
    assert (
        comove("explain", "ビットコイン", "金鉱株", *tail).out
        == comove("explain", "BTC-USD", "gold miners", *tail).out
        == comove(*STANDING, "--format", "json").out
    )


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_plan_says_what_would_be_read_and_reads_nothing(comove, monkeypatch, form, language):
    def refuse(*_, **__):
        raise AssertionError("a plan reads nothing")

    monkeypatch.setattr(Facts, "read", refuse)
    outcome = comove(*STANDING, "--plan", "--format", form, "--lang", language)
    assert (outcome.code, outcome.err) == (0, "")
    for series in ("btc", "gdx", "dfii10", "usdjpy", "gld"):
        assert series in outcome.text


def test_the_plan_reads_exactly_what_the_answer_reads(alone, monkeypatch):
    plan = json.loads(alone(*STANDING, "--plan", "--format", "json").out)
    asked = []
    read = Facts.read

    def watched(self, ids, tables=(), day=None):
        asked.append((list(ids), list(tables), day))
        return read(self, ids, tables, day)

    monkeypatch.setattr(Facts, "read", watched)
    alone(*STANDING, "--format", "json")
    text = json.dumps(plan)
    ((ids, tables, day),) = asked
    assert day == date(2026, 2, 6)
    assert all(json.dumps(name) in text for name in (*ids, *tables))


def test_help_lists_every_command(comove):
    outcome = comove("--help")
    assert outcome.code == 0
    for command in (*members("comove.answers"), "data"):
        assert f" {command} " in outcome.text
    inside = comove("data", "-h").text
    assert all(f" {command} " in inside for command in ("list", "status", "check"))


def test_help_of_a_command_explains_every_field(comove):
    text = " ".join(comove("explain", "--help").text.replace("│", " ").split())
    for entry in fields(Question):
        assert entry.metadata["help"] in text
    for flag in ("--asof", "--window", "--channel", "--format", "--lang", "--out", "--plan"):
        assert flag in text


def test_without_a_command_the_help_is_shown(comove):
    outcome = comove()
    assert outcome.code == 2
    assert "explain" in outcome.text + outcome.err


def test_the_version(comove):
    outcome = comove("--version")
    assert (outcome.code, outcome.text) == (0, f"comove {library.__version__}\n")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script(comove, shell):
    outcome = comove("--show-completion", shell)
    assert outcome.code == 0
    assert "_COMOVE_COMPLETE" in outcome.text


def test_the_shell_completes_commands_and_options():
    environment = {**os.environ, "_COMOVE_COMPLETE": "complete_bash", "COMP_CWORD": "1"}
    done = subprocess.run(
        [sys.executable, "-c", "from comove.apps.cli import main; main()"],
        capture_output=True,
        text=True,
        timeout=60,
        env={**environment, "COMP_WORDS": "comove ex"},
        check=False,
    )
    assert "explain" in done.stdout


def test_language_of_the_environment_and_a_closed_pipe():
    script = "from comove.apps.cli import main; main()"
    done = subprocess.run(
        f"{shlex.quote(sys.executable)} -c '{script}' data list | head -n 1",
        shell=True,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "COMOVE_LANG": "ja"},
        check=True,
    )
    assert any("ぁ" <= letter <= "ん" or "一" <= letter <= "龥" for letter in done.stdout)
    assert done.stderr == ""


@pytest.mark.parametrize("command", ["list", "status", "check"])
@pytest.mark.parametrize("form", FORMATS)
def test_data_commands_in_every_format(comove, command, form):
    outcome = comove("data", command, "--format", form)
    assert (outcome.code, outcome.err) == (0, "")
    shortened = (command, form) == ("check", "text")
    for series in ("btc",) if shortened else ("btc", "gdx", "dfii10"):
        assert series in outcome.text


@pytest.mark.parametrize("command", ["list", "status", "check"])
def test_data_commands_in_japanese(comove, command):
    outcome = comove("data", command, "--lang", "ja")
    assert (outcome.code, outcome.err) == (0, "")
    assert "データ" in outcome.text


def test_check_leaves_with_one_when_something_is_wrong(comove, monkeypatch):
    from comove.core.holding import Finding
    from comove.desk import Desk

    good = Desk.findings

    def found(self):
        first, *rest = good(self)
        bad = Finding(series=first.series, rule=first.rule, outcome="problem", says=first.says)
        return (bad, *rest)

    monkeypatch.setattr(Desk, "findings", found)
    outcome = comove("data", "check")
    assert outcome.code == 1
    assert "btc" in outcome.text
