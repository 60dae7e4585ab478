"""What an asset behaves like: a haven, a hedge, a risk asset, a high-beta growth asset."""

from __future__ import annotations

import re
from collections.abc import Iterator

from comove.answers.audit.drafting import Draft, turned_down
from comove.answers.audit.judging import Judged, band, denied
from comove.answers.audit.kinds._beta import betas, stated_beta
from comove.answers.audit.reading import cues
from comove.answers.audit.reading.clauses import Clause
from comove.answers.audit.reading.names import RATES
from comove.answers.audit.viewing import Unseen, View
from comove.core.audit import Figure
from comove.core.claim import Claim, Ruling
from comove.core.errors import NotEstimable
from comove.core.message import Message, Name, Quantity, say
from comove.stats.haven import HavenOptions, baur_mcdermott
from comove.stats.regression import ols_hac

RANK = 26
YEARS = 1260
RECENT = 504
WORDS = (
    (
        "haven",
        re.compile(
            r"\b(?:safe[- ]?havens?|havens?|refuge)\b|安全資産|逃避先|避難先|セーフヘイブン",
            re.IGNORECASE,
        ),
    ),
    (
        "high_beta",
        re.compile(
            r"\b(?:high[- ]beta|leveraged (?:bet|play|version))\b|ハイベータ|高ベータ",
            re.IGNORECASE,
        ),
    ),
    (
        "hedge",
        re.compile(
            r"\b(?:a hedge|as (?:a )?hedges?|hedge against)\b|ヘッジ(?:として|手段|機能|になる|資産)",
            re.IGNORECASE,
        ),
    ),
    (
        "risk",
        re.compile(
            r"\b(?:risk (?:assets?|proxy)|risk-on|growth (?:assets?|stocks?|equit\w+)|tech stocks?|growth-like|speculative asset|like (?:a )?(?:stocks?|equit\w+|tech))\b|リスク資産|リスクオン資産|成長資産|グロース資産|成長株(?:の|と同)|株式(?:の|と同)|ハイテク株(?:の|と同)|投機資産",
            re.IGNORECASE,
        ),
    ),
)
_ACTS = re.compile(
    r"\b(?:behav\w+|act(?:s|ed|ing)?|trad(?:e|es|ed|ing)|serv(?:e|es|ed|ing)|work(?:s|ed|ing)?|function\w*|is|are|was|were|remain\w*|prov\w+|been|more like|as)\b|として|のよう|振る舞|ふるまい|機能|性格|性質|である|だ|とな|では|動き|値動き|扱い",
    re.IGNORECASE,
)
_HELD_AS = re.compile(
    r"\b(?:hold|holds|held|seen|regard(?:ed)?|view(?:ed)?|consider(?:ed)?|billed|touted|supposed|known|marketed|thought|said to be|called|so-called|traditional)\b|とされる|とされて|とみなさ|と呼ばれ|として保有|として知られ|とされてきた|といわれ|と言われ",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:not|no longer|never|rather than|instead of|failed|fails|isn't|aren't|n't|less)\b[^,;.]{0,30}$",
    re.IGNORECASE,
)
_NOT_JA = re.compile(
    r"^[^、。]{0,10}(?:ではな|でな|せず|していな|しなか|とは言え|とはいえ|というより|より(?:も|は)?)"
)


def extract(clause: Clause) -> Iterator[Draft]:
    """Find what assets are said to behave like, and not to."""
    if clause.hypothetical or clause.future or cues.CORRELATION.search(clause.text):
        return
    yield from betas(clause)
    if not _ACTS.search(clause.text):
        return
    found = [(m, name) for name, pattern in WORDS if (m := pattern.search(clause.text)) is not None]
    found.sort(key=lambda entry: entry[0].start())
    if not found:
        return
    inside = {m.span() for m, _ in found}
    first = found[0][0].start()
    named = [
        m
        for m in clause.mentions
        if not any(low <= m.start < high for low, high in inside)
        and m.series not in RATES
        and not clause.is_object(m)
    ]
    if _HELD_AS.search(clause.text[: found[-1][0].end() + 12]):
        return
    if turned_down(clause, first):
        return
    ahead = {m.series for m in named if m.start < first}
    subjects = [s for s in clause.subjects(first) if s in ahead]
    subjects = subjects or [m.series for m in named if m.start < first]
    subjects = subjects or [s for s in clause.subjects(first) if s not in RATES]
    seen = set()
    for match, name in found:
        if name in seen:
            continue
        seen.add(name)
        told = name if name != "risk" or "high_beta" not in seen else ""
        if not told:
            continue
        head, tail = clause.text[: match.start()], clause.text[match.end() :]
        no = bool(_NOT_JA.match(tail)) if clause.language == "ja" else bool(_NOT.search(head[-40:]))
        for subject in tuple(dict.fromkeys(subjects))[:3]:
            yield Draft(
                clause.claim(
                    "classification",
                    (0, len(clause.text)),
                    variant=told,
                    series=(subject,),
                    others=_other(subject),
                    negated=no,
                )
            )


