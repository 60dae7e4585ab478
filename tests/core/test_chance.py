"""Random draws depend on the seed and the name of the step, on nothing else."""

from itertools import permutations

import numpy as np

from comove.core.case import generator

STEPS = ("explain.overlap", "explain.severity", "deleveraging.break")


def draw(label, seed=7):
    return generator(seed, label).random(8).tolist()


def test_the_order_of_the_steps_does_not_matter():
    expected = {label: draw(label) for label in STEPS}
    for order in permutations(STEPS):
        assert {label: draw(label) for label in order} == expected


def test_every_step_and_every_seed_has_its_own_draws():
    draws = [tuple(draw(label, seed)) for label in STEPS for seed in (0, 7, 2**63 - 1)]
    assert len(set(draws)) == len(draws)


def test_steps_are_not_correlated():
    first, second = (generator(7, label).standard_normal(20_000) for label in STEPS[:2])
    assert abs(np.corrcoef(first, second)[0, 1]) < 4.0 / np.sqrt(20_000)


def test_the_global_generator_is_left_alone():
    before = np.random.get_state()[1].copy()
    draw(STEPS[0])
    assert np.array_equal(before, np.random.get_state()[1])


def test_a_later_release_draws_the_same():
    assert draw("explain.overlap")[:3] == [
        0.08082705788754241,
        0.4031119345099582,
        0.2290291309432574,
    ]
