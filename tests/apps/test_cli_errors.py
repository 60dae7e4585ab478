"""Wrong use: one line, a hint, the documented exit code, nothing written; in both languages."""

import errno
import os
import re
import shutil
from functools import partial

import pytest

from comove.data import history, reader

PAIR = ("explain", "BTC", "GDX")
ASOF = ("--asof", "2026-02-06")

WRONG = {
    "unknown series": (("explain", "BTC", "GDXX"), 2, "gdx, gld"),
    "unknown series ja": (("explain", "ビットコイン", "金鉱"), 2, "gdx"),
    "nothing like it": (("explain", "BTC", "zzzzzzzz"), 2, "comove data list"),
    "one asset": (("explain", "BTC"), 2, "comove explain BTC GDX"),
    "no asset": (("explain",), 2, "comove explain --help"),
    "same asset": (("explain", "BTC", "BTC"), 2, "BTC"),
    "same asset by alias": (("explain", "BTC", "bitcoin"), 2, "btc"),
    "no price": (("explain", "BTC", "VIX"), 2, "comove data list"),
    "before the history": ((*PAIR, "--asof", "2014-12-15"), 3, "2015-01-01"),
    "before the calendars": ((*PAIR, "--asof", "1999-01-04"), 3, "2014-12-01"),
    "after the data": ((*PAIR, "--asof", "2026-12-01"), 3, "--asof 2026-08-27"),
    "after the calendars": ((*PAIR, "--asof", "2035-01-04"), 3, "2034-12-31"),
    "no overlap": (("explain", "BTC", "ETH", "--asof", "2023-06-01"), 3, "2024-01-01"),
    "little overlap": (("explain", "BTC", "ETH", "--asof", "2024-03-01"), 3, "2024-03-01"),
    "ended": (("explain", "BTC", "ETH", "--asof", "2026-08-03"), 3, "--asof 2026-04-16"),
    "short window": ((*PAIR, *ASOF, "--window", "2026-02-04:2026-02-06"), 2, "2026-02-04"),
    "reversed window": ((*PAIR, *ASOF, "--window", "2026-02-05:2026-01-28"), 2, "2026-01-28"),
    "no window": ((*PAIR, *ASOF, "--window", "January"), 2, "2026-01-28:2026-02-05"),
    "window past the as-of day": ((*PAIR, *ASOF, "--window", "2026-01-05:2026-03-01"), 2, "--asof"),
    "window before the history": ((*PAIR, *ASOF, "--window", "2010-01-05:2010-03-01"), 2, "2015"),
    "no date": ((*PAIR, "--asof", "yesterday"), 2, "2026-02-06"),
    "no such day": ((*PAIR, "--asof", "2026-02-30"), 2, "2026-02-30"),
    "small baseline": ((*PAIR, "--baseline", "10"), 2, "250"),
    "few replications": ((*PAIR, "--replications", "5"), 2, "99"),
    "level": ((*PAIR, "--level", "95"), 2, "0.999"),
    "no number": ((*PAIR, "--baseline", "many"), 2, "comove explain --help"),
    "no such option": ((*PAIR, "--weather", "fine"), 2, "comove explain --help"),
    "no such command": (("explane", "BTC", "GDX"), 2, "explain"),
    "no such data command": (("data", "sell"), 2, "comove data --help"),
    "channel": ((*PAIR, *ASOF, "--channel", "astrology"), 2, "gold"),
    "format": ((*PAIR, *ASOF, "--format", "pdf"), 2, "html"),
    "format by suffix": ((*PAIR, *ASOF, "--out", "answer.pdf"), 2, "html"),
    "data format": (("data", "list", "--format", "pdf"), 2, "html"),
}


def one_line(text):
    assert text.endswith("\n")
    assert text.count("\n") == 1
    assert "Traceback" not in text
    assert "{" not in text
    return text.strip()


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("name", WRONG)
def test_wrong_use_is_one_line_with_a_hint(comove, name, language, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words, code, hint = WRONG[name]
    outcome = comove(*words, "--lang", language)
    line = one_line(outcome.err)
    assert outcome.code == code
    assert outcome.out == b""
    assert hint in line
    assert bool(re.search(r"[ぁ-ん]", line)) == (language == "ja")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [PAIR, ("data", "list")], ids=["explain", "data"])