def _other(subject: str) -> tuple[str, ...]:
    return ("qqq",) if subject == "spy" else ("spy",)


def test(claim: Claim, view: View) -> Judged:
    """Classify by the slopes on ordinary days and on the worst days of equities."""
    if claim.variant == "beta":
        return stated_beta(claim, view)
    if claim.variant in ("haven", "hedge"):
        return denied(claim, _haven(claim, view))
    return denied(claim, _risk(claim, view))


def _haven(claim: Claim, view: View) -> Judged:
    asset, other = claim.series[0], claim.others[0]
    changes = view.returns(asset, other)
    rows = slice(max(len(changes.values) - YEARS, 0), len(changes.values))
    try:
        found = baur_mcdermott(
            changes.values[rows, 0],
            changes.values[rows, 1],
            HavenOptions(level=view.question.level),
        ).ols
    except NotEstimable:
        raise Unseen("too_short") from None
    scope = view.joint_scope(changes, rows)
    slope = scope.estimate(
        found.hedge, "beta", "baur_mcdermott", (found.hedge_low, found.hedge_high)
    )
    tail = scope.estimate(
        float(found.tail[1]),
        "beta",
        "baur_mcdermott",
        (float(found.tail_low[1]), float(found.tail_high[1])),
    )
    told = found.haven_class if claim.variant == "haven" else found.hedge_class
    verdict: Ruling = "cannot_tell"
    why: tuple[Message, ...] = (say("audit.why.interval_zero"),)
    told_slope = tail if claim.variant == "haven" else slope
    if (told_slope.low or 0.0) > 0.0:
        verdict, why = "does_not_hold", (say(f"audit.why.no_{claim.variant}"),)
    elif told and told.startswith("strong"):
        verdict, why = "holds", ()
    elif told and told.startswith("weak"):
        verdict, why = "holds", (say(f"audit.why.weak_{claim.variant}"),)
    fact = say(
        "audit.fact.slopes",
        asset=Name(asset),
        other=Name(other),
        slope=band(slope),
        tail=band(tail),
        days=(scope.first, scope.last),
    )
    return Judged(
        verdict=verdict,
        rule="haven",
        fact=fact,
        why=why,
        figures=(
            Figure(key="audit.figure.slope", value=slope),
            Figure(key="audit.figure.worst_days", value=tail),
        ),
        rows=tuple(view.cite(series, view.last(series)) for series in (asset, other)),
    )


def _risk(claim: Claim, view: View) -> Judged:
    asset = claim.series[0]
    other = "qqq" if claim.variant == "high_beta" and asset != "qqq" else claim.others[0]
    changes = view.returns(asset, other)
    rows = slice(max(len(changes.values) - RECENT, 0), len(changes.values))
    try:
        fit = ols_hac(changes.values[rows, 0], changes.values[rows, 1:], level=view.question.level)
    except NotEstimable:
        raise Unseen("too_short") from None
    scope = view.joint_scope(changes, rows)
    value, low, high = (float(part[-1]) for part in (fit.coef, fit.low, fit.high))
    slope = scope.estimate(value, "beta", "ols_hac", (low, high))
    verdict: Ruling = "cannot_tell"
    why: tuple[Message, ...] = (say("audit.why.interval_zero"),)
    bar = 1.0 if claim.variant == "high_beta" else 0.0
    if low > bar:
        verdict, why = "holds", ()
    elif high < 0.1:
        verdict, why = "does_not_hold", (say("audit.why.no_risk"),)
    elif claim.variant == "high_beta":
        verdict, why = (
            ("misleading", (say("audit.why.beta_below_one"),))
            if low > 0.0
            else ("cannot_tell", why)
        )
        verdict, why = (
            (verdict, why)
            if value < 1.0 or low <= 0.0
            else ("cannot_tell", (say("audit.why.around_one"),))
        )
    fact = say(
        "audit.fact.beta",
        asset=Name(asset),
        other=Name(other),
        slope=band(slope),
        r2=Quantity(float(fit.r2), "share"),
        days=(scope.first, scope.last),
    )
    return Judged(
        verdict=verdict,
        rule="beta",
        fact=fact,
        why=why,
        figures=(Figure(key="audit.figure.slope", value=slope),),
        rows=tuple(view.cite(series, view.last(series)) for series in (asset, other)),
    )
