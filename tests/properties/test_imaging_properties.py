"""Whatever bytes or pixels come in, imaging answers with pixels or with one sentence."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spinegui.imaging.axes import AxisLayout
from spinegui.imaging.contrast import apply_window, auto_window, histogram
from spinegui.imaging.opening import open_image
from spinegui.imaging.source import ImageReadError
from tests.support import images

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MUTATIONS = 90  # of each of the ten seeds
MAX_BYTES = 64 * 2**20


def _seeds(folder: Path) -> list[Path]:
    stack, plane = images.numbered((3, 24, 32)), images.numbered((1, 24, 32), "float32")
    sizes = {"PhysicalSizeX": 0.1, "PhysicalSizeY": 0.1, "PhysicalSizeZ": 0.5}
    hyper = images.numbered((2, 3, 2, 24, 32), "uint8")
    colour = np.moveaxis(images.numbered((3, 24, 32), "uint8"), 0, -1)
    return [
        images.write_plain(folder / "plain.tif", stack),
        images.write_plain(folder / "big_endian.tif", plane, byteorder=">"),
        images.write_plain(folder / "bigtiff.tif", stack, bigtiff=True, compression="zlib"),
        images.write_plain(folder / "tiled.tif", stack, tile=(16, 16), compression="zlib"),
        images.write_plain(folder / "predicted.tif", stack, compression="zlib", predictor=True),
        images.write_plain(folder / "packed.tif", stack, compression="packbits"),
        images.write_plain(folder / "colour.tif", colour, photometric="rgb"),
        images.write_imagej(folder / "imagej.tif", hyper, "TZCYX", metadata={"unit": "um"}),
        images.write_ome(folder / "ome.ome.tif", hyper, "TCZYX", sizes=sizes, compression="zlib"),
        images.write_lsm(folder / "zeiss.lsm", hyper[0, :, [0, 1, 0]].swapaxes(0, 1), (0.1,) * 3),
    ]


def _use(path: Path) -> bool:
    """Do with a file what the program does; tell whether it could be read."""
    try:
        with open_image(path, max_bytes=MAX_BYTES) as source:
            assert min(source.n_z, source.n_channels, source.n_times) >= 1
            for z in {0, source.n_z - 1}:
                plane = source.plane(z, source.n_channels - 1, source.n_times - 1)
                assert plane.shape == (source.height, source.width)
                assert plane.dtype == source.dtype
                if plane.size < 10**6:
                    apply_window(plane, *auto_window(plane))
                    histogram(plane)
    except ImageReadError as err:
        sentence = str(err)
        assert sentence.isprintable()
        assert sentence.endswith(".")
        return False
    return True


@pytest.mark.logs_warning
@pytest.mark.parametrize("number", range(10))
def test_that_of_mutated_files_only_image_read_errors_escape(tmp_path: Path, number: int) -> None:
    seed = _seeds(tmp_path)[number]
    assert _use(seed)
    data, rng = seed.read_bytes(), np.random.default_rng(number)
    target = tmp_path / f"mutated{seed.suffix}"
    read = 0
    for attempt in range(MUTATIONS):
        target.write_bytes(images.mutated(data, rng))
        # The reader warns of some damage; here only what it raises is asked for.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                read += _use(target)
            except Exception as err:
                pytest.fail(f"{seed.name}, mutation {attempt}: {err!r}")
    assert read < MUTATIONS, "nothing was damaged: the mutations miss their aim"


AXES = st.permutations("TZCYX").flatmap(
    lambda letters: st.tuples(
        st.just("".join(letters)), st.tuples(*[st.integers(1, 4) for _ in letters])
    )
)


@given(AXES)
def test_that_every_plane_is_reached_once_whatever_the_order(
    declared: tuple[str, tuple[int, ...]],
) -> None:
    layout = AxisLayout(*declared)
    values = np.arange(math.prod(layout.shape)).reshape(layout.shape)
    seen: list[int] = []
    for t in range(layout.n_times):
        for z in range(layout.n_z):
            for c in range(layout.n_channels):
                plane = layout.upright(values[layout.index(z, c, t)])
                assert plane.shape == (layout.height, layout.width)
                seen.extend(plane.ravel().tolist())
    assert sorted(seen) == values.ravel().tolist()


@given(AXES, st.integers(0, 5))
def test_that_pages_divide_a_series_without_rest(
    declared: tuple[str, tuple[int, ...]], inner: int
) -> None:
    layout = AxisLayout(*declared)
    page_size = math.prod(layout.shape[inner:])
    split = layout.page_split(page_size)
    if split is not None:
        assert math.prod(layout.shape[:split]) * page_size == math.prod(layout.shape)
        assert split <= min(layout.axes.index("Y"), layout.axes.index("X"))


def _planes(dtype: str) -> st.SearchStrategy[NDArray[Any]]:
    kind = np.dtype(dtype)
    if kind.kind == "f":
        number = st.floats(width=8 * kind.itemsize, allow_nan=True, allow_infinity=True)
    else:
        number = st.integers(int(np.iinfo(kind).min), int(np.iinfo(kind).max))
    shape = st.tuples(st.integers(1, 6), st.integers(1, 6))
    return shape.flatmap(
        lambda hw: st.lists(number, min_size=hw[0] * hw[1], max_size=hw[0] * hw[1]).map(
            lambda values: np.array(values, kind).reshape(hw)
        )
    )


PLANES = st.sampled_from(
    ["uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"]
).flatmap(_planes)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(PLANES, st.floats(0.2, 5.0))
def test_that_any_plane_gets_a_window_and_shows_in_order_of_brightness(
    plane: NDArray[Any], gamma: float
) -> None:
    lo, hi = auto_window(plane)
    assert lo < hi
    if not math.isfinite(hi):
        return  # a plane of nothing but the largest number there is
    grey = apply_window(plane, lo, hi, gamma)
    assert grey.shape == plane.shape
    valid = ~np.isnan(plane.astype(np.float64))
    order = np.argsort(plane[valid], kind="stable")
    assert (np.diff(grey[valid][order].astype(int)) >= 0).all()
    assert not grey[~valid].any()


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(PLANES, st.integers(1, 300))
def test_that_a_histogram_counts_each_finite_pixel_once(plane: NDArray[Any], bins: int) -> None:
    values = plane.astype(np.float64)
    counts, edges = histogram(plane, bins)
    assert counts.sum() == np.isfinite(values).sum()
    assert (len(counts), len(edges)) == (bins, bins + 1)
    assert (np.diff(edges) >= 0).all()
