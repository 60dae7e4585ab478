"""Pages of the manual that state what the code holds, written from the code.

``python docs/generate.py`` writes them to ``docs/generated``; building the manual does so first.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import comove.stats
from comove.core import errors
from comove.core.registry import members
from comove.core.series import SeriesSpec

ESTIMATORS = Path(comove.stats.__file__).parent
NOT_ESTIMATORS = ("sample", "frames", "result")


def estimators() -> list[str]:
    """Name the modules of the stats room that estimate something, e.g. ``shapley``."""
    found = []
    for path in ESTIMATORS.rglob("*.py"):
        parts = path.relative_to(ESTIMATORS).with_suffix("").parts
        if parts[-1] == "__init__":
            parts = parts[:-1]
        if parts and parts[-1] not in NOT_ESTIMATORS and not parts[-1].startswith("_"):
            found.append(".".join(parts))
    return sorted(found)


def methods() -> str:
    """Write one section per estimator, from its docstrings."""
    lines = ["# Methods", "", "Every estimator of comove, as its own documentation states it.", ""]
    for name in estimators():
        lines += [f"## {name}", ""]
        lines += [f"See [](../estimators/{name}.md)."] if name in FAMILIES else _automodule(name)
        lines += [""]
    return "\n".join(lines)


def _automodule(name: str) -> list[str]:
    return ["```{eval-rst}", f".. automodule:: comove.stats.{name}", "```"]


FAMILIES = (
    *("connectedness", "garch", "dcc", "dependence", "contagion", "breaks", "regimes", "kalman"),
    *("diversification", "bootstrap", "rolling", "leadlag", "pooling"),
)
"""Estimators that have a page of their own in ``docs/estimators``."""

TESTS = Path(__file__).resolve().parents[1] / "tests" / "stats"
TIMINGS = Path(__file__).resolve().parents[1] / "benchmarks" / "results.json"

WORKS = {
    "static": "connectedness",
    "rolling": "connectedness",
    "tvp": "connectedness",
    "quantile": "connectedness",
    "dcc": "dcc",
    "pairs": "rolling",
    "spike": "rolling",
    "kalman": "kalman",
    "bootstrap": "bootstrap",
    "markov": "regimes",
    "pelt": "breaks",
}
"""Beginning of a benchmark's key to the page it belongs on."""

PROOFS = {
    "reference": "Against other software, published figures or a slow obvious loop",
    "recovery": "Truth found again, coverage, false alarms",
    "invariance": "What must not change",
    "degenerate": "Refused with a reason",
}
"""First word of a test's name, after ``test_``, to what it proves."""


def family(name: str) -> str:
    """Write what the code of an estimator's page states: calls, proofs, speed, reference."""
    parts = (_calls(name), _proofs(name), _speed(name))
    lines = [line for part in parts for line in (*part, "")]
    return "\n".join([*lines, "## Reference", "", *_automodule(name), ""])


def public(name: str) -> Iterator[tuple[str, Callable[..., object]]]:
    """Yield the public functions of an estimator."""
    module = importlib.import_module(f"comove.stats.{name}")
    for entry in module.__all__:
        found = getattr(module, entry)
        if inspect.isfunction(found):
            yield entry, found


def _calls(name: str) -> list[str]:
    lines = ["## Calls and defaults", "", "| call | answers | unless said otherwise |", *_rule(3)]
    for entry, function in public(name):
        signature = inspect.signature(function)
        needed = [key for key, one in signature.parameters.items() if one.default is one.empty]
        given = [
            f"`{key}={one.default!r}`"
            for key, one in signature.parameters.items()
            if one.default is not one.empty and one.default is not None
        ]
        call = f"`{entry}({', '.join(needed)})`"
        lines.append(f"| {call} | {_first_line(function)} | {', '.join(given)} |")
    return lines


def _proofs(name: str) -> list[str]:
    lines = ["## How it is proven", ""]
    lines += [f"Tests in `tests/stats/test_{name}*.py`, by what they show:", ""]
    found = list(_tests(name))
    for kind, title in PROOFS.items():
        said = [
            each.removeprefix(kind).strip("_").replace("_", " ")
            for each in found
            if each.startswith(kind)
        ]
        if said:
            lines += [f"- **{title}.** {'; '.join(dict.fromkeys(said))}."]
    return lines


def _tests(name: str) -> Iterator[str]:
    """Yield the names of an estimator's tests, without ``test_``."""
    for path in sorted(TESTS.glob(f"test_{name}*.py")):
        if name == "rolling" and path.stem == "test_rolling_beta":
            continue
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield node.name.removeprefix("test_")


def _speed(name: str) -> list[str]:
    """Write the recorded run of the benchmarks, beside other software in the same run."""
    said = json.loads(TIMINGS.read_text("utf-8"))
    rows = [
        row
        for row in said["rows"]
        if WORKS.get(row["key"].partition("-")[0]) == name
        and not str(row["value"]).startswith("not installed")
    ]
    if not rows:
        return ["## Speed", "", "Not timed against others: `just bench stats` has our own figures."]
    lines = [
        "## Speed",
        "",
        f"One run of `just bench engine` on {said['machine']}, shared with other work",
        f"(load average {said['load']:.1f}): trust the ratios more than the milliseconds.",
        "Ratios are to ours in the same run, those with a tilde to figures taken on another",
        "machine of this kind.",
        "",
    ]
    lines += ["| work | ms | wanted | times ours | value |", *_rule(5)]
    return lines + [_timing(row) for row in rows]


