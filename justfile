# Six verbs.  `uv run just` lists them.

standing := "BTC GDX --asof 2026-02-06"

[private]
default:
    @just --list --unsorted

# make the environment
setup:
    uv sync

# style, types, rooms, sizes, proofs, inventory
check:
    bash .ci/run check

# the test suite; `just test tests/stats` for a part of it
test *where:
    uv run pytest {{ where }}

# the manual, into docs/_build/html
docs:
    uv run --group docs sphinx-build -W --keep-going -b html docs docs/_build/html

# time, memory and correctness of commands and estimators
bench *what:
    uv run --group bench python -m benchmarks {{ what }}

# the standing example as a page on http://127.0.0.1:8000
serve port="8000":
    #!/usr/bin/env bash
    set -euo pipefail
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    uv run comove explain {{ standing }} --format html --out "$folder/index.html"
    uv run comove explain {{ standing }} --format html --lang ja --out "$folder/ja.html"
    echo "http://127.0.0.1:{{ port }}/ and /ja.html, until Ctrl-C"
    uv run python -m http.server --bind 127.0.0.1 --directory "$folder" {{ port }}

# the long coverage runs
nightly:
    uv run pytest -m nightly
