from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from spinegui.backends.base import BackendError
from spinegui.backends.inception_v3.settings import (
    HUB,
    PUBLIC_HUB,
    TRUSTED,
    UNFREEZE,
    Settings,
    changed,
    checked_hub,
    folder_sha256,
    read_settings,
    settings_file,
)

if TYPE_CHECKING:
    from pathlib import Path

SHA = "a" * 64


def hub(folder: Path) -> Path:
    folder.mkdir()
    (folder / "saved_model.pb").write_bytes(b"a program")
    (folder / "variables").mkdir()
    (folder / "variables" / "variables.index").write_bytes(b"numbers")
    return folder


def store(**values: object) -> None:
    settings_file().parent.mkdir(parents=True, exist_ok=True)
    settings_file().write_text(json.dumps(values))


def test_that_nothing_is_foreign_and_nothing_trusted_by_default() -> None:
    assert read_settings() == Settings(None, frozenset(), 0)


def test_that_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    store(hub="/models/a", trusted=[SHA], unfreeze=4)
    assert read_settings() == Settings("/models/a", frozenset({SHA}), 4)
    monkeypatch.setenv(HUB, PUBLIC_HUB)
    monkeypatch.setenv(TRUSTED, "b" * 64)
    monkeypatch.setenv(UNFREEZE, "7")
    assert read_settings() == Settings(PUBLIC_HUB, frozenset({SHA, "b" * 64}), 7)


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"trusted": "all"}', '{"trusted": ["x"]}', '{"unfreeze": -1}']
)
def test_that_settings_that_make_no_sense_are_told(text: str) -> None:
    store()
    settings_file().write_text(text)
    with pytest.raises(BackendError, match="Correct"):
        read_settings()


def test_that_a_foreign_base_is_refused_until_its_hash_is_trusted(tmp_path: Path) -> None:
    folder = hub(tmp_path / "hub")
    sha = folder_sha256(folder)
    with pytest.raises(BackendError, match=f"If you do, add {sha} to {TRUSTED}"):
        checked_hub(str(folder), frozenset({SHA}))
    assert checked_hub(str(folder), frozenset({sha})) == (str(folder), sha)


def test_that_a_trusted_base_that_changed_is_foreign_again(tmp_path: Path) -> None:
    folder = hub(tmp_path / "hub")
    trusted = frozenset({folder_sha256(folder)})
    (folder / "variables" / "variables.index").write_bytes(b"others")
    with pytest.raises(BackendError, match="a program of somebody else's"):
        checked_hub(str(folder), trusted)


def test_that_a_folder_without_a_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="no TensorFlow model"):
        checked_hub(str(tmp_path), frozenset())


def test_that_an_address_needs_no_hash() -> None:
    assert checked_hub(PUBLIC_HUB, frozenset()) == (PUBLIC_HUB, "")


def test_that_what_is_chosen_for_one_training_outranks_what_is_set() -> None:
    known = Settings("/models/a", frozenset({SHA}), 4)
    assert changed(known, {}) == known
    chosen = {"hub": PUBLIC_HUB, "trusted": "b" * 64, "unfreeze": "0"}
    assert changed(known, chosen) == Settings(PUBLIC_HUB, frozenset({SHA, "b" * 64}), 0)


@pytest.mark.parametrize("wrong", [{"depth": "3"}, {"unfreeze": "all"}, {"trusted": "me"}])
def test_that_a_choice_that_makes_no_sense_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(BackendError):
        changed(Settings(), wrong)
