"""Sentences before they have a language."""

from dataclasses import FrozenInstanceError

import pytest

from comove.core.message import Message, Name, Quantity, say

MOVE = Quantity(-0.18, "simple_return")


def test_fields_are_sorted_so_that_equal_messages_are_equal():
    first = say("together.fell", move=MOVE, asset=Name("gdx"))
    second = say("together.fell", asset=Name("gdx"), move=MOVE)
    assert first == second
    assert hash(first) == hash(second)
    assert [name for name, _ in first] == ["asset", "move"]


def test_a_field_is_read_by_name():
    assert say("x", asset=Name("gdx"))["asset"] == Name("gdx")
    with pytest.raises(KeyError):
        say("x", asset=Name("gdx"))["move"]


def test_messages_nest_and_stay_hashable():
    inner = say("inner", days=3)
    outer = say("outer", parts=(inner, inner), first=inner)
    assert {outer: 1}[say("outer", first=inner, parts=(inner, inner))] == 1


def test_key_and_values_tell_messages_apart():
    assert say("x", days=3) != say("x", days=4)
    assert say("x") != say("y")
    assert say("x", move=MOVE) != say("x", move=Quantity(-0.18, "log_return"))


def test_a_message_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        say("x").key = "y"


def test_a_field_may_be_called_key():
    assert say("x", key="y") == Message("x", (("key", "y"),))
