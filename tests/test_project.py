"""The project as a whole: what it ships, what it loads, what its own checks catch."""

import configparser
import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import comove

ROOT = Path(__file__).resolve().parent.parent
SKIPPED = {"__pycache__", "_build", "generated", "dist", "build", "node_modules"}
SLOW_TO_IMPORT = {"pandas", "scipy", "statsmodels", "arch", "numba", "numpy", "vl_convert", "rich"}


def sources():
    """Every text file of the project, without what tools leave behind."""
    for folder, inside, names in os.walk(ROOT):
        inside[:] = [
            name
            for name in inside
            if name not in SKIPPED and (not name.startswith(".") or name == ".ci")
        ]
        yield from (Path(folder) / name for name in names if name != "uv.lock")


def text(path):
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def loaded_by(code):
    """Run code in a fresh interpreter and return the slow packages it has loaded."""
    script = f"import sys\n{code}\nprint('loaded', *sorted(m for m in sys.modules if '.' not in m))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return SLOW_TO_IMPORT & set(done.stdout.rpartition("loaded")[2].split())


def script(name):
    """Import a file of scripts/ as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def test_no_file_names_a_place_on_somebodys_machine():
    places = re.compile(r"(?<![\w.:/~-])/(?:home|root|Users|work|farm|opt)/[A-Za-z.]")
    assert places.search("see /ho" + "me/someone/file")
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()[:80]}"
        for path in sources()
        for line in text(path).splitlines()
        if places.search(line)
    ]
    assert found == []


def test_version_is_stated_once():
    stated = tomllib.loads(text(ROOT / "pyproject.toml"))["project"]["version"]
    assert stated == comove.__version__
    assert f"## [{stated}]" in text(ROOT / "CHANGELOG.md")


def test_the_lock_file_stays_out():
    assert "uv.lock" in text(ROOT / ".gitignore").split()


def test_the_wheel_takes_every_file_of_the_package():
    build = tomllib.loads(text(ROOT / "pyproject.toml"))["tool"]["hatch"]["build"]["targets"]
    assert build["wheel"] == {"packages": ["src/comove"]}
    package = ROOT / "src" / "comove"
    held = {path.suffix for path in package.rglob("*") if path.is_file()} - {".pyc"}
    assert {".py", ".csv", ".toml", ".json"} <= held
    ignored = [
        line for line in text(ROOT / ".gitignore").split() if line.strip("*/").endswith(tuple(held))
    ]
    assert ignored == []


def test_importing_comove_loads_no_array_library():
    assert loaded_by("import comove") == set()


def test_help_loads_no_array_library():
    code = (
        "import contextlib, io\n"
        "from comove.apps.cli import main\n"
        "sys.argv = ['comove', '--help']\n"
        "with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.suppress(SystemExit):\n"
        "    main()\n"
        "assert 'explain' in out.getvalue(), out.getvalue()"
    )
    assert loaded_by(code) - {"rich"} == set()


def test_the_default_answer_loads_nothing_slow(tmp_path):
    out = tmp_path / "answer.json"
    code = (
        "import contextlib\n"
        "from comove.apps.cli import main\n"
        f"sys.argv = ['comove', 'explain', 'BTC', 'GDX', '--asof', '2026-02-06', "
        f"'--format', 'json', '--out', {str(out)!r}]\n"
        "with contextlib.suppress(SystemExit):\n"
        "    main()"
    )
    assert loaded_by(code) <= {"numpy", "rich"}
    assert out.stat().st_size > 1000


@pytest.mark.parametrize("public", sorted(set(getattr(comove, "__all__", ()))))
def test_every_public_name_is_there(public):
    assert getattr(comove, public) is not None


def test_ci_runs_the_test_command_of_the_readme():
    command = "uv run pytest"
    run = text(ROOT / ".ci" / "run")
    for page in ("README.md", "README.ja.md"):
        assert command in text(ROOT / page)
    assert re.search(rf"^[^#\n]* {command}$", run, re.MULTILINE)
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_the_justfile_has_the_six_verbs():
    verbs = set(re.findall(r"^(\w+)(?: [^:\n]*)?:(?!=)", text(ROOT / "justfile"), re.MULTILINE))
    assert {"setup", "check", "test", "docs", "bench", "serve"} <= verbs


def test_the_contract_of_the_channels_names_them_all():
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter", encoding="utf-8")
    named = contracts["importlinter:contract:channels"]["modules"].split()
    folders = (ROOT / "src" / "comove" / "channels").glob("*/__init__.py")
    assert sorted(named) == sorted(f"comove.channels.{path.parent.name}" for path in folders)


def test_size_check_counts_code_and_not_its_docstring(tmp_path):
    sizes = script("check_size")
    body = "\n".join(f"    a{i} = {i}" for i in range(70))
    path = tmp_path / "long.py"
    path.write_text(
        f'def short():\n    """{chr(10) * 80}"""\n    return 1\n\n\ndef long():\n{body}\n'
    )
    found = {size.where.split()[-1]: size.lines for size in sizes.sizes(path, "long.py")}
    assert found["short"] == 2
    assert found["long"] == 71 > sizes.FUNCTION_LIMIT


GOOD_TESTS = """
def test_equals_the_slow_loop():
    assert estimate([1.0]) == 1.0

