"""A driver is a fixed combination of changes."""

import numpy as np
import pytest

from comove.core.driver import Driver
from comove.core.errors import UnknownSeriesError
from comove.core.panel import Changes

LABELS = np.array(["2026-02-03", "2026-02-04", "2026-02-05"], dtype="M8[D]")
VALUES = np.array([[0.1, 1.0], [-0.2, 2.0], [0.3, -4.0]])
CHANGES = Changes(("hyg", "tlt"), VALUES, LABELS, np.ones(3, dtype=np.int64))


def test_the_series_are_those_of_the_legs_in_order():
    assert Driver("credit", (("hyg", 1.0), ("tlt", -1.0))).series == ("hyg", "tlt")


def test_its_change_is_the_weighted_sum():
    driver = Driver("credit", (("hyg", 2.0), ("tlt", -0.5)))
    expected = [2.0 * 0.1 - 0.5 * 1.0, 2.0 * -0.2 - 0.5 * 2.0, 2.0 * 0.3 + 0.5 * 4.0]
    assert driver.change(CHANGES) == pytest.approx(expected, abs=1e-15)


def test_one_leg_is_the_series_itself_in_an_array_of_its_own():
    found = Driver("credit", (("hyg", 1.0),)).change(CHANGES)
    assert np.array_equal(found, VALUES[:, 0])
    found[0] = 9.0
    assert VALUES[0, 0] == 0.1


def test_a_leg_that_is_not_held_is_an_error():
    with pytest.raises(UnknownSeriesError, match="vix is not in this panel"):
        Driver("x", (("vix", 1.0),)).change(CHANGES)


def test_drivers_are_compared_by_key_and_legs():
    assert Driver("x", (("hyg", 1.0),)) == Driver("x", (("hyg", 1.0),))
    assert Driver("x", (("hyg", 1.0),)) != Driver("x", (("hyg", -1.0),))
