from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest

from spinegui.storage.errors import ProjectError
from spinegui.storage.project import Project
from tests.support.projects import adding, detection, image_ref, make_project

if TYPE_CHECKING:
    from pathlib import Path


DAMAGES = 200
DAMAGE_BYTES = 64


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    path = tmp_path / "whole.spine"
    with make_project(path) as project:
        project.add_images([image_ref(f"i{n}", tmp_path) for n in range(20)])
        for _ in range(150):
            project.commit(adding(detection(), detection("b")))
        project.set_setting("threshold", 0.5).result()
    return path


def test_that_damage_to_logged_edits_and_items_is_always_found(whole: Path) -> None:
    chance = np.random.default_rng(5)
    starts = [m.start() for m in re.finditer(rb'\{"box"', whole.read_bytes())]
    assert len(starts) >= 600  # each detection in the log and in the current state
    for n in range(DAMAGES):
        path = whole.with_name(f"{n}.spine")
        shutil.copy(whole, path)
        _damage(path, int(chance.choice(starts)), chance.bytes(DAMAGE_BYTES))
        assert _is_found(path)
        path.unlink()


def test_that_damage_anywhere_is_found_or_touches_nothing_stored(whole: Path) -> None:
    with Project.open(whole, user="ann", mode="read_only") as project:
        expected = _contents(project)
    chance = np.random.default_rng(11)
    n_found = 0
    for n in range(DAMAGES):
        path = whole.with_name(f"{n}.spine")
        shutil.copy(whole, path)
        place = int(chance.integers(path.stat().st_size - DAMAGE_BYTES))
        _damage(path, place, chance.bytes(DAMAGE_BYTES))
        if _is_found(path):
            n_found += 1
        else:  # the unused part of a page
            with Project.open(path, user="ann", mode="read_only") as project:
                assert _contents(project) == expected
        path.unlink()
    assert n_found > DAMAGES / 2


def _damage(path: Path, place: int, noise: bytes) -> None:
    with path.open("r+b") as stream:
        stream.seek(place)
        stream.write(noise)


def _contents(project: Project) -> object:
    return project.snapshot().result(), project.log().result()


def _is_found(path: Path) -> bool:
    try:
        with Project.open(path, user="ann", mode="read_only") as project:
            return not project.verify().result().is_whole
    except ProjectError:
        return True
