from __future__ import annotations

import pytest

from tests.benchmarks.cold_start import (
    COMPILED_THERE,
    KEPT_THERE,
    NOT_COMPILED,
    import_shares,
    ratio,
    run_rounds,
)

GOAL_RATIO = 6.0
"""The goal of 1.2 CPU s is over six times the 0.18 s that a bare window took beside it. On a quiet
machine we are near 4, on a loaded one nearer 2: waiting makes the bare one look slow."""


@pytest.mark.benchmark
def test_that_our_window_keeps_the_goal_of_cold_start_against_a_bare_one(monkeypatch, home):
    for name in (*KEPT_THERE, COMPILED_THERE):
        monkeypatch.setenv(name, str(home))  # restored after the rounds set their own
    monkeypatch.setenv(NOT_COMPILED, "1")
    assert ratio(run_rounds(3)) <= GOAL_RATIO


@pytest.mark.benchmark
def test_that_no_heavy_library_is_imported_for_the_window():
    heavy = {"scipy", "sklearn", "skimage", "torch", "tensorflow", "matplotlib", "numba", "zarr"}
    assert not heavy & set(import_shares())