def test_recovers_the_truth():
    assert estimate([2.0]) == 2.0

@given(...)
def test_any():
    assert estimate([3.0]) == 3.0

def test_nan_is_refused():
    with pytest.raises(NotEstimable):
        estimate([nan])
"""


def test_proof_check_misses_nothing(tmp_path):
    proofs = script("check_proofs")
    room, tests = tmp_path / "stats", tmp_path / "tests"
    room.mkdir()
    tests.mkdir()
    (room / "mean.py").write_text("def estimate(x):\n    return x[0]\n\ndef _hidden():\n    pass\n")
    assert proofs.gaps(room, tests) == ["mean: no test_mean.py"]
    (tests / "test_mean.py").write_text(GOOD_TESTS)
    assert proofs.gaps(room, tests) == []
    cannot_fail = GOOD_TESTS.replace("assert estimate([2.0]) == 2.0", "estimate([2.0])")
    (tests / "test_mean.py").write_text(cannot_fail)
    assert proofs.gaps(room, tests) == ["mean: lacks recovery"]
    (tests / "test_mean.py").write_text(GOOD_TESTS.replace("@given(...)\n", ""))
    assert proofs.gaps(room, tests) == ["mean: lacks invariance"]


def test_proof_exemptions_name_what_exists():
    proofs = script("check_proofs")
    names = {path.stem for path in (ROOT / "src" / "comove" / "stats").rglob("*.py")}
    assert set(proofs.PLUMBING) <= names
    assert {name for name, _ in proofs.EXEMPT} <= names
    assert all(kind in proofs.KINDS or kind.startswith("a test ") for _, kind in proofs.EXEMPT)


def test_inventory_check_sees_new_vanished_and_doubled_files(tmp_path):
    architecture = script("check_architecture")
    house = tmp_path / "comove"
    (house / "core").mkdir(parents=True)
    (house / "__init__.py").write_text('"""The house."""\n')
    (house / "core" / "__init__.py").write_text('"""Nouns | more."""\n')
    page = f"before\n{architecture.OPENING}\n{architecture.CLOSING}\nafter\n"
    fresh = architecture.refreshed(house, page)
    assert architecture.differences(house, fresh) == []
    assert fresh.startswith("before\n")
    assert fresh.endswith("\nafter\n")
    by_hand = fresh.replace("The house", "Described by hand")
    assert "Described by hand" in architecture.refreshed(house, by_hand)
    row = "| `core/` | again |\n"
    doubled = fresh.replace(architecture.CLOSING, row + architecture.CLOSING)
    assert architecture.differences(house, doubled) == ["named 2 times: core/"]
    (house / "core" / "noun.py").write_text('"""A noun."""\n')
    assert architecture.differences(house, fresh) == ["not in the inventory: core/noun.py"]
    (house / "core" / "__init__.py").unlink()
    assert "named but not there: core/" in architecture.differences(house, fresh)


def test_output_check_sees_a_page_that_fetches():
    output = script("check_output")
    page = "<!doctype html><p>GDX</p>"
    assert output.faults("GDX", "GDX と", page) == []
    assert output.faults("GDX", "GDX と", page + '<img src="//x.example/a.png">') == [
        "the page fetches something"
    ]
    assert output.faults("GDX", "GDX と", page + '<img src="data:image/png;base64,AA">') == []
    assert output.faults("", "と GDX", page) == ["the English text does not speak of GDX"]
