"""The README tells the truth about keys, verbs and files."""

from __future__ import annotations

import re
from pathlib import Path

from spinegui.cli.main import VERBS
from spinegui.gui.actions import ACTIONS

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def _section(title: str) -> str:
    return README.partition(f"{title}\n")[2].partition("\n#")[0]


def test_that_every_key_of_the_readme_is_a_key_of_the_window() -> None:
    known = {key for spec in ACTIONS for key in spec.keys}
    arrows = {"↑": "Up", "↓": "Down"}
    told = re.findall(r"`([^`]+)`", _section("### Keys").partition("Wheel zooms")[0])
    assert len(told) > 30
    assert [key for key in told if arrows.get(key, key) not in known] == []


def test_that_every_verb_stands_in_the_readme_and_no_other() -> None:
    told = set(re.findall(r"^spinegui ([a-z]+)", _section("## The command line"), re.MULTILINE))
    assert told == set(VERBS)


def test_that_every_file_the_readme_names_is_there() -> None:
    named = re.findall(r"(?:resources|packaging|tests|\.ci)/[\w./-]*\w/?", README)
    assert len(named) > 5
    assert [name for name in named if not (ROOT / name).exists()] == []
