"""Write the JSON Schemas of the machine-readable answers from the dataclasses that make them."""

from __future__ import annotations

import argparse
import json
import re
import sys
import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from inspect import cleandoc
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from comove.core.answered import SCHEMA, Answered
from comove.core.audit import Audit
from comove.core.diagnosis import Diagnosis
from comove.core.diversify import Diversification
from comove.core.levels import Levels
from comove.core.message import Message, Name, Quantity
from comove.core.scenario import Scenario
from comove.core.spillover import Spillovers

FOLDER = Path(__file__).parents[1] / "src" / "comove" / "report" / "schema"

RESULTS: tuple[type[Answered], ...] = (
    Diagnosis,
    Spillovers,
    Audit,
    Scenario,
    Diversification,
    Levels,
)
"""What answers return."""

Schema = dict[str, Any]

_ATTRIBUTE = re.compile(r"^(\w+(?:, \w+)*)\n((?:    .*\n?)+)", re.MULTILINE)
_ROLE = re.compile(r":\w+:`~?([\w.]+)`")


def main(arguments: list[str] | None = None) -> int:
    """Write the file, or with ``--check`` say whether it is current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    check = parser.parse_args(arguments).check
    FOLDER.mkdir(exist_ok=True)
    late = [kind for kind in RESULTS if not _settled(kind, check)]
    if check:
        for kind in late:
            print(f"{kind.answer}.json is out of date: run make_schema.py")
        print(f"{len(RESULTS) - len(late)} of {len(RESULTS)} current")
    return 1 if late else 0


def _settled(kind: type[Any], check: bool) -> bool:
    """Write one file, or say whether it is current."""
    target, wanted = FOLDER / f"{kind.answer}.json", text(kind)
    if check:
        return target.exists() and target.read_text(encoding="utf-8") == wanted
    target.write_text(wanted, encoding="utf-8")
    return True


def text(kind: type[Any] = Diagnosis) -> str:
    """Return the schema of a result as it is written."""
    return json.dumps(schema(kind), indent=2, ensure_ascii=False) + "\n"


def schema(kind: type[Any] = Diagnosis) -> Schema:
    """Describe what ``to_dict`` of a result returns."""
    book = _Book()
    whole = book.properties(kind)
    whole["schema"] = {"const": SCHEMA, "description": "Version of this form."}
    whole["answer"] = {"const": kind.answer}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:comove:{kind.answer}:{SCHEMA}",
        "title": kind.__name__,
        "description": (
            f"{_summary(kind)} Numbers are unrounded; null stands for a number that is "
            "not finite; sentences are keys of the word catalogues with the values that fill them."
        ),
        "type": "object",
        "properties": whole,
        "required": sorted(whole),
        "additionalProperties": False,
        "$defs": {name: book.defined[name] for name in sorted(book.defined)},
    }


class _Book:
    """Definitions found while walking the types."""

    def __init__(self) -> None:
        self.defined: dict[str, Schema] = {}

    def properties(self, kind: type[Any]) -> dict[str, Schema]:
        """Describe the fields of a dataclass."""
        hints = typing.get_type_hints(kind)
        told = _told(kind)
        found = {}
        for entry in fields(kind):
            described = self.of(hints[entry.name])
            if entry.name in told:
                described = {"description": told[entry.name], **described}
            found[entry.name] = described
        return found

    def of(self, hint: Any) -> Schema:  # noqa: ANN401 - any annotation
        """Describe a type."""
        plain = _plain(hint)
        if plain is not None:
            return plain
        origin, inner = get_origin(hint), get_args(hint)
        if origin is Literal:
            return {"enum": list(inner)}
        if origin in (Union, types.UnionType):
            return {"anyOf": [self.of(part) for part in inner]}
        if origin is tuple:
            return self._tuple(inner)
        if origin is not None and issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self.of(inner[1])}
        if is_dataclass(hint):
            return self._named(typing.cast("type[Any]", hint))
        raise TypeError(f"no schema is known for {hint!r}")

    def _tuple(self, inner: tuple[Any, ...]) -> Schema:
        if len(inner) == 2 and inner[1] is Ellipsis:
            return {"type": "array", "items": self.of(inner[0])}
        count = len(inner)
        return {
            "type": "array",
            "prefixItems": [self.of(part) for part in inner],
            "minItems": count,
            "maxItems": count,
        }

    def _named(self, kind: type[Any]) -> Schema:
        name = kind.__name__
        if name not in self.defined:
            self.defined[name] = {}  # closes the circle of types that hold themselves
            self.defined[name] = self._message() if kind is Message else self._object(kind)
        return {"$ref": f"#/$defs/{name}"}

    def _object(self, kind: type[Any]) -> Schema:
        properties = self.properties(kind)
        return {
            "description": _summary(kind),
            "type": "object",
            "properties": properties,
            "required": sorted(properties),
            "additionalProperties": False,
        }

    def _message(self) -> Schema:
        values = [self.of(Quantity), self.of(Name), {"$ref": "#/$defs/Message"}]
        scalars: list[Schema] = [{"type": "integer"}, {"type": "string"}]
        several: Schema = {"type": "array", "items": {"$ref": "#/$defs/Value"}}
        self.defined["Value"] = {
            "description": "What fills a field of a sentence; dates in ISO form.",
            "anyOf": [*values, *scalars, several],
        }
        return {
            "description": _summary(Message),
            "type": "object",
            "properties": {
                "key": {"type": "string", "description": "Key of the word catalogues."},
                "values": {
                    "type": "object",
                    "additionalProperties": {"$ref": "#/$defs/Value"},
                },
            },
            "required": ["key", "values"],
            "additionalProperties": False,
        }


def _plain(hint: Any) -> Schema | None:  # noqa: ANN401 - any annotation
    known: dict[Any, Schema] = {
        str: {"type": "string"},
        bool: {"type": "boolean"},
        int: {"type": "integer"},
        float: {"type": ["number", "null"]},
        date: {"type": "string", "format": "date"},
        type(None): {"type": "null"},
        object: {},
    }
    return known.get(hint) if isinstance(hint, type) else None


def _summary(kind: type[Any]) -> str:
    return _clean(cleandoc(kind.__doc__ or "").partition("\n\n")[0])


def _told(kind: type[Any]) -> dict[str, str]:
    """Descriptions of the fields, from the Attributes section."""
    section = cleandoc(kind.__doc__ or "").partition("Attributes\n----------\n")[2]
    section = re.split(r"\n\w+\n-{3,}\n", section)[0] + "\n"
    found = {}
    for names, told in _ATTRIBUTE.findall(section):
        for name in names.split(", "):
            found[name] = _clean(told)
    return found


def _clean(told: str) -> str:
    return _ROLE.sub(r"\1", " ".join(told.split())).replace("``", "")


if __name__ == "__main__":
    sys.exit(main())
