"""Where the rooms are joined: the one object with effects, a clock and a memory."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from comove.core.answered import Answered
from comove.core.question import Question
from comove.core.registry import member, members

if TYPE_CHECKING:
    from types import ModuleType

    import numpy as np

    from comove.core.audit import Audit
    from comove.core.audit_question import AuditQuestion
    from comove.core.checkup import Checkup
    from comove.core.diagnosis import Diagnosis
    from comove.core.diversify import Diversification
    from comove.core.diversify_question import DiversifyQuestion
    from comove.core.document import Document
    from comove.core.export import ExportRequest
    from comove.core.fetch import Errand, Fetched, Taken
    from comove.core.holding import Finding, Holding
    from comove.core.levels import Levels
    from comove.core.levels_question import LevelsQuestion
    from comove.core.plan import Plan
    from comove.core.protocols import Channel
    from comove.core.scenario import Scenario
    from comove.core.scenario_question import ScenarioQuestion
    from comove.core.spillover import Spillovers
    from comove.core.spillover_question import SpilloverQuestion
    from comove.data.intake import Intake
    from comove.data.reader import Facts

PACKAGE = Path(__file__).parent


def further_folders() -> tuple[str, ...]:
    """Return the folders that the environment variable ``COMOVE_CHANNELS`` lists."""
    listed = os.environ.get("COMOVE_CHANNELS", "")
    return tuple(entry for entry in listed.split(os.pathsep) if entry)


@dataclass(eq=False)
class Desk:
    """Asks the rooms in order and remembers the answers.

    Attributes
    ----------
    facts
        The history that is read.
    folders
        Extra folders of channels.

    Examples
    --------
    >>> desk = Desk.open()
    >>> desk.resolve(Question(assets=("bitcoin", "金鉱株"), asof="2026-02-06")).assets
    ('btc', 'gdx')
    """

    facts: Facts
    folders: tuple[str, ...] = ()
    _answered: dict[object, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def open(
        cls,
        *,
        channels: Iterable[str | Path] | None = None,
        facts: Facts | None = None,
        offline: bool = False,
    ) -> Desk:
        """Open a desk on what is held: the user's own data, if any, over the bundled history.

        Parameters
        ----------
        channels
            Folders whose sub-folders are further channels; by default those that the environment
            variable ``COMOVE_CHANNELS`` lists.
        facts
            Another history than that.
        offline
            True: the bundled history alone, whatever the user holds.

        Returns
        -------
        Desk
            Nothing is read yet.
        """
        if facts is None:
            from comove.data.history import open_history

            facts = open_history(offline=offline)
        if channels is None:
            channels = further_folders()
        return cls(facts=facts, folders=tuple(str(entry) for entry in channels))

    def with_frame(
        self,
        frame: Any,  # noqa: ANN401 - a frame of any library
        *,
        declare: Mapping[str, Any] | None = None,
        waive: Iterable[str] = (),
        **options: Any,  # noqa: ANN401 - fields of FileOptions
    ) -> Desk:
        """Return a desk that also reads a data frame; nothing of it is written anywhere.

        Parameters
        ----------
        frame
            Of pandas, polars or PyArrow, wide or long, with a column or an index of dates.
        declare
            Id of a series that the catalogue does not hold to its declaration: ``kind``, ``unit``
            and ``clock``, and what else ``[series.<id>]`` has in TOML.
        waive
            Keys of quality rules that are not to run on it.
        **options
            Fields of :class:`~comove.data.files.options.FileOptions`, as for a file.

        Returns
        -------
        Desk
            Where both have a date, the value of the frame counts.

        Raises
        ------
        ComoveError
            When the frame cannot be read, a series is not declared, or a value does not pass the
            quality gates.
        """
        from comove.data.files.options import FileOptions
        from comove.data.framed import framed

        judged = (self._instant, tuple(waive))
        facts = framed(self.facts, frame, declare or {}, FileOptions.of(options), judged)
        return Desk(facts=facts, folders=self.folders)

    @property
    def _instant(self) -> np.datetime64:
        import numpy as np

        now = datetime.now(UTC).replace(tzinfo=None)  # noqa: TID251 - this is the desk
        return np.datetime64(now, "s")

    @cached_property
    def _modules(self) -> Mapping[str, ModuleType]:
        return members("comove.channels", self.folders)

    @cached_property
    def channels(self) -> Mapping[str, Channel]:
        """Installed channels by key, the built-in ones in the order they are spoken of."""
        found = {key: module.channel for key, module in self._modules.items()}
        usual = ("risk", "deleveraging", "tech", "dollar", "gold")
        order = [key for key in usual if key in found]
        return {key: found[key] for key in dict.fromkeys((*order, *found))}

    @property
    def today(self) -> date:
        """Today in New York; the only place that knows."""
        return datetime.now(ZoneInfo("America/New_York")).date()  # noqa: TID251 - this is the desk

    def words(self, *answers: str) -> tuple[str, ...]:
        """Name the folders whose words a document needs.

        Parameters
        ----------
        *answers
            Keys of the answers it speaks of.

        Returns
        -------
        tuple of str
            Those of the data, the channels and the answers named.
        """
        modules = (
            *(member("comove.answers", key) for key in answers),
            *self._modules.values(),
        )
        folders = [PACKAGE / "channels", PACKAGE / "data"]
        folders += [Path(str(module.__file__)).parent for module in modules]
        return tuple(str(folder) for folder in folders)

    @property
    def titles(self) -> Mapping[str, Mapping[str, str]]:
        """Display names of every series, per language."""
        return {series: spec.titles for series, spec in self.facts.catalogue.specs.items()}

    def _asked(self, request: Any) -> ModuleType:  # noqa: ANN401 - the request of any answer
        """Find the answer that a request is meant for."""
        return member("comove.answers", request.answer)

    def resolve(self, request: Any) -> Any:  # noqa: ANN401 - the request of any answer
        """Settle names, as-of day and channels.

        Parameters
        ----------
        request
            As asked, e.g. a :class:`~comove.core.question.Question`.

        Returns
        -------
        object
            The same kind of request, in catalogue ids.

        Raises
        ------
        UnknownSeriesError, QuestionError, DataError
            When a name is unknown, is asked about twice, or has no history.
        """
        settled = self._asked(request).settle(request, self.facts)
        if hasattr(settled, "channels"):
            settled = replace(settled, channels=settled.channels or tuple(self.channels))
        return settled

    def plan(self, request: Any) -> Plan:  # noqa: ANN401 - the request of any answer
        """Say what would be read and run.

        Parameters
        ----------
        request
            As asked.

        Returns
        -------
        Plan
            Nothing has been read but the names.
        """
        settled = self.resolve(request)
        planned: Plan = self._asked(settled).plan(settled, self.channels)
        return planned

    def ask(self, request: Any) -> Any:  # noqa: ANN401 - the result of any answer
        """Answer a request.

        Parameters
        ----------
        request
            As asked.

        Returns
        -------
        object
            The answer's result, e.g. a :class:`~comove.core.diagnosis.Diagnosis`; the same object
            when the same is asked again and nothing has come in.

        Raises
        ------
        ComoveError
            With a hint.
        """
        settled = self.resolve(request)
        known = (settled, self.facts.state)
        if known not in self._answered:
            self._answered[known] = self._computed(settled)
        return self._answered[known]

    def explain(self, question: Question) -> Diagnosis:
        """Answer why assets move together; see :meth:`ask`."""
        diagnosis: Diagnosis = self.ask(question)
        return diagnosis

    def spillover(self, question: SpilloverQuestion) -> Spillovers:
        """Answer who sends shocks to whom; see :meth:`ask`."""
        spillovers: Spillovers = self.ask(question)
        return spillovers

    def diversify(self, question: DiversifyQuestion) -> Diversification:
        """Answer whether a portfolio's diversification holds under stress; see :meth:`ask`."""
        found: Diversification = self.ask(question)
        return found

    def scenario(self, question: ScenarioQuestion) -> Scenario:
        """Answer what shocks would do; see :meth:`ask`."""
        scenario: Scenario = self.ask(question)
        return scenario

    def levels(self, question: LevelsQuestion) -> Levels:
        """Answer which levels matter; see :meth:`ask`."""
        levels: Levels = self.ask(question)
        return levels

    def audit(self, question: AuditQuestion) -> Audit:
        """Answer which claims of a text hold; see :meth:`ask`."""
        found: Audit = self.ask(question)
        return found

    def _computed(self, request: Any) -> Any:  # noqa: ANN401 - as ask
        from threadpoolctl import threadpool_limits

        from comove.run.serial import Serial

        answer = self._asked(request)
        planned = answer.plan(request, self.channels)
        snapshot = self.facts.read(planned.series, planned.tables, planned.asof)
        self.facts.require_fresh(snapshot, planned.assets)
        with threadpool_limits(limits=1):
            return answer.answer(request, snapshot, self.channels, Serial())

    def document(self, result: Any) -> Document:  # noqa: ANN401 - the result of any answer
        """Lay a result out for reading.

        Parameters
        ----------
        result
            What :meth:`ask` returned; its ``answer`` names the composer in the report room.

        Returns
        -------
        Document
            Still without a language.
        """
        composer = import_module(f"comove.report.{result.answer}")
        document: Document = composer.compose(result, self.titles, self.words(result.answer))
        return document

    def plan_document(self, plan: Plan) -> Document:
        """Lay a plan out for reading."""
        from comove.report.plan import compose_plan

        return compose_plan(plan, self.titles, self.words(plan.answer))

    def holdings_document(self, view: str) -> Document:
        """Lay out what is held: ``list`` the catalogue, or ``status`` its freshness."""
        from comove.report.inventory import compose_list, compose_status

        held = self.holdings()
        if view == "status":
            return compose_status(held)
        there = {entry.spec.id for entry in held}
        specs = self.facts.catalogue.specs.values()
        waiting = (spec.id for spec in specs if spec.sources and spec.id not in there)
        return compose_list(held, tuple(waiting))

    def check_document(self, findings: tuple[Finding, ...]) -> Document:
        """Lay out the outcome of the quality rules."""
        from comove.report.inventory import compose_check

        return compose_check(findings, self.facts.quarantined(), self.titles, self.words())

    def holdings(self) -> tuple[Holding, ...]:
        """Say what is held, and how far behind its calendar it is by now."""
        from comove.data.holdings import holdings

        return holdings(self.facts, self.today, self._instant)

    def findings(self) -> tuple[Finding, ...]:
        """Check what is held; see :mod:`comove.data.quality`."""
        from comove.data.quality import findings

        return findings(self.facts)

    @cached_property
    def intake(self) -> Intake:
        """Where data come in."""
        from comove.data.intake import Intake

        return Intake(facts=self.facts, now=_seconds, today=self.today)

    def exported(self, request: ExportRequest, form: str) -> bytes:
        """Hand series out as a table.

        Parameters
        ----------
        request
            Which, and as of when.
        form
            ``csv`` or ``parquet``.

        Returns
        -------
        bytes
            See :mod:`comove.data.export`.

        Raises
        ------
        ComoveError
            For an unknown name, a series that is not held, a day outside the calendars.
        """
        from comove.data.export import exported

        ids = tuple(self.facts.catalogue.resolve(name) for name in request.series)
        ids = ids or self.facts.ids
        if request.asof is None:
            return exported([self.facts.observations(series) for series in ids], form)
        snapshot = self.facts.read(ids, day=request.asof)
        return exported([snapshot[series] for series in ids], form)

    def doctor_document(self, checkups: tuple[Checkup, ...]) -> Document:
        """Lay out how services answered."""
        from comove.report.doctor import compose_doctor

        return compose_doctor(checkups, self.titles, self.words())

    def errands_document(self, errands: tuple[Errand, ...]) -> Document:
        """Lay out what would be fetched."""
        from comove.report.fetching import compose_errands

        return compose_errands(errands, self.titles, self.words())

    def taken_document(self, results: tuple[Taken, ...], *, trial: bool) -> Document:
        """Lay out what was taken from a file."""
        from comove.report.fetching import compose_taken

        return compose_taken(results, self.titles, self.words(), trial=trial)

    def fetched_document(self, results: tuple[Fetched, ...]) -> Document:
        """Lay out what was fetched."""
        from comove.report.fetching import compose_fetched

        return compose_fetched(results, self.titles, self.words())


def _seconds() -> float:
    """Return UTC seconds since 1970."""
    return time.time()  # noqa: TID251 - this is the desk


def _painted(result: Answered) -> str:
    """Write the page of a result into a frame, so that no style leaks into a notebook."""
    from html import escape

    from comove.report.render import render

    language = os.environ.get("COMOVE_LANG", "en")
    page = render(Desk.open().document(result), "html", language).decode("utf-8")
    style = "width:100%;height:40rem;border:0"
    return f'<iframe title="comove" style="{style}" srcdoc="{escape(page, quote=True)}"></iframe>'


Answered.painter = staticmethod(_painted)
