from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from spinegui.domain.corrections import Corrections
from spinegui.storage.resources import resource
from tests.benchmarks import learning_loop
from tests.benchmarks.learning_sets import mpfi
from tests.support.shared_data import shared_data

if TYPE_CHECKING:
    from tests.benchmarks.learning_loop import Json


def test_that_no_arriving_frame_shows_what_a_test_frame_shows():
    chosen = mpfi(shared_data(), 10, 20)
    arriving, test = ([i.id for i in s.dataset.images] for s in (chosen.arriving, chosen.test))
    assert (len(arriving), len(test)) == (10, 20)
    assert arriving == sorted(arriving)
    assert min(abs(a - b) for a in arriving for b in test) > 3


def test_that_corrections_are_told_by_kind():
    counted = Corrections(confirmed=9, moved=1, relabelled=2, added=3, rejected=4)
    expected = {"added": 6, "rejected": 8, "moved": 2, "relabelled": 4, "total": 20}
    assert learning_loop.by_kind(counted, counted) == expected


@pytest.mark.slow
def test_that_a_short_loop_writes_figures_with_n_and_intervals(tmp_path: Path):
    result = small_loop(tmp_path)["shipped"]
    assert [point["reviewed"] for point in result["test"]] == [0, 1, 2]
    assert result["test"][0]["saved"]["value"] == 0
    first = result["arriving"][0]
    assert first["retrained"] == first["base"]
    assert set(result["old"]["all"]["change"]) == {"value", "low", "high", "n", "n_images"}
    names = {path.name for path in tmp_path.iterdir()}
    assert names >= {"learning_loop.json", "learning_loop.csv", "learning_loop.png"}


@pytest.fixture(scope="module", params=["boutons", "mpfi"])
def loop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Json:
    """Ten images for a base that never saw their like."""
    base = resource("models/classical")
    if request.param == "mpfi":
        named = os.environ.get("SPINEGUI_NAIVE_MODEL")
        if named is None:
            pytest.skip("set SPINEGUI_NAIVE_MODEL to what packaging/models/fit_naive.py made")
        base = Path(named)
    out = tmp_path_factory.mktemp(request.param)
    options = learning_loop.arguments().parse_args(
        ["--model", f"classical={base}", "--set", request.param, "--data", str(shared_data()),
         "--out", str(out)]
    )  # fmt: skip
    return learning_loop.run(options)["classical"]


@pytest.mark.benchmark
def test_that_a_person_corrects_three_tenths_less_after_ten_images(loop: Json):
    assert loop["test"][-1]["saved"]["value"] >= learning_loop.FEWER


@pytest.mark.benchmark
def test_that_retraining_finds_more_of_the_new_and_forgets_nothing_of_the_old(loop: Json):
    first, last = loop["test"][0], loop["test"][-1]
    assert last["f1"]["value"] > first["f1"]["value"]
    assert loop["old"]["all"]["change"]["low"] > learning_loop.NOT_WORSE


def small_loop(folder: Path) -> dict[str, Json]:
    """Two frames for the shipped model, which knows them: this measures nothing, it only runs."""
    options = learning_loop.arguments().parse_args(
        ["--model", f"shipped={resource('models/classical')}", "--data", str(shared_data()),
         "--frames", "2", "--retrain-every", "1", "--test", "2", "--old", "1",
         "--out", str(folder)]
    )  # fmt: skip
    return learning_loop.run(options)
