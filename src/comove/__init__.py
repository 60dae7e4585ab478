"""comove decodes why assets move together.

>>> import comove
>>> diagnosis = comove.explain("BTC", "GDX", asof="2026-02-06")
>>> diagnosis.together.direction
'falling'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from comove.core.audit import Audit
    from comove.core.audit_question import AuditQuestion
    from comove.core.claim import Claim
    from comove.core.diagnosis import Diagnosis
    from comove.core.diversify import Diversification
    from comove.core.diversify_question import DiversifyQuestion
    from comove.core.errors import ComoveError, DataError, NotEstimable, QuestionError
    from comove.core.estimate import Estimate
    from comove.core.levels import Levels
    from comove.core.levels_question import LevelsQuestion
    from comove.core.panel import Panel
    from comove.core.question import Question
    from comove.core.reading import Reading
    from comove.core.scenario import Scenario
    from comove.core.scenario_question import ScenarioQuestion
    from comove.core.spillover import Spillovers
    from comove.core.spillover_question import SpilloverQuestion
    from comove.desk import Desk

__version__ = "0.1.0"

__all__ = [
    "Audit",
    "AuditQuestion",
    "Claim",
    "ComoveError",
    "DataError",
    "Desk",
    "Diagnosis",
    "Diversification",
    "DiversifyQuestion",
    "Estimate",
    "Levels",
    "LevelsQuestion",
    "NotEstimable",
    "Panel",
    "Question",
    "QuestionError",
    "Reading",
    "Scenario",
    "ScenarioQuestion",
    "SpilloverQuestion",
    "Spillovers",
    "audit",
    "diversify",
    "explain",
    "levels",
    "scenario",
    "spillover",
]

_HOMES = {
    "Audit": "comove.core.audit",
    "AuditQuestion": "comove.core.audit_question",
    "Claim": "comove.core.claim",
    "ComoveError": "comove.core.errors",
    "DataError": "comove.core.errors",
    "Desk": "comove.desk",
    "Diagnosis": "comove.core.diagnosis",
    "Diversification": "comove.core.diversify",
    "DiversifyQuestion": "comove.core.diversify_question",
    "Estimate": "comove.core.estimate",
    "Levels": "comove.core.levels",
    "LevelsQuestion": "comove.core.levels_question",
    "NotEstimable": "comove.core.errors",
    "Panel": "comove.core.panel",
    "Question": "comove.core.question",
    "QuestionError": "comove.core.errors",
    "Reading": "comove.core.reading",
    "Scenario": "comove.core.scenario",
    "ScenarioQuestion": "comove.core.scenario_question",
    "SpilloverQuestion": "comove.core.spillover_question",
    "Spillovers": "comove.core.spillover",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    """Import a public name when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module 'comove' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def explain(*assets: str, **options: Any) -> Diagnosis:  # noqa: ANN401 - fields of Question
    """Explain why assets move together.

    Parameters
    ----------
    *assets
        Two or more ids, tickers or names.
    **options
        Fields of :class:`~comove.core.question.Question`: ``asof``, ``window``, ``baseline`` ...

    Returns
    -------
    Diagnosis
        From the bundled history.

    Raises
    ------
    ComoveError
        With a hint.
    """
    from comove.core.question import Question
    from comove.desk import Desk

    return Desk.open().explain(Question(assets=assets, **options))


def spillover(*assets: str, **options: Any) -> Spillovers:  # noqa: ANN401 - fields of the question
    """Measure who sends shocks to whom, and whether it is more than noise.

    Parameters
    ----------
    *assets
        Two to twelve ids, tickers or names.
    **options
        Fields of :class:`~comove.core.spillover_question.SpilloverQuestion`: ``asof``, ``lags``,
        ``horizon``, ``window`` ...

    Returns
    -------
    Spillovers
        From the bundled history.

    Raises
    ------
    ComoveError
        With a hint.
    """
    from comove.core.spillover_question import SpilloverQuestion
    from comove.desk import Desk

    return Desk.open().spillover(SpilloverQuestion(assets=assets, **options))


def diversify(weights: object, **options: Any) -> Diversification:  # noqa: ANN401 - fields
    """Say whether the diversification of a portfolio holds under stress.

    Parameters
    ----------
    weights
        Names and weights: a mapping, text such as ``"spy=.6,tlt=.4"``, or the path of a TOML or CSV
        file.
    **options
        Fields of :class:`~comove.core.diversify_question.DiversifyQuestion`: ``asof``, ``versus``,
        ``window``, ``target`` ...

    Returns
    -------
    Diversification
        From the bundled history.

    Raises
    ------
    ComoveError
        With a hint.
    """
    from typing import cast

    from comove.core.diversify_question import DiversifyQuestion
    from comove.core.weights import Weights
    from comove.desk import Desk

    return Desk.open().diversify(DiversifyQuestion(weights=cast("Weights", weights), **options))


def scenario(*assets: str, **options: Any) -> Scenario:  # noqa: ANN401 - fields of the question
    """Work out what shocks would do to assets.

    Parameters
    ----------
    *assets
        One to eight ids, tickers or names.
    **options
        Fields of :class:`~comove.core.scenario_question.ScenarioQuestion`: ``shocks``, ``named``,
        ``window``, ``reverse``, ``horizon``, ``weights`` ...

    Returns
    -------
    Scenario
        From the bundled history.

    Raises
    ------
    ComoveError
        With a hint.
    """
    from comove.core.scenario_question import ScenarioQuestion
    from comove.desk import Desk

    return Desk.open().scenario(ScenarioQuestion(assets=assets, **options))


def levels(*assets: str, **options: Any) -> Levels:  # noqa: ANN401 - fields of the question
    """List which levels matter, how likely they are reached, and what followed past touches.

    Parameters
    ----------
    *assets
        One to eight ids, tickers or names.
    **options
        Fields of :class:`~comove.core.levels_question.LevelsQuestion`: ``asof``, ``own``,
        ``levels`` ...

    Returns
    -------
    Levels
        From the bundled history.

    Raises
    ------
    ComoveError
        With a hint.
    """
    from comove.core.levels_question import LevelsQuestion
    from comove.desk import Desk

    return Desk.open().levels(LevelsQuestion(assets=assets, **options))


def audit(
    text: str | Sequence[Claim | Mapping[str, Any]],
    **options: Any,  # noqa: ANN401 - fields of AuditQuestion
) -> Audit:
    """Test the claims of a text, as known on its day.

    Parameters
    ----------
    text
        A text in English or Japanese (plain, Markdown, HTML, or claims in TOML), or structured
        claims: :class:`~comove.core.claim.Claim` or mappings of its fields.
    **options
        Fields of :class:`~comove.core.audit_question.AuditQuestion`: ``asof`` ...

    Returns
    -------
    Audit
        From the bundled history.

    Raises
    ------
    ComoveError
        With a hint.
    """
    from comove.core.audit_question import AuditQuestion
    from comove.core.claim import claims_of
    from comove.desk import Desk

    if isinstance(text, str):
        return Desk.open().audit(AuditQuestion(text=text, **options))
    return Desk.open().audit(AuditQuestion(text="", claims=claims_of(text), **options))
