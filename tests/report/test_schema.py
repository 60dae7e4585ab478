"""The JSON Schema in the package describes what is written, and is current."""

from __future__ import annotations

import copy
import importlib.util
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from . import fake

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "make_schema.py"
FILE = ROOT / "src" / "comove" / "report" / "schema" / "explain.json"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("make_schema", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(FILE.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FormatChecker())


def test_the_file_is_current(script):
    assert FILE.read_text(encoding="utf-8") == script.text(), "run scripts/make_schema.py"
    assert script.main(["--check"]) == 0


@pytest.mark.parametrize("made", [fake.diagnosis, fake.calm])
def test_an_answer_is_valid(validator, made):
    payload = json.loads(json.dumps(made().to_dict()))
    assert [error.json_path for error in validator.iter_errors(payload)] == []


CHANGES = [
    lambda payload: payload.pop("asof"),
    lambda payload: payload.update(asof="6 Feb 2026"),
    lambda payload: payload.update(schema=2),
    lambda payload: payload.update(extra=1),
    lambda payload: payload["together"].update(direction="sideways"),
    lambda payload: payload["together"]["paths"][0]["move"].update(unit="furlongs"),
    lambda payload: payload["together"]["paths"][0]["move"].update(value="-0.3"),
    lambda payload: payload["readings"][0].update(verdict="maybe"),
    lambda payload: payload["readings"][0]["because"].pop("key"),
    lambda payload: payload["unusual"]["pairs"][0].update(pair=["btc"]),
    lambda payload: payload["headline"][0]["values"].update(moves=[{"value": 1.0}]),
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_wrong_answer_is_not(validator, change):
    payload = copy.deepcopy(json.loads(json.dumps(fake.diagnosis().to_dict())))
    change(payload)
    assert list(validator.iter_errors(payload))


def test_every_definition_is_told(script):
    schema = script.schema()
    assert all(entry.get("description") for entry in schema["$defs"].values())
    assert schema["properties"]["fingerprint"]["description"] == "Hash of everything that was read."


def test_an_unknown_type_is_refused(script):
    with pytest.raises(TypeError):
        script._Book().of(complex)
