"""Figures for a note: what carried the fall of Bitcoin and gold miners in early February 2026.

A research note needs numbers that can be defended: each with its interval, each from a sample that
is named, and all parts adding up to the whole.  One call gives them.  What no driver explains is
part of the list, because a split that explains everything has usually been fitted to what it
explains.
"""

import comove


def main() -> None:
    """Print the split of each asset's move in log points."""
    # The exposures behind the split come from the 756 sessions before the move, frozen there.
    diagnosis = comove.explain("BTC", "GDX", asof="2026-02-06")
    for split in diagnosis.why.returns:
        print(f"{split.asset}: {100 * split.total.value:.1f} through {split.window.end}")
        for part in split.parts:
            found = part.estimate
            if found.low is None or found.high is None:
                # Exact figures, sums for instance, have no interval, and say so.
                print(f"  {part.channel:14} {100 * found.value:6.1f}")
                continue
            print(
                f"  {part.channel:14} {100 * found.value:6.1f}  "
                f"[{100 * found.low:.1f}, {100 * found.high:.1f}]"
            )

    # The parts add up to the total, whatever they are.
    for split in diagnosis.why.returns:
        gap = sum(part.estimate.value for part in split.parts) - split.total.value
        print(f"{split.asset}: the parts add up: {abs(gap) < 1e-12}")

    # Every estimate of the answer, a row each, for the appendix.
    frame = diagnosis.to_frame()
    print(f"{len(frame)} estimates, each with sample and method")


if __name__ == "__main__":
    main()
