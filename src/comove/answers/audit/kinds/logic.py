"""Unit and currency logic: what a stronger dollar does to costs, margins, multiples."""

from __future__ import annotations

import re
from collections.abc import Iterator

from comove.answers.audit.drafting import Draft
from comove.answers.audit.judging import Judged, not_testable
from comove.answers.audit.reading.clauses import Clause
from comove.answers.audit.viewing import View
from comove.core.claim import Claim

RANK = 14
_ACCOUNTS = re.compile(
    r"\b(?:costs?|margins?|AISC|earnings|profits?|cash ?flows?|multiples?|valuations?|P/E|price-to-earnings|price-to-book|EV/EBITDA|net asset value|NAV|dividends?|balance sheets?|debt|capex|revenues?|production)\b"
    r"|コスト|採算|利益率|マージン|利益|業績|キャッシュフロー|バリュエーション|(?<![A-Za-z])(?:PER|PBR)(?![A-Za-z])|配当|財務|負債|設備投資|生産量|売上|時価純資産|収益",
    re.IGNORECASE,
)
_RELATES = re.compile(
    r"\b(?:rais\w+|lift\w*|increas\w+|squeez\w+|erod\w+|expand\w*|compress\w*|collaps\w*|contract\w*|fell|fall\w*|rose|ris\w+|inflat\w+|improv\w+|hurt\w*|widen\w*|shrink\w*|shrank|push\w*|drop\w*|cut\w*|declin\w*|amplif\w*|magnif\w*|leverage)\b"
    r"|上昇|増加|圧迫|悪化|改善|縮小|拡大|低下|押し上げ|押し下げ|膨ら|削|急落|増大|減少|崩|切り下が",
    re.IGNORECASE,
)


def extract(clause: Clause) -> Iterator[Draft]:
    """Find statements about costs, margins and multiples: nothing held can judge them."""
    if clause.asks or not clause.sentence_mentions:
        return
    account = _ACCOUNTS.search(clause.text)
    if account is None or not _RELATES.search(clause.text):
        return
    named = tuple(dict.fromkeys(m.series for m in clause.mentions)) or clause.carried[-1:]
    near = tuple(
        a
        for a in clause.amounts
        if min(abs(a.start - account.end()), abs(account.start() - a.end)) < 40
        and a.unit in ("", "times", "%")
    )
    yield Draft(clause.claim("logic", (0, len(clause.text)), series=named[:2]), near)


def test(claim: Claim, view: View) -> Judged:  # noqa: ARG001 - a test's signature
    """Say that company accounts are not held."""
    return not_testable("logic", "accounts")
