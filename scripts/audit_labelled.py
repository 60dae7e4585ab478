"""How the audit fares on the labelled claims: ``uv run python scripts/audit_labelled.py [-v]``."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from comove.core.audit import Finding
from comove.core.audit_question import AuditQuestion
from comove.desk import Desk

FOLDER = Path(__file__).parents[1] / "tests" / "answers" / "audit" / "labelled"
WORDS = {
    "H": "holds",
    "N": "does_not_hold",
    "M": "misleading",
    "C": "cannot_tell",
    "T": "not_testable",
    "-": "",
}
NUMERIC = frozenset({"fall", "path", "level", "average", "correlation", "rate", "flow", "amount"})


@dataclass(frozen=True)
class Line:
    """A sentence with the verdict and kind it was given."""

    label: str
    kind: str
    sentence: str


@dataclass(frozen=True)
class Text:
    """Sentences that are read as one."""

    day: date
    lines: tuple[Line, ...]
    split: str


@dataclass
class Tally:
    """What was wanted and what was found."""

    table: Counter[tuple[str, str]] = field(default_factory=Counter)
    missed: list[tuple[Text, Line]] = field(default_factory=list)
    wrong: list[tuple[Text, Line, Finding]] = field(default_factory=list)
    numeric: int = 0
    understood: int = 0

    @property
    def precision(self) -> float:
        """Share of claims labelled so among those called false."""
        said = sum(count for (_, found), count in self.table.items() if found == "does_not_hold")
        return self.table["does_not_hold", "does_not_hold"] / said if said else 1.0

    @property
    def recall(self) -> float:
        """Share of numeric claims that were understood."""
        return self.understood / self.numeric if self.numeric else 1.0


def read(split: str) -> list[Text]:
    """Read the texts of a split: single sentences are texts of one line."""
    found = []
    for path in sorted(FOLDER.glob(f"{split}_*.txt")):
        day, whole = date.min, False
        lines: list[Line] = []
        for raw in path.read_text(encoding="utf-8").splitlines():
            if raw.startswith("="):
                day = date.fromisoformat(raw[1:].strip())
            elif raw in ("[text]", "[lines]"):
                if lines:
                    found.append(Text(day, tuple(lines), split))
                whole, lines = raw == "[text]", []
            elif "|" in raw:
                label, kind, sentence = (part.strip() for part in raw.split("|", 2))
                line = Line(WORDS[label], kind, sentence)
                if whole:
                    lines.append(line)
                else:
                    found.append(Text(day, (line,), split))
        if lines:
            found.append(Text(day, tuple(lines), split))
    return found


def judge(texts: list[Text], desk: Desk) -> Tally:
    """Audit every text and compare with its labels."""
    tally = Tally()
    for text in texts:
        body = "\n".join(line.sentence for line in text.lines)
        audit = desk.ask(AuditQuestion(text=body, asof=text.day, source="labelled.txt"))
        place = 0
        for line in text.lines:
            inside = [
                f for f in audit.findings if place <= f.claim.place[0] < place + len(line.sentence)
            ]
            place += len(line.sentence) + 1
            _count(tally, text, line, inside)
    return tally


def _count(tally: Tally, text: Text, line: Line, inside: list[Finding]) -> None:
    if not line.label:
        for finding in inside:
            if finding.verdict == "does_not_hold":
                tally.table["nothing", finding.verdict] += 1
                tally.wrong.append((text, line, finding))
        return
    same = [f for f in inside if f.claim.kind == line.kind] or inside
    found: str = same[0].verdict if same else "not_understood"
    if same and any(f.verdict == line.label for f in same):
        found = line.label
    for finding in inside:
        stray = finding.verdict == "does_not_hold" and line.label != "does_not_hold"
        if stray and finding not in same:
            tally.table["other", "does_not_hold"] += 1
            tally.wrong.append((text, line, finding))
    tally.table[line.label, found] += 1
    if line.kind in NUMERIC and line.label != "not_testable":
        tally.numeric += 1
        tally.understood += bool(same)
    if not same:
        tally.missed.append((text, line))
    elif found != line.label:
        tally.wrong.append((text, line, same[0]))


def table(tally: Tally) -> str:
    """Write the confusion table as Markdown."""
    verdicts = [word for word in WORDS.values() if word]
    columns = [*verdicts, "not_understood"]
    stray = any(label in ("other", "nothing") for label, _ in tally.table)
    rows = [*verdicts, *(["other"] if stray else [])]
    lines = ["| label | " + " | ".join(name.replace("_", " ") for name in columns) + " |"]
    lines.append("|---|" + "---:|" * len(columns))
    for row in rows:
        counts = [tally.table[row, name] for name in columns]
        if row == "other":
            counts = [tally.table["other", name] + tally.table["nothing", name] for name in columns]
        lines.append(f"| {row.replace('_', ' ')} | " + " | ".join(map(str, counts)) + " |")
    return "\n".join(lines)


def main() -> None:
    """Print both tables; with ``-v`` also what went wrong."""
    desk = Desk.open(offline=True)
    for split in ("tuned", "heldout", "fresh"):
        texts = read(split)
        tally = judge(texts, desk)
        total = sum(count for key, count in tally.table.items() if key[0] in WORDS.values())
        print(
            f"\n{split}: {total} claims, precision on does not hold {tally.precision:.3f}, ", end=""
        )
        print(f"numeric claims understood {tally.recall:.3f}\n")
        print(table(tally))
        if "-v" in sys.argv:
            _explain(tally)


def _explain(tally: Tally) -> None:
    for text, line, finding in tally.wrong:
        claim = finding.claim
        print(
            f"\n{text.day} wanted {line.label or 'nothing'}, got {finding.verdict}: {line.sentence}"
        )
        print(f"  {claim}\n  {[message.key for message in finding.says]}")
    for text, line in tally.missed:
        print(f"\n{text.day} missed {line.kind}: {line.sentence}")


if __name__ == "__main__":
    main()
