"""Pauses grow, are never longer than allowed, and leave half to chance."""

from hypothesis import given
from hypothesis import strategies as st

from comove.data.http.patience import Patience


@given(st.integers(2, 60), st.floats(0, 1, exclude_max=True))
def test_a_pause_lies_between_half_and_all_of_its_doubling(attempt, chance):
    patience = Patience(pause=0.5, longest_pause=20.0)
    whole = min(20.0, 0.5 * 2.0 ** (attempt - 2))
    assert whole / 2 <= patience.before(attempt, chance) <= whole
