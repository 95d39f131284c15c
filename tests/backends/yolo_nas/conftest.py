"""What trains needs PyTorch and super-gradients: such tests ask for `network` and skip without."""

from __future__ import annotations

import copy
import importlib
import warnings
from typing import TYPE_CHECKING, Any

import pytest

from spinegui.backends.yolo_nas import frameworks

if TYPE_CHECKING:
    from collections.abc import Callable

_REASON = "only training needs it: `spinegui doctor` says how to install it"


@pytest.fixture(scope="session")
def torch() -> Any:
    """PyTorch on one thread, with super-gradients behind it; both warn while they are imported."""
    found = pytest.importorskip("torch", reason=_REASON)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frameworks.prepare()
        pytest.importorskip("super_gradients", reason=_REASON)
        importlib.import_module("spinegui.backends.yolo_nas.loop")
    found.set_num_threads(1)
    return found


@pytest.fixture(scope="session")
def _untrained(torch: Any) -> Any:
    from spinegui.backends.yolo_nas.network import build

    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return build("s")


@pytest.fixture
def network(_untrained: Any) -> Any:
    """A network of its own with random weights, the same for every test."""
    return copy.deepcopy(_untrained)


@pytest.fixture
def new_network(_untrained: Any) -> Callable[[], Any]:
    return lambda: copy.deepcopy(_untrained)
