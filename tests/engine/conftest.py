"""Workers that are real processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.workshop import Workshop, open_workshop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spinegui.engine.local import LocalEngine


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    yield from open_workshop(tmp_path_factory.mktemp("workshop"))


@pytest.fixture(scope="module")
def engine(workshop: Workshop) -> LocalEngine:
    """An engine whose warm worker all tests of a file share."""
    return workshop.engine(cancel_grace_s=0.3)
