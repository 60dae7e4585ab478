"""Every sentence the code speaks of exists in both languages; nothing is worded in vain."""

from __future__ import annotations

import re

import pytest

from comove.report.catalogue import catalogue, faults
from comove.report.failure import FOLDER as FAILURES
from comove.report.words import Words

from . import scan

FOLDERS = tuple(str(path.parent) for path in sorted(scan.SRC.rglob("words.toml")))
ROOM = str(scan.SRC / "report")
FIELD = re.compile(r"\{(\w+)")


@pytest.fixture(scope="module")
def everything() -> Words:
    return Words.load("en", FOLDERS)


@pytest.mark.parametrize("folder", FOLDERS)
def test_both_languages_use_the_same_fields(folder):
    assert faults(folder) == ()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_all_catalogues_fit_together(language):
    assert len(Words.load(language, FOLDERS).entries) == sum(len(catalogue(f)) for f in FOLDERS)


def test_every_sentence_said_is_worded(everything):
    whole, begun = scan.keys({"say"})
    missing = [f"{key} ({place})" for key, place in whole.items() if not everything.has(key)]
    missing += [
        f"{head}... ({place})"
        for head, place in begun.items()
        if not any(key.startswith(head) for key in everything.entries)
    ]
    assert not missing, f"sentences without words: {', '.join(sorted(missing))}"


def test_every_name_with_a_room_is_worded(everything):
    whole, begun = scan.keys({"Name"})
    missing = [f"{k} ({p})" for k, p in whole.items() if "." in k and not everything.has(k)]
    missing += [
        f"{head}... ({place})"
        for head, place in begun.items()
        if "." in head and not any(key.startswith(head) for key in everything.entries)
    ]
    assert not missing, f"names without words: {', '.join(sorted(missing))}"


def test_every_method_is_worded(everything):
    missing = {
        f"method.{key} ({place})"
        for key, place in scan.methods().items()
        if not everything.has(f"method.{key}")
    }
    assert not missing, f"methods without words: {', '.join(sorted(missing))}"


def test_every_attack_is_worded(everything):
    missing = {
        f"attack.{key} ({path})"
        for path, key in scan.keywords("attack")
        if not everything.has(f"attack.{key}")
    }
    assert not missing, f"attacks without words: {', '.join(sorted(missing))}"


def test_every_error_has_a_sentence_in_both_languages():
    words = catalogue(FAILURES)
    missing = [
        f"{code} ({places[0].where})"
        for code, places in scan.raised().items()
        if not code.startswith("not_estimable.") and f"error.{code}" not in words
    ]
    missing += [
        f"hint of {code} ({place.where})"
        for code, places in scan.raised().items()
        for place in places
        if place.hint and f"hint.{code}" not in words
    ]
    assert not missing, (
        "report/failure/words.toml lacks the Japanese of these errors: "
        f"{', '.join(sorted(set(missing)))}"
    )


def test_every_refusal_has_a_reason_in_both_languages(everything):
    missing = [
        f"{code} ({places[0].where})"
        for code, places in scan.raised().items()
        if code.startswith("not_estimable.") and not everything.has(code)
    ]
    assert not missing, f"report/words.toml lacks these reasons: {', '.join(sorted(missing))}"


def test_the_english_of_an_error_is_that_of_the_source():
    words = catalogue(FAILURES)
    differing = []
    for code, places in scan.raised().items():
        for place in places:
            for key, text in ((f"error.{code}", place.text), (f"hint.{code}", place.hint)):
                if text and key in words and words[key]["en"] != text:
                    differing.append(f"{key} ({place.where}): {text!r}")
    assert not differing, f"worded differently in the source: {', '.join(sorted(differing))}"


def test_an_error_gives_every_field_of_its_sentence():
    words = catalogue(FAILURES)
    lacking = []
    for code, places in scan.raised().items():
        for place in places:
            for key in (f"error.{code}", f"hint.{code}" if place.hint else ""):
                texts = words[key].values() if key in words else ()
                needed = {name for text in texts for name in FIELD.findall(text)}
                lacking += [f"{key}: {n} ({place.where})" for n in needed - place.values]
    assert not lacking, ", ".join(sorted(lacking))


def test_no_error_is_worded_in_vain():
    codes = set(scan.raised())
    stale = [
        key
        for key in catalogue(FAILURES)
        if key.startswith(("error.", "hint.")) and key.partition(".")[2] not in codes
    ]
    assert not stale, f"no code raises these: {', '.join(sorted(stale))}"


def test_the_room_words_nothing_in_vain():
    strings, heads = scan.strings(), {head for head in scan.beginnings() if "." in head}
    methods = set(scan.methods())
    stale = []
    for key in catalogue(ROOM):
        room, _, rest = key.partition(".")
        said = key in strings or any(key.startswith(head) and len(head) > 6 for head in heads)
        by_room = rest in strings and f"{room}." in heads
        if not (said or by_room or (room == "method" and rest in methods)):
            stale.append(key)
    assert not stale, f"nothing says these: {', '.join(sorted(stale))}"
