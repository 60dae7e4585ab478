"""Ask the same question on several days and list the verdicts side by side."""

from datetime import date

from comove import Desk, Question

DAYS = (date(2020, 3, 16), date(2022, 6, 17), date(2026, 2, 6))


def main() -> None:
    """Print one row per day."""
    desk = Desk.open()
    print("as of       ", *(f"{key:13}" for key in desk.channels))
    for day in DAYS:
        diagnosis = desk.explain(Question(assets=("BTC", "GDX"), asof=day, replications=499))
        verdicts = {reading.channel: reading.verdict for reading in diagnosis.readings}
        print(f"{day}  ", *(f"{verdicts[key]:13}" for key in desk.channels))


if __name__ == "__main__":
    main()