def _timing(row: dict[str, object]) -> str:
    def number(key: str, factor: float = 1e3) -> str:
        value = row[key]
        return f"{factor * value:.3g}" if isinstance(value, float | int) else ""

    ours = row["kind"] == "ours"
    name = f"**{row['name']}**" if ours else str(row["name"])
    mark = "~" if row["kind"] == "recorded" else ""
    ratio = "" if ours or not number("ratio") else f"{mark}{number('ratio', 1.0)}"
    return f"| {name} | {number('seconds')} | {number('target')} | {ratio} | {row['value']} |"


def series() -> str:
    """Write the catalogue: what each series is, when it is struck and when it is known."""
    from comove.data.catalogue import Catalogue

    catalogue = Catalogue.load()
    lines = ["| id | title | kind, unit | struck | known | made from |", *_rule(6)]
    lines += [_series_row(spec) for spec in catalogue.specs.values()]
    lines += ["", "| table | columns |", *_rule(2)]
    lines += [
        f"| `{table.id}`: {table.titles['en']} | {', '.join(table.columns)} |"
        for table in catalogue.tables.values()
    ]
    lines += ["", "Names that are understood besides the id:", ""]
    lines += [
        f"- `{spec.id}`: {', '.join(spec.aliases)}"
        for spec in catalogue.specs.values()
        if spec.aliases
    ]
    return "\n".join(lines)


def _series_row(spec: SeriesSpec) -> str:
    later = f" +{spec.clock.day_offset} d" if spec.clock.day_offset else ""
    zone = spec.clock.zone.rpartition("/")[2].replace("_", " ")
    struck = f"{spec.clock.time} {zone}{later}; {spec.clock.calendar}"
    unit = f"{spec.kind}, {spec.unit}" + (", adjusted" if spec.adjusted else "")
    known = spec.publication.replace("_", " ")
    titles = f"{spec.titles['en']}<br>{spec.titles['ja']}"
    made_from = ", ".join(f"`{other}`" for other in spec.made_from)
    return f"| `{spec.id}` | {titles} | {unit} | {struck} | {known} | {made_from} |"


def options() -> str:
    """Write the arguments and options of ``comove explain``, as the command itself states them."""
    from comove.apps.cli.answers import answer_command

    asked = answer_command("explain").params
    lines = ["| option | meaning | when not given |", *_rule(3)]
    for entry in asked:
        flags = ", ".join(f"`{flag}`" for flag in entry.opts if flag.startswith("-"))
        name = flags or f"`{(entry.name or '').upper()}`"
        told = getattr(entry, "help", "") or ""
        lines.append(f"| {name} | {told} | {_default(entry.default)} |")
    return "\n".join(lines)


def _default(value: object) -> str:
    return f"`{value}`" if isinstance(value, int | float | str) and value is not False else ""


def channels() -> str:
    """Write what is installed: drivers and sentences of every channel."""
    lines: list[str] = []
    for key, module in members("comove.channels").items():
        channel = module.channel
        words = tomllib.loads(
            Path(module.__file__ or "").with_name("words.toml").read_text("utf-8")
        )
        said = words["channel"][key]
        lines += [f"## {key}", "", f"**{said['en']}** ({said['ja']})", ""]
        claim = re.sub(r"\{assets[^}]*\}", "the assets", said["proposition"]["fell"]["en"])
        lines += [f"*{claim}*", ""]
        drivers = [f"`{driver.key}` ({_legs(driver.legs)})" for driver in channel.drivers]
        lines += [f"- Drivers in the joint split: {', '.join(drivers) or 'none'}."]
        lines += [f"- Looks at, besides: {', '.join(channel.reads) or 'nothing'}.", ""]
    return "\n".join(lines)


def _legs(legs: tuple[tuple[str, float], ...]) -> str:
    return " ".join(f"{'+-'[weight < 0]} {series}" for series, weight in legs).removeprefix("+ ")


def error_classes() -> Iterator[type[errors.ComoveError]]:
    """Yield the classes of the error tree."""
    for _, found in inspect.getmembers(errors, inspect.isclass):
        if issubclass(found, errors.ComoveError):
            yield found


def error_table() -> str:
    """Write the errors with what they mean and the exit code they end in."""
    lines = ["| class | means | exit code |", *_rule(3)]
    lines += [
        f"| `{found.__name__}` | {_first_line(found)} | {found.exit_code} |"
        for found in sorted(error_classes(), key=lambda each: (each.exit_code, each.__name__))
    ]
    return "\n".join(lines)


def _first_line(documented: object) -> str:
    return (inspect.getdoc(documented) or "").partition("\n")[0]


def _rule(columns: int) -> list[str]:
    return ["|" + "---|" * columns]


PAGES = {
    "methods.md": methods,
    "series.md": series,
    "options.md": options,
    "channels.md": channels,
    "errors.md": error_table,
    **{f"estimators/{name}.md": partial(family, name) for name in FAMILIES},
}


FRAGMENTS = [name for name in PAGES if name != "methods.md"]
"""Pages that are no pages of their own but part of others."""


def write(folder: Path) -> None:
    """Write every page that has changed.

    Parameters
    ----------
    folder
        Made if missing.
    """
    for name, page in PAGES.items():
        text = page() + "\n"
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text("utf-8") != text:
            path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(__file__).resolve().parent / "generated")