def test_a_language_nobody_speaks_is_refused_in_english(comove, command):
    outcome = comove(*command, "--lang", "fr")
    assert outcome.code == 2
    assert one_line(outcome.err) == "fr is not a language comove writes. Choose from en, ja."


@pytest.mark.parametrize("place", ["missing/answer.json", ".", "file.txt/answer.json"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_file_that_cannot_be_written_is_named(comove, tmp_path, monkeypatch, place, language):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file.txt").write_text("kept")
    outcome = comove(
        *PAIR, *ASOF, "--replications", "99", "--lang", language, "--format", "json", "--out", place
    )
    assert outcome.code == 2
    assert "--out" in one_line(outcome.err)
    assert [path.name for path in tmp_path.iterdir()] == ["file.txt"]
    assert (tmp_path / "file.txt").read_text() == "kept"


def test_a_failed_question_leaves_the_file_of_the_last_one(comove, tmp_path):
    out = tmp_path / "answer.md"
    out.write_text("the last answer")
    assert comove(*PAIR, "--asof", "2035-01-04", "--out", out).code == 3
    assert out.read_text() == "the last answer"
    assert [path.name for path in tmp_path.iterdir()] == ["answer.md"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_write_that_fails_half_way_leaves_the_file_of_the_last_one(
    comove, tmp_path, monkeypatch, number
):
    def fail(*_):
        raise OSError(number, "no more")

    out = tmp_path / "answer.json"
    out.write_text("the last answer")
    monkeypatch.setattr(os, "fdopen", fail)
    outcome = comove(*PAIR, *ASOF, "--replications", "99", "--out", out)
    assert outcome.code == 2
    assert str(out) in one_line(outcome.err)
    assert out.read_text() == "the last answer"
    assert [path.name for path in tmp_path.iterdir()] == ["answer.json"]


@pytest.fixture
def copied_facts(tmp_path, monkeypatch):
    """The facts folder, copied so that it can be damaged."""
    folder = tmp_path / "facts"
    shutil.copytree(reader.FOLDER, folder)
    monkeypatch.setattr(history, "Facts", partial(reader.Facts, root=folder))
    return folder


def change_a_figure(path):
    path.write_bytes(path.read_bytes().replace(b"112.16", b"212.16"))


DAMAGE = {
    "a figure changed": ("gdx.csv", change_a_figure),
    "cut short": ("gdx.csv", lambda path: path.write_bytes(path.read_bytes()[:-40])),
    "emptied": ("gdx.csv", lambda path: path.write_bytes(b"")),
    "gone": ("gdx.csv", lambda path: path.unlink()),
    "a driver's file": ("vix.csv", lambda path: path.write_bytes(b"date,value\n")),
    "a table": ("liquidation_events.csv", lambda path: path.unlink()),
    "the record gone": ("metadata.json", lambda path: path.unlink()),
    "the record garbled": ("metadata.json", lambda path: path.write_text("{not json")),
}


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_file_is_named_and_nothing_is_answered(alone, copied_facts, name, language):
    file, damage = DAMAGE[name]
    damage(copied_facts / file)
    outcome = alone(*PAIR, *ASOF, "--replications", "99", "--lang", language)
    assert outcome.code == 3
    assert outcome.out == b""
    assert file in one_line(outcome.err)


@pytest.mark.usefixtures("copied_facts")
def test_the_copy_by_itself_is_sound(alone):
    outcome = alone(*PAIR, *ASOF, "--replications", "99", "--format", "json")
    assert (outcome.code, outcome.err) == (0, "")


def test_a_missing_folder_of_channels_is_named(alone, monkeypatch, tmp_path):
    monkeypatch.setenv("COMOVE_CHANNELS", str(tmp_path / "nowhere"))
    outcome = alone(*PAIR, *ASOF)
    assert outcome.code == 2
    assert "COMOVE_CHANNELS" in one_line(outcome.err)
