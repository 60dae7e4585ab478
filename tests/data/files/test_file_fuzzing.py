"""Generated files, sound and broken: what is accepted is what stands there, all else is refused."""

import io
import re
import time
from decimal import Decimal

import numpy as np
import pytest

from comove.core.errors import ComoveError, UnreadableFileError
from comove.data.catalogue import Catalogue
from comove.data.files.columns import tables_of
from comove.data.files.excel import excel_grid
from comove.data.files.options import FileOptions
from comove.data.files.parquet import parquet_grid
from comove.data.files.text import decoded, text_grid

CATALOGUE = Catalogue.load()
QUICK, NIGHTLY = 1_500, 50_000
PATIENCE = 1.0
"""Seconds a small file may take; a hang is far beyond."""
DATES = (
    lambda d: d.isoformat(),
    lambda d: d.strftime("%Y/%m/%d"),
    lambda d: d.strftime("%Y%m%d"),
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f"令和{d.year - 2018}年{d.month}月{d.day}日",
    lambda d: d.strftime("%d.%m.%Y"),
    lambda d: d.strftime("%d/%m/%Y"),
    lambda d: d.strftime("%m/%d/%Y"),
    lambda d: f"{d.day} {d:%b} {d.year}",
    lambda d: f"{d:%B} {d.day}, {d.year}",
    lambda d: f"{d.isoformat()} 00:00:00",
    lambda d: f"{d.isoformat()}T00:00:00Z",
)
FULL_WIDTH = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")


def grouped(text, group):
    whole, _, rest = text.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    parts = [digits[max(i - 3, 0) : i] for i in range(len(digits), 0, -3)][::-1]
    return sign + group.join(parts) + ("." + rest if rest else "")


def number(value, style):
    text = f"{value:.{style % 4}f}"
    mark, group = (".", ""), ((".", ","), (",", "."), (",", " "), (".", "'"), (",", ""), (".", ""))
    mark, group = group[style % 6]
    text = grouped(text, "G") if group else text
    text = text.replace(".", mark).replace("G", group)
    if style % 7 == 3:
        text = text.translate(FULL_WIDTH)
    return text


