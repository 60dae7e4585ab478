"""What limits the answer: clocks, ends of data, small samples, drivers left out."""

from __future__ import annotations

from collections.abc import Iterator

from comove.answers.explain.setting import Setting
from comove.core.diagnosis import Together, Unusual, Why
from comove.core.message import Message, Name, Quantity, say
from comove.core.observations import BUNDLED

FEW_SESSIONS = 10
FEW_EPISODES = 10
ILL_CONDITIONED = 15.0


def limit(setting: Setting, together: Together, unusual: Unusual, why: Why) -> tuple[Message, ...]:
    """List what a reader must know before leaning on the answer.

    Parameters
    ----------
    setting, together, unusual, why
        The facts and the split.

    Returns
    -------
    tuple of Message
        In the order a reader meets them.
    """
    return (
        *_clocks(setting, unusual),
        *_origins(setting, why),
        *_ends(setting, why),
        *_samples(together, unusual),
        *_drivers(why),
        *_adjusted(setting),
    )


def _clocks(setting: Setting, unusual: Unusual) -> Iterator[Message]:
    for column, asset in enumerate(setting.panel.ids):
        if asset in setting.snapshot.sampled:
            origin = setting.snapshot.sampled[asset].origin
            yield say("explain.limit.sampled", asset=Name(asset), source=origin.partition("#")[0])
        offsets = setting.panel.offsets[setting.dependence, column]
        least, most = float(offsets.min()), float(offsets.max())
        if max(abs(least), abs(most)) >= 1.0:
            yield _struck(Name(asset), least, most)
            yield from _remedy(setting, asset)
    for pair in unusual.pairs:
        if pair.clock_overlap < 0.95:
            shrunk = abs(pair.five_day.value) > abs(pair.dependence.value)
            yield say(
                f"explain.limit.overlap{'' if shrunk else '_unseen'}",
                first=Name(pair.pair[0]),
                second=Name(pair.pair[1]),
                share=Quantity(pair.clock_overlap, "share"),
                daily=pair.dependence.quantity,
                five=pair.five_day.quantity,
            )
    spans = setting.stretch.multi_day_spans
    if spans:
        yield say("explain.limit.spans", count=spans)


def _remedy(setting: Setting, asset: str) -> Iterator[Message]:
    """Name the series that would be joined at the close if it were held."""
    specs = setting.snapshot.specs.values()
    twins = [spec.id for spec in specs if spec.stands_for == asset]
    if twins and asset not in setting.snapshot.sampled:
        yield say("explain.limit.remedy", series=twins[0])


def _struck(asset: Name, least: float, most: float) -> Message:
    """Say when an asset is struck; ``least`` and ``most`` are hours after the New York close."""
    side = "_before" if most <= 0.0 else "_around" if least < 0.0 else ""
    near, far = (most, least) if side == "_before" else (least, most)
    if least == most:
        return say(f"explain.limit.clock{side}_one", asset=asset, least=Quantity(near, "hours"))
    return say(
        f"explain.limit.clock{side}",
        asset=asset,
        least=Quantity(near, "hours"),
        most=Quantity(far, "hours"),
    )


def _origins(setting: Setting, why: Why) -> Iterator[Message]:
    """Say where series come from that did not come with comove, and how far they reach."""
    brought = {
        series: track
        for series, track in setting.snapshot.tracks.items()
        if len(track) and track.origin and not track.origin.startswith(BUNDLED)
    }
    for asset in setting.question.assets:
        if asset in brought:
            track = brought.pop(asset)
            day = track.labels[-1].item()
            yield say("explain.limit.origin", asset=Name(asset), day=day, origin=track.origin)
    unused = {entry.series for entry in why.left_out}
    others = [track for series, track in brought.items() if series not in unused]
    if others:
        first = min(others, key=lambda track: track.labels[-1])
        yield say(
            "explain.limit.origins",
            sources=tuple(sorted({_service(track.origin) for track in others})),
            series=Name(first.spec.id),
            day=first.labels[-1].item(),
        )


def _service(origin: str) -> str:
    """Return who is behind an origin: a service by its name, a file by its own."""
    newest = origin.partition("#")[0]
    service = newest.partition(":")[0]
    return newest if service == "file" else service


def _ends(setting: Setting, why: Why) -> Iterator[Message]:
    if why.returns and why.returns[0].window.end < setting.stretch.end:
        yield say("explain.limit.through", day=why.returns[0].window.end)
    for track in (setting.snapshot[asset] for asset in setting.question.assets):
        if track.labels[-1].item() < setting.snapshot.day:
            behind = setting.snapshot.sessions.labels > track.labels[-1]
            if behind.any():
                yield say(
                    "explain.limit.behind", asset=Name(track.spec.id), day=track.labels[-1].item()
                )


def _samples(together: Together, unusual: Unusual) -> Iterator[Message]:
    if together.window.sessions < FEW_SESSIONS:
        yield say("explain.limit.few_sessions", sessions=together.window.sessions)
    if together.joint and len(unusual.episodes) < FEW_EPISODES:
        yield say("explain.limit.few_episodes", count=len(unusual.episodes), since=unusual.since)


def _drivers(why: Why) -> Iterator[Message]:
    for reason in dict.fromkeys(entry.reason for entry in why.left_out):
        entries = [entry for entry in why.left_out if entry.reason == reason]
        yield say(
            f"explain.limit.left_out.{reason}",
            drivers=tuple(dict.fromkeys(Name(f"driver.{entry.driver}") for entry in entries)),
            series=tuple(dict.fromkeys(Name(entry.series) for entry in entries)),
            days=tuple(dict.fromkeys(entry.last for entry in entries if entry.last is not None)),
        )
    if why.condition is not None and why.condition > ILL_CONDITIONED:
        yield say("explain.limit.condition", condition=Quantity(why.condition, "ratio"))
    if why.ridge:
        yield say("explain.limit.ridge", ridge=Quantity(why.ridge, "ratio"))
    for pair in dict.fromkeys((entry.first, entry.second) for entry in why.inseparable):
        yield say(
            "explain.limit.inseparable",
            first=Name(f"channel.{pair[0]}"),
            second=Name(f"channel.{pair[1]}"),
        )


def _adjusted(setting: Setting) -> Iterator[Message]:
    adjusted = tuple(Name(spec.id) for spec in setting.panel.specs if spec.adjusted)
    if adjusted:
        yield say("explain.limit.adjusted", assets=adjusted)
