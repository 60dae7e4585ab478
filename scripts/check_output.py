"""Look at what the main job wrote: English text, Japanese text, a page that stands alone.

``python scripts/check_output.py text.out ja.out page.html`` exits with 1 and says what is wrong.
The content is the business of the tests; this catches a wheel that forgot its words or its facts.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

KANA = re.compile(r"[\u3040-\u30ff]")
FETCHED = re.compile(r"""<(?:script|link|img|iframe)[^>]*(?:src|href)=(?!["']?data:)""", re.I)
MOST_BYTES = 400_000


def faults(english: str, japanese: str, page: str) -> list[str]:
    """Name what is wrong with the three documents.

    Parameters
    ----------
    english, japanese
        Terminal output.
    page
        The HTML page.

    Returns
    -------
    list of str
        Empty when all is well.

    Examples
    --------
    >>> faults("BTC GDX", "BTC GDX", "<!doctype html><title>BTC GDX</title>")
    ['the Japanese text has no Japanese in it']
    """
    tests = {
        "the English text has Japanese in it": KANA.search(english),
        "the Japanese text has no Japanese in it": not KANA.search(japanese),
        "the page is no HTML": not page.lstrip().lower().startswith("<!doctype html"),
        "the page fetches something": FETCHED.search(page),
        "the page is larger than 400 kB": len(page.encode()) > MOST_BYTES,
    }
    for name, text in (("English text", english), ("Japanese text", japanese), ("page", page)):
        tests[f"the {name} does not speak of GDX"] = "GDX" not in text
    return [sentence for sentence, wrong in tests.items() if wrong]


def main(paths: list[str]) -> int:
    """Read the files and print the faults.

    Parameters
    ----------
    paths
        English text, Japanese text, page.

    Returns
    -------
    int
        1 when there are any.
    """
    english, japanese, page = (Path(path).read_text(encoding="utf-8") for path in paths)
    found = faults(english, japanese, page)
    for fault in found:
        print(fault)
    print(f"{len(english.splitlines())} lines of text, a page of {len(page.encode()):,} bytes")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
