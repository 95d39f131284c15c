from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from spinegui.backends.base import BackendError

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.logs_warning  # super-gradients logs what it misses


@pytest.fixture(scope="module")
def lived(torch, _untrained) -> Any:
    """A network whose normalisation has seen images, so that folding it is no trifle."""
    import copy

    network = copy.deepcopy(_untrained).train()
    with torch.no_grad():
        for k in (0.5, 2.0):
            network(k * torch.rand(2, 3, 96, 96, generator=torch.Generator().manual_seed(1)))
    return network.eval()


@pytest.fixture(scope="module")
def folded_one(lived) -> Any:
    import copy

    from spinegui.backends.yolo_nas.folding import folded

    return folded(copy.deepcopy(lived))


@pytest.fixture(scope="module")
def exported(folded_one, tmp_path_factory) -> Path:
    from spinegui.backends.yolo_nas.export import NETWORK, export

    path: Path = tmp_path_factory.mktemp("export") / NETWORK
    export(folded_one, path)
    return path


def answers(torch: Any, network: Any, images: Any) -> tuple[np.ndarray, np.ndarray]:
    from spinegui.backends.yolo_nas.network import boxes_and_scores

    with torch.inference_mode():
        boxes, scores = boxes_and_scores(network.eval(), images)
    return boxes.numpy(), scores.numpy()


def images(torch: Any, n: int, height: int, width: int) -> Any:
    return torch.rand(n, 3, height, width, generator=torch.Generator().manual_seed(2))


def test_that_a_folded_network_answers_as_before_and_has_no_normalisation(torch, lived, folded_one):
    from spinegui.backends.yolo_nas.folding import folded

    shown = images(torch, 1, 96, 128)
    for before, after in zip(
        answers(torch, lived, shown), answers(torch, folded_one, shown), strict=True
    ):
        assert after == pytest.approx(before, rel=1e-3, abs=2e-3)
    assert not any(isinstance(m, torch.nn.BatchNorm2d) for m in folded_one.modules())
    assert all(p.requires_grad for p in folded_one.parameters())
    assert folded(folded_one) is folded_one


@pytest.mark.parametrize(("n", "height", "width"), [(1, 96, 128), (2, 64, 32)])
def test_that_the_exported_network_answers_like_the_network(
    torch, folded_one, exported, n, height, width
):
    from spinegui.backends.onnx_session import open_session

    shown = images(torch, n, height, width)
    boxes, scores = answers(torch, folded_one, shown)
    got_boxes, got_scores = open_session(exported, threads=1).run(None, {"images": shown.numpy()})
    assert got_scores.shape == scores.shape == (n, height * width // 64 * 21 // 16, 1)
    assert got_scores == pytest.approx(scores, abs=2e-3)
    assert got_boxes == pytest.approx(boxes, abs=0.5)


def test_that_an_export_holds_half_precision_and_nothing_is_left_beside_it(exported):
    assert [path.name for path in exported.parent.iterdir()] == [exported.name]
    assert exported.stat().st_size < 30e6


def test_that_a_network_loaded_from_an_export_gives_the_same_answers(torch, exported):
    from spinegui.backends.onnx_session import open_session
    from spinegui.backends.yolo_nas.export import load

    shown = images(torch, 1, 96, 96)
    boxes, scores = answers(torch, load(exported, "s"), shown)
    got_boxes, got_scores = open_session(exported, threads=1).run(None, {"images": shown.numpy()})
    assert got_scores == pytest.approx(scores, abs=1e-4)
    assert got_boxes == pytest.approx(boxes, abs=0.05)


def damaged(path: Path, folder: Path, how: str) -> Path:
    import onnx

    if how == "noise":
        (folder / path.name).write_bytes(b"\xff\xff\xffnothing of the kind")
        return folder / path.name
    model = onnx.load(path)
    weights = model.graph.initializer
    k = next(i for i, t in enumerate(weights) if t.name.startswith("half:network."))
    if how == "shape":
        shorter = np.zeros(7, np.float16)
        weights.append(onnx.numpy_helper.from_array(shorter, weights[k].name))
    del weights[k]
    onnx.save(model, folder / path.name)
    return folder / path.name


@pytest.mark.parametrize(
    ("how", "said"),
    [("noise", "is no ONNX file"), ("lack", "lacks 1 of the network's weights"),
     ("shape", "is no YOLO-NAS-S")],
)  # fmt: skip
def test_that_weights_that_do_not_fit_are_refused_in_words(exported, tmp_path, how, said):
    from spinegui.backends.yolo_nas.export import load

    with pytest.raises(BackendError, match=said):
        load(damaged(exported, tmp_path, how), "s")


def test_that_an_export_that_answers_otherwise_is_refused(torch, folded_one, tmp_path, monkeypatch):
    from spinegui.backends.yolo_nas import export

    def spoiled(source: Path, target: Path) -> None:
        import onnx

        model = onnx.load(source)
        for tensor in model.graph.initializer:
            if tensor.name.endswith("cls_pred.bias"):
                values = onnx.numpy_helper.to_array(tensor) + 3
                tensor.CopyFrom(onnx.numpy_helper.from_array(values, tensor.name))
        onnx.save(model, target)

    monkeypatch.setattr(export, "store_halved", spoiled)
    with pytest.raises(BackendError, match="answers otherwise than the trained one"):
        export.export(folded_one, tmp_path / export.NETWORK)


def test_that_the_vendors_weights_offline_name_both_ways_out(torch, monkeypatch):
    from spinegui.backends.yolo_nas.network import build

    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody listens there
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(BackendError, match=r"Go online, or train without them"):
            build("s", pretrained="coco")
