"""Take figures with their intervals from a diagnosis, as one would for a research note."""

import comove


def main() -> None:
    """Print the split of each asset's move in log points."""
    diagnosis = comove.explain("BTC", "GDX", asof="2026-02-06")
    for split in diagnosis.why.returns:
        print(f"{split.asset}: {100 * split.total.value:.1f} through {split.window.end}")
        for part in split.parts:
            found = part.estimate
            if found.low is None or found.high is None:
                print(f"  {part.channel:14} {100 * found.value:6.1f}")
                continue
            print(
                f"  {part.channel:14} {100 * found.value:6.1f}  "
                f"[{100 * found.low:.1f}, {100 * found.high:.1f}]"
            )


if __name__ == "__main__":
    main()
