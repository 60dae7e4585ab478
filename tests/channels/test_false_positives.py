"""On noise no explanation may claim to explain."""

from __future__ import annotations

import pytest

from .cases import CHANNELS, Asked, World, case_of

RUNS = 100


@pytest.fixture(scope="module")
def verdicts():
    """Assets that fell, on their own, in a world where nothing depends on anything."""
    found = {key: [] for key in CHANNELS}
    for seed in range(RUNS):
        world = World(seed=seed, moves={"btc": -0.15, "gdx": -0.10})
        case = case_of(world, Asked(replications=99))
        for key in CHANNELS:
            if key != "tech":
                found[key].append(CHANNELS[key].examine(case).verdict)
    return found


@pytest.mark.parametrize("key", ["risk", "deleveraging", "dollar"])
def test_noise_seldom_supports(verdicts, key):
    assert verdicts[key].count("supports") <= 0.1 * RUNS


def test_noise_is_not_always_refuted_either(verdicts):
    assert any(verdict == "cannot_tell" for verdict in verdicts["risk"])


def test_gold_supports_when_a_miner_fell_without_gold(verdicts):
    # Here the miner truly parted from the metal: ten points down with no exposure to it.
    assert verdicts["gold"].count("supports") >= 0.5 * RUNS


@pytest.fixture(scope="module")
def reasons():
    """Reasons per asset, on noise without any shock."""
    found = {key: [] for key in ("risk", "dollar", "gold")}
    for seed in range(RUNS // 2):
        case = case_of(World(seed=500 + seed), Asked(replications=99))
        for key, listed in found.items():
            parts = CHANNELS[key].examine(case).because["parts"]
            listed += [part.key.rsplit(".", 1)[1] for part in parts]
    return found


@pytest.mark.parametrize("key", ["risk", "dollar", "gold"])
def test_noise_seldom_carries_a_single_asset(reasons, key):
    """Per asset the decision rule errs in at most one case in ten as well."""
    assert reasons[key].count("carries") <= 0.1 * len(reasons[key])
