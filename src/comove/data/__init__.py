"""The data room: bundled facts, catalogue, clocks and calendars; the only room that reads disks."""
