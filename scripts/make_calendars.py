"""Make the bundled calendars from rules; needs the development dependencies."""

from __future__ import annotations

import hashlib
import json
import sys
from datetime import date, timedelta
from pathlib import Path

import exchange_calendars as xcals
from pandas.tseries.holiday import USFederalHolidayCalendar

FIRST, LAST = date(2014, 12, 1), date(2034, 12, 31)
PUBLISHED_TO = date(2035, 1, 31)
"""Federal holidays run a little further, so that the last labels have a day of publication."""
FOLDER = Path(__file__).parents[1] / "src" / "comove" / "data" / "calendars"

CLOSED_IN_WASHINGTON = {
    date(2014, 12, 26): "federal offices closed by executive order",
    date(2017, 1, 20): "Inauguration Day",
    date(2018, 12, 5): "national day of mourning",
    date(2018, 12, 24): "federal offices closed by executive order",
    date(2019, 12, 24): "federal offices closed by executive order",
    date(2020, 12, 24): "federal offices closed by executive order",
    date(2021, 1, 20): "Inauguration Day",
    date(2024, 12, 24): "federal offices closed by executive order",
    date(2025, 1, 9): "national day of mourning",
    date(2025, 12, 24): "federal offices closed by executive order",
    date(2025, 12, 26): "federal offices closed by executive order",
    date(2033, 1, 20): "Inauguration Day",
}
"""Beyond the statute.

The Federal Reserve Board announced that the H.15 release would not be posted on such days (for
2008-12-26, 2009-01-20 and 2014-12-26).  Where no announcement was at hand, counting the day as
closed makes a yield known later, never too early.
"""

Named = dict[date, str]


def sessions() -> list[tuple[str, str]]:
    """Return every NYSE session with its close in UTC, early closes and closures included."""
    calendar = xcals.get_calendar("XNYS", start=FIRST.isoformat(), end=LAST.isoformat())
    closes = calendar.schedule["close"]
    return [(f"{day:%Y-%m-%d}", f"{close:%Y-%m-%dT%H:%MZ}") for day, close in closes.items()]


def federal_holidays() -> Named:
    """Return the weekdays on which US federal offices are closed."""
    found = USFederalHolidayCalendar().holidays(FIRST, PUBLISHED_TO, return_name=True)
    rules = {day.date(): str(name).replace(",", "") for day, name in found.items()}
    return dict(sorted((CLOSED_IN_WASHINGTON | rules).items()))


def bond_holidays() -> Named:
    """Return the weekdays without a Treasury yield fixing.

    The stock exchange's holidays, and Columbus and Veterans Day when they fall on a weekday.  Not
    Good Friday when it is the month's first Friday: the employment report keeps the market open.
    Not the exchange's closure of 2025-01-09.
    """
    open_days = {day for day, _ in sessions()}
    found: Named = {}
    day = FIRST
    while day <= LAST:
        if day.weekday() < 5:
            name = _bond_holiday(day, day.isoformat() in open_days)
            found |= {day: name} if name else {}
        day += timedelta(days=1)
    return found


def _bond_holiday(day: date, exchange_open: bool) -> str:
    if (day.month, day.day) == (11, 11) or (
        (day.month, day.day, day.weekday()) == (11, 12, 0)  # Veterans Day on a Sunday
    ):
        return "Veterans Day"
    if day.month == 10 and day.weekday() == 0 and 8 <= day.day <= 14:
        return "Columbus Day"
    payrolls = day.weekday() == 4 and day.day <= 7 and day.month in (3, 4)
    if exchange_open or payrolls or day == date(2025, 1, 9):
        return ""
    return "exchange holiday"


def write(folder: Path = FOLDER) -> None:
    """Write the calendars and their manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "XNYS.csv": ("session,close", sessions(), "New York Stock Exchange sessions"),
        "US-FED.csv": ("date,name", _lines(federal_holidays()), "US federal holidays"),
        "US-BOND.csv": ("date,name", _lines(bond_holidays()), "US Treasury market holidays"),
    }
    files = {}
    for name, (header, lines, origin) in tables.items():
        content = "\n".join([header, *(",".join(line) for line in lines), ""]).encode()
        (folder / name).write_bytes(content)
        files[name] = {
            "sha256": hashlib.sha256(content).hexdigest(),
            "rows": len(lines),
            "first": FIRST.isoformat(),
            "last": (PUBLISHED_TO if name == "US-FED.csv" else LAST).isoformat(),
            "origin": origin,
        }
    text = json.dumps({"schema": 1, "files": files}, indent=2, ensure_ascii=False)
    (folder / "metadata.json").write_text(text + "\n", encoding="utf-8")


def _lines(named: Named) -> list[tuple[str, str]]:
    return [(day.isoformat(), name) for day, name in named.items()]


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
