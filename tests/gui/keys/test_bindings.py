"""Keys and actions: what stands against a binding, and that each key stays one action's."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QSettings

from spinegui.gui.actions import ACTIONS
from spinegui.gui.keys.bindings import DELIVERED, KeyBindings
from spinegui.gui.keys.conflicts import FIXED_ACTIONS, portable, same_key
from spinegui.gui.keys.in_use import key_text, with_keys
from spinegui.gui.settings import Settings
from spinegui.storage.key_file import read_keys, write_keys
from spinegui.storage.strict_json import StrictJsonError

if TYPE_CHECKING:
    from pathlib import Path

SOME_KEYS = (
    "D",
    "X",
    "Y",
    "Ctrl+Alt+Y",
    "F12",
    "Space",
    "Ctrl+T",
    "Shift+Y",
    "Return",
    "Tab",
    "H",
    "?",
)
CHANGEABLE = sorted(set(DELIVERED) - FIXED_ACTIONS)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))


@pytest.mark.parametrize(
    ("action", "key", "taker"),
    [
        ("reject", "D", "next_image"),
        ("reject", "Ctrl+T", "retrain"),  # everywhere includes the image
        ("retrain", "Ctrl+D", "duplicate"),
        ("next_image", "Backtab", "previous_box"),  # as a keyboard sends Shift+Tab
        ("next_image", "Enter", "accept_next"),
    ],
)
def test_that_a_taken_key_names_who_has_it(action: str, key: str, taker: str) -> None:
    verdict = KeyBindings().judge(action, key)
    assert verdict.takers == (taker,)
    assert not verdict.refusal


@pytest.mark.parametrize(
    ("action", "key", "words"),
    [
        ("reject", "Esc", "Esc always cancels"),
        ("reject", "Alt+Left", "moves the selected box"),
        ("reject", "Alt+F4", "system"),
        ("retrain", "Y", "typed into fields"),
        ("retrain", "Shift+Y", "typed into fields"),
        ("retrain", "Space", "typed into fields"),
        ("retrain", "Shift+Home", "typed into fields"),
        ("retrain", "Ctrl+C", "edits text"),
        ("deselect", "Y", "cannot be changed"),
        ("reject", "", "not a key that can be named"),
    ],
)
def test_that_a_key_that_cannot_be_says_why(action: str, key: str, words: str) -> None:
    verdict = KeyBindings().judge(action, key)
    assert words in verdict.refusal
    assert not verdict.is_free


@pytest.mark.parametrize(
    ("action", "key"),
    [("reject", "Y"), ("retrain", "Ctrl+Alt+Y"), ("fit", "Home")],
)
def test_that_a_free_key_is_free(action: str, key: str) -> None:
    assert KeyBindings().judge(action, key).is_free


def test_that_the_delivered_keys_stand_in_each_others_way_nowhere() -> None:
    keys = KeyBindings()
    for spec in ACTIONS:
        for key in spec.keys:
            assert not keys.judge(spec.id, portable(key)).takers, (spec.id, key)


def test_that_a_key_taken_is_gone_from_where_it_was_and_reset_brings_it_back() -> None:
    keys = KeyBindings()
    keys.add("reject", "D")
    assert keys.of("reject") == ("D", "X", "Del", "Backspace")
    assert keys.of("next_image") == ()
    keys.reset("next_image")
    assert keys.of("next_image") == ("D",)
    assert keys.of("reject") == ("X", "Del", "Backspace")


def test_that_what_is_as_delivered_is_not_kept_as_the_person_s_own() -> None:
    keys = KeyBindings()
    keys.add("fit", "Y")
    keys.remove("fit", "Y")
    assert keys.own == {}


def test_that_own_keys_are_there_at_the_next_start(settings: Settings) -> None:
    KeyBindings(settings).add("reject", "Y")
    again = KeyBindings(settings)
    assert again.of("reject")[0] == "Y"
    assert key_text("reject") == "Y"
    assert with_keys("{reject} rejects, {retrain} trains") == "Y rejects, Ctrl+T trains"


@pytest.mark.parametrize("kept", ["", "no json", "[1]", '{"reject": 3}', '{"gone": ["Y"]}'])
def test_that_what_cannot_be_read_counts_as_delivered(settings: Settings, kept: str) -> None:
    settings._store.setValue("own_keys", kept)
    assert KeyBindings(settings).own == {}


def test_that_a_delivered_key_of_a_newer_version_yields_to_the_person_s(settings: Settings) -> None:
    settings.own_keys = {"reject": ("D",)}  # kept before Next image had that key
    keys = KeyBindings(settings)
    assert keys.of("reject") == ("D",)
    assert keys.of("next_image") == ()


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["add", "remove", "reset"]),
            st.sampled_from(CHANGEABLE),
            st.sampled_from(SOME_KEYS),
        ),
        max_size=12,
    )
)
def test_that_no_key_ever_belongs_to_two_actions(steps: list[tuple[str, str, str]]) -> None:
    keys = KeyBindings()
    for step, action, key in steps:
        if step == "reset":
            keys.reset(action)
        elif step == "remove":
            keys.remove(action, portable(key))
        elif not keys.judge(action, portable(key)).refusal:
            keys.add(action, portable(key))
            assert same_key(keys.of(action)[0], portable(key))
        plain = Counter(portable(k) for spec in ACTIONS for k in dict.fromkeys(keys.of(spec.id)))
        assert max(plain.values()) == 1
    before = keys.own
    keys.restore({})
    assert all(keys.of(spec.id) == spec.keys for spec in ACTIONS)
    keys.restore(before)
    assert keys.own == before


# -- files -------------------------------------------------------------------------------------


def test_that_a_file_carries_the_keys_to_another_computer(tmp_path: Path) -> None:
    here, there = KeyBindings(), KeyBindings()
    here.add("reject", "D")
    here.remove("fit", "F")
    write_keys(tmp_path / "keys.json", here.own)
    there.add("undo", "F12")
    assert there.take_over(read_keys(tmp_path / "keys.json")) == ()
    assert there.own == here.own


def test_that_a_file_s_unusable_keys_are_named_and_the_rest_is_taken(tmp_path: Path) -> None:
    keys = KeyBindings()
    found = {"reject": ("Y", "Esc", "nonsense!"), "retrain": ("Q",), "gone": ("O",)}
    assert keys.take_over(found) == ("Esc", "nonsense!", "Q", "O")
    assert keys.own == {"reject": ("Y",)}


@pytest.mark.parametrize(
    "content",
    ["", "[]", '{"keys": {}}', '{"kind": "spinegui keys", "keys": {"reject": "X"}}',
     '{"kind": "spinegui keys", "keys": {"reject": [1]}}'],
)  # fmt: skip
def test_that_a_file_of_something_else_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "keys.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(StrictJsonError):
        read_keys(file)
