"""How the verdicts on several assets become one."""

from itertools import permutations, product

import pytest

from comove.core.evidence import all_of

WORDS = ("supports", "against", "cannot_tell", "silent")


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ((), "silent"),
        (("silent", "silent"), "silent"),
        (("supports", "supports"), "supports"),
        (("supports", "silent"), "cannot_tell"),
        (("supports", "cannot_tell"), "cannot_tell"),
        (("supports", "against"), "against"),
        (("against", "cannot_tell"), "against"),
        (("against", "silent"), "against"),
        (("cannot_tell", "silent"), "cannot_tell"),
    ],
)
def test_what_several_verdicts_come_to(verdicts, expected):
    assert all_of(verdicts) == expected


@pytest.mark.parametrize("verdicts", list(product(WORDS, repeat=3)))
def test_the_order_does_not_matter_and_nothing_is_gained_by_repeating(verdicts):
    found = all_of(verdicts)
    assert {all_of(order) for order in permutations(verdicts)} == {found}
    assert all_of(verdicts + verdicts) == found


@pytest.mark.parametrize("word", WORDS)
def test_one_verdict_stays_what_it_is(word):
    assert all_of((word,)) == word
