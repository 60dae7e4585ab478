"""The desk: names, days and channels are settled here, answers are remembered here."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine

from comove.core.errors import NoDataError, QuestionError, UnknownSeriesError
from comove.core.question import Question
from comove.desk import Desk


def question(*assets, **options):
    return Question(assets=assets or ("BTC", "GDX"), **options)


def test_names_become_ids_and_channels_are_settled(desk):
    settled = desk.resolve(question("bitcoin", "金鉱株", asof="2026-02-06"))
    assert settled.assets == ("btc", "gdx")
    assert settled.channels == ("risk", "deleveraging", "tech", "dollar", "gold")
    assert desk.resolve(settled) == settled


def test_channels_that_are_asked_for_stay_as_asked(desk):
    assert desk.resolve(question(channels=("gold", "risk"))).channels == ("gold", "risk")


@pytest.mark.parametrize(
    ("assets", "kind", "code"),
    [
        (("BTC", "GDXX"), UnknownSeriesError, "data.unknown_series"),
        (("BTC", ""), UnknownSeriesError, "data.unknown_series"),
        (("BTC", "XBT"), QuestionError, "question.same_asset"),
        (("BTC", "VIX"), QuestionError, "question.not_an_asset"),
        (("BTC", "実質金利"), QuestionError, "question.not_an_asset"),
    ],
)
def test_names_that_cannot_be_asked_about(desk, assets, kind, code):
    with pytest.raises(kind) as refused:
        desk.resolve(question(*assets, asof="2026-02-06"))
    assert refused.value.code == code


def test_an_answer_is_remembered_however_the_question_was_put(ask):
    first = ask("BTC GDX", asof="2026-02-06")
    assert ask("ビットコイン miners", asof=date(2026, 2, 6)) is first
    assert ask("BTC GDX", asof="2026-02-06", seed=8) is not first


def test_a_refused_question_is_not_remembered_as_an_answer(desk):
    for _ in range(2):
        with pytest.raises(NoDataError, match="eth is held from 2024-01-01"):
            desk.explain(question("BTC", "ETH", asof="2023-06-01"))


def test_opening_reads_nothing(tmp_path):
    from comove.data.reader import Facts

    assert Desk.open(facts=Facts(root=tmp_path / "nowhere")).channels


@pytest.mark.parametrize("empty", ["", os.pathsep, f"{os.pathsep}{os.pathsep}"])
def test_empty_entries_of_the_setting_are_no_folders(monkeypatch, empty):
    monkeypatch.setenv("COMOVE_CHANNELS", empty)
    assert Desk.open().folders == ()


def test_the_setting_holds_several_folders_and_the_argument_wins(monkeypatch, tmp_path):
    monkeypatch.setenv("COMOVE_CHANNELS", os.pathsep.join([str(tmp_path), "other"]))
    assert Desk.open().folders == (str(tmp_path), "other")
    assert Desk.open(channels=()).folders == ()
    assert Desk.open(channels=[tmp_path]).folders == (str(tmp_path),)


def test_every_folder_of_words_holds_words(desk):
    folders = desk.words("explain", "spillover")
    assert len(set(folders)) == len(folders) >= 8
    assert all((Path(folder) / "words.toml").is_file() for folder in folders)


def test_every_series_has_a_title_in_both_languages(desk):
    assert set(desk.titles) == set(desk.facts.catalogue.specs)
    assert all(names["en"] and names["ja"] for names in desk.titles.values())


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 2, 7, 4, 59, tzinfo=UTC), date(2026, 2, 6)),
        (datetime(2026, 2, 7, 5, 1, tzinfo=UTC), date(2026, 2, 7)),
        (datetime(2026, 7, 7, 3, 59, tzinfo=UTC), date(2026, 7, 6)),
        (datetime(2026, 7, 7, 4, 1, tzinfo=UTC), date(2026, 7, 7)),
    ],
)
def test_today_is_the_day_in_new_york(desk, instant, day):
    with time_machine.travel(instant, tick=False):
        assert desk.today == day


def test_what_time_it_is_does_not_change_an_answer(desk):
    asked = question(replications=99)
    with time_machine.travel(datetime(2031, 5, 1, tzinfo=UTC), tick=False):
        later = Desk(facts=desk.facts).explain(asked)
    assert later == desk.explain(asked)
    assert later.asof == date(2026, 8, 27)
