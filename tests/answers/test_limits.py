"""Limits in words: when an asset is struck, told by the side of the New York close."""

from __future__ import annotations

from pathlib import Path

import pytest

from comove.answers.explain import limits
from comove.core.message import Name
from comove.report.words import Words

FOLDER = str(Path(limits.__file__).parent)


@pytest.mark.parametrize(
    ("least", "most", "told"),
    [
        (3.0, 6.0, "struck 3 to 6 hours after"),
        (4.0, 4.0, "struck 4 hours after"),
        (-8.0, -7.0, "struck 7 to 8 hours before"),
        (-7.5, -7.5, "struck 7.5 hours before"),
        (-2.0, 0.0, "struck 0 to 2 hours before"),
        (-2.5, 0.5, "between 2.5 hours before and 0.5 hours after"),
    ],
)
def test_the_side_of_the_close_is_told_without_a_sign(least, most, told):
    said = limits._struck(Name("btc"), least, most)
    english, japanese = (
        Words.load(language, (FOLDER,), {"btc": {"en": "Bitcoin", "ja": "ビットコイン"}}).text(said)
        for language in ("en", "ja")
    )
    assert told in english
    assert "-" not in english + japanese
    assert ("前" in japanese) == ("before" in english)
