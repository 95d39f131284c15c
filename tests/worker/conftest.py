"""Workers started as anybody would start them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.workshop import Workshop, open_workshop

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    yield from open_workshop(tmp_path_factory.mktemp("workshop"))
