"""spinegui doctor: what is here, what is missing, and the command that mends it."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from spinegui.engine import doctor
from spinegui.jobs.probe import BackendInfo, ProbeResult


def test_that_a_whole_installation_is_called_whole(call):
    called = call("doctor")
    assert called.code == 0, called.err
    assert "Backend classical" in called.out
    assert "Everything that is needed is here." in called.out


def test_that_its_json_names_every_fact_and_no_problem(call):
    result = call("doctor", "--json").result
    assert result["problems"] == []
    assert {backend["name"] for backend in result["backends"]} >= {"classical"}
    assert result["python"] == sys.executable


def test_that_a_missing_library_of_the_worker_is_named_with_its_command():
    probe = ProbeResult(
        python="/py/bin/python", backends=(BackendInfo("classical", ("detector",), ("sklearn",)),)
    )
    found = [str(problem) for problem in doctor.problems(probe)]
    assert found == [
        "The backend classical lacks sklearn. Run: /py/bin/python -m pip install scikit-learn"
    ]


NETS = {
    "yolo_nas": BackendInfo("yolo_nas", ("detector", "trainer"), (), ("torch",)),
    "inception_v3": BackendInfo("inception_v3", ("classifier", "trainer"), (), ("tensorflow",)),
}


def test_that_what_training_a_network_needs_is_named_with_its_command():
    probe = ProbeResult("/py/python", backends=tuple(NETS.values()))
    found = {name: str(problem) for name, problem in doctor.untrainable(probe, {}).items()}
    assert found["inception_v3"] == (
        "Training inception_v3 needs tensorflow, which /py/python lacks. "
        "Run: /py/python -m pip install 'spinegui[classifier]'"
    )
    # pip cannot resolve the extra `detector`.
    files = re.fullmatch(
        r"Training yolo_nas needs torch, which /py/python lacks\. Run: /py/python -m pip install "
        r"-r '?(.+?)'? && /py/python -m pip install --no-deps -r '?(.+?)'?",
        found["yolo_nas"],
    )
    assert files is not None
    assert [Path(file).is_file() for file in files.groups()] == [True, True]


def test_that_a_backend_is_judged_by_the_python_that_trains_it():
    able = replace(NETS["yolo_nas"], missing_for_training=())
    probe = ProbeResult("/py/python", backends=tuple(NETS.values()))
    trainers = {
        "yolo_nas": ProbeResult("/nets/python", backends=(able,)),
        "inception_v3": ProbeResult("/no/python", problem="It is gone. Choose another."),
    }
    found = doctor.untrainable(probe, trainers)
    assert {name: problem.what for name, problem in found.items()} == {
        "inception_v3": "The Python that trains inception_v3 cannot run: It is gone. "
        "Choose another."
    }


def test_that_a_python_chosen_for_training_must_be_able_to(call, monkeypatch, tmp_path):
    monkeypatch.setenv("SPINEGUI_PYTHON_YOLO_NAS", str(tmp_path / "python"))
    called = call("doctor", "--json")
    assert called.code == 1
    assert "The Python that trains yolo_nas cannot run" in called.err
    assert called.result["trainers"]["yolo_nas"]["problem"]


@pytest.mark.skipif(sys.platform != "linux", reason="system libraries are Linux's")
def test_that_a_missing_system_library_is_named_with_its_command(monkeypatch):
    load = 'raise ImportError("libEGL.so.1: cannot open shared object file: No such file")'
    monkeypatch.setattr(doctor, "_TRY_WINDOW", load)
    problem = doctor.window_problem()
    assert problem is not None
    assert "libEGL.so.1" in problem.what
    assert "libegl1" in problem.command
    assert "libxcb-cursor0" in problem.command


def test_that_a_missing_package_of_the_window_is_named_with_its_command(monkeypatch):
    monkeypatch.setattr(doctor, "_TRY_WINDOW", "import PySide6_is_not_here")
    problem = doctor.window_problem()
    assert problem is not None
    assert problem.command.startswith(f"{sys.executable} -m pip install")


def test_that_a_store_without_its_active_model_is_a_problem(call, store, home):
    store.promote("good")
    (home / "models" / "good" / "behaviour.txt").write_text("changed")
    called = call("doctor")
    assert called.code == 1
    assert "good" in called.err


def test_that_a_missing_session_is_a_note_and_no_problem(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert bool(doctor.session_note()) == (sys.platform == "linux")
    monkeypatch.setitem(os.environ, "DISPLAY", ":0")
    assert doctor.session_note() == ""