def made(seed):
    """A file in a random style, with the numbers it means."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 30))
    days = [d.item() for d in np.datetime64("2019-06-01") + rng.permutation(2000)[:count]]
    style = int(rng.integers(0, 84))
    values = np.round(
        np.exp(rng.normal(4, 3, (count, 2))) * rng.choice([-1, 1], (count, 2)), style % 4
    )
    write = DATES[rng.integers(0, len(DATES))]
    delimiter = (",", ";", "\t", "|")[rng.integers(0, 4)]
    lines = [delimiter.join(("date", "gdx", "gld"))]
    for day, row in zip(days, values, strict=True):
        cells = [write(day), *(number(value, style) for value in row)]
        quoted = [f'"{cell}"' if delimiter in cell else cell for cell in cells]
        lines.append(delimiter.join(quoted))
    encoding = ("utf-8", "utf-8-sig", "utf-16", "cp932")[rng.integers(0, 4)]
    newline = ("\n", "\r\n")[rng.integers(0, 2)]
    return (newline.join(lines) + newline).encode(encoding), np.array(days, dtype="M8[D]"), values


def read(content):
    """Read bytes as a text file would be; time is kept."""
    begun = time.process_time()
    try:
        grid = text_grid(content, FileOptions())
        return grid, list(tables_of(grid, FileOptions(), CATALOGUE))
    finally:
        assert time.process_time() - begun < PATIENCE


def mutated(content, rng):
    """Flip, drop, insert, repeat, cut or swap some bytes."""
    data = bytearray(content)
    for _ in range(int(rng.integers(1, 5))):
        at = int(rng.integers(0, max(len(data), 1)))
        kind = int(rng.integers(0, 6))
        if kind == 0 and data:
            data[at % len(data)] ^= 1 << int(rng.integers(0, 8))
        elif kind == 1:
            del data[at : at + int(rng.integers(1, 9))]
        elif kind == 2:
            data[at:at] = bytes(rng.integers(0, 256, int(rng.integers(1, 5)), dtype=np.uint8))
        elif kind == 3:
            data[at:at] = data[at // 2 : at]
        elif kind == 4:
            del data[at:]
        else:
            odd = (b'"', b",", b"\n", b"\x00", b"1e999", b"NaN", b"\xef\xbc\x91", b"%", b"$", b"(")
            data[at:at] = odd[int(rng.integers(0, len(odd)))]
    return bytes(data)


def stands_there(cell, value):
    """Tell whether a value has the digits and the sign of its cell, and no others."""
    text = cell.translate({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)})
    if "e" in text.casefold():
        return True
    digits = re.sub(r"[^0-9]", "", text)
    if not digits:
        return bool(np.isnan(value))
    marks = [len(re.sub(r"[^0-9]", "", text[m.end() :])) for m in re.finditer(r"[.,]", text)]
    exact = {Decimal(int(digits)).scaleb(-places) for places in (0, *marks[-1:])}
    negative = any(sign in text for sign in ("-", "−", "▲", "△", "("))
    return any(float(-each if negative else each) == value for each in exact)


def styles(seeds):
    accepted = 0
    for seed in seeds:
        content, days, values = made(seed)
        try:
            _, found = read(content)
        except UnreadableFileError as error:
            if error.code in ("file.decimal_unclear", "file.day_or_month"):
                continue
            raise
        accepted += 1
        for table, column in zip(found, values.T, strict=True):
            assert (table.rows.labels == days).all(), seed
            assert table.rows.values.tolist() == column.tolist(), seed
    return accepted


def broken(seeds):
    refused = 0
    for seed in seeds:
        rng = np.random.default_rng([seed, 7])
        content = mutated(made(seed)[0], rng)
        try:
            grid, found = read(content)
        except ComoveError:
            refused += 1
            continue
        for table in found:
            for cell, value in zip(grid[table.column], table.rows.values, strict=True):
                assert stands_there(cell, value), (seed, cell, value)
    return refused


def test_every_style_is_read_right_or_refused_as_unclear():
    assert styles(range(QUICK)) > 0.75 * QUICK


def test_broken_files_end_in_the_typed_error_or_in_what_stands_there():
    assert broken(range(QUICK)) > 0.3 * QUICK


@pytest.mark.nightly
def test_a_hundred_thousand_files():
    assert styles(range(QUICK, QUICK + NIGHTLY)) > 0.75 * NIGHTLY
    assert broken(range(QUICK, QUICK + NIGHTLY)) > 0.3 * NIGHTLY


def test_every_beginning_of_a_file_is_read_or_refused():
    content, _, _ = made(5)
    for end in range(len(content)):
        try:
            read(content[:end])
        except ComoveError:
            continue


@pytest.mark.parametrize("seed", range(40))
def test_noise_is_refused(seed):
    rng = np.random.default_rng(seed)
    noise = bytes(rng.integers(0, 256, int(rng.integers(1, 2000)), dtype=np.uint8))
    for reader in (lambda: read(noise), lambda: excel_grid(noise, FileOptions())):
        with pytest.raises(ComoveError):
            reader()
    with pytest.raises(ComoveError):
        parquet_grid(b"PAR1" + noise + b"PAR1")
    with pytest.raises(ComoveError):
        excel_grid(b"PK\x03\x04" + noise, FileOptions())


@pytest.mark.parametrize("kind", ["xlsx", "parquet"])
def test_broken_workbooks_and_parquet_files_end_in_the_typed_error(kind):
    content = workbook() if kind == "xlsx" else parquet()
    refused = 0
    for seed in range(150):
        data = mutated(content, np.random.default_rng([seed, 9]))
        try:
            grid = excel_grid(data, FileOptions()) if kind == "xlsx" else parquet_grid(data)
            list(tables_of(grid, FileOptions(), CATALOGUE))
        except ComoveError:
            refused += 1
    assert refused > 75


def workbook():
    openpyxl = pytest.importorskip("openpyxl")
    book, into = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["date", "gdx"])
    for day in np.arange("2026-01-01", "2026-02-06", dtype="M8[D]"):
        book.active.append([day.item(), 1.5])
    book.save(into)
    return into.getvalue()


def parquet():
    pl = pytest.importorskip("polars")
    into = io.BytesIO()
    days = np.arange("2026-01-01", "2026-02-06", dtype="M8[D]")
    pl.DataFrame({"date": days, "gdx": np.arange(float(len(days)))}).write_parquet(into)
    return into.getvalue()


def test_a_decoded_file_is_what_was_encoded():
    text = "日付,金\n2026-02-06,１,５\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16-le", "utf-16", "cp932"):
        declared = encoding if encoding == "utf-16-le" else ""
        assert decoded(text.encode(encoding), declared) == text
