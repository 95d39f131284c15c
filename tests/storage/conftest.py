from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.projects import make_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from spinegui.storage.project import Project


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cells #1?.spine"


@pytest.fixture
def project(path: Path) -> Iterator[Project]:
    with make_project(path) as made:
        yield made
