"""The same pair on other days: an explanation is of a day, not of a pair.

"Bitcoin and gold miners fall together because of real yields" may be right in one year and wrong in
the next.  The way to find out is to ask the same question on several days, each time with nothing
that was not known then, and to put the verdicts side by side.
"""

from datetime import date

from comove import Desk, Question

DAYS = (date(2020, 3, 16), date(2022, 6, 17), date(2026, 2, 6))


def main() -> None:
    """Print one row per day."""
    # One desk, so that the history is read once.
    desk = Desk.open()
    print("as of       ", *(f"{key:13}" for key in desk.channels))
    for day in DAYS:
        diagnosis = desk.explain(Question(assets=("BTC", "GDX"), asof=day, replications=499))
        verdicts = {reading.channel: reading.verdict for reading in diagnosis.readings}
        print(f"{day}  ", *(f"{verdicts[key]:13}" for key in desk.channels))
        # A verdict is one of four words.  "cannot_tell" is the honest one more often than not;
        # "silent" means that there were no data, or none to be used without going in circles.
        move = ", ".join(
            f"{path.asset} {100 * path.move.value:+.0f}%" for path in diagnosis.together.paths
        )
        print(f"    {diagnosis.together.direction}: {move}")


if __name__ == "__main__":
    main()
