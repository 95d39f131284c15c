"""The program as a process: streams, signals, a reader that leaves, an interpreter that starts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from spinegui.storage.lock import lock_path
from tests.support import rogue

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = (sys.executable, "-m", "spinegui")
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and pipes of POSIX")


def _run(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120, **options,
    )  # fmt: skip


def test_that_json_stands_alone_on_stdout(store, sample, tmp_path):
    out = tmp_path / "out.json"
    called = _run("detect", sample.images[0], "-o", out, "--json")
    assert called.returncode == 0, called.stderr
    assert json.loads(called.stdout)["output"] == str(out)


def test_that_a_mistake_is_one_line_without_a_traceback(tmp_path):
    (tmp_path / "broken.tif").write_bytes(b"II*\0 no image at all")
    called = _run("detect", tmp_path / "broken.tif", "-o", tmp_path / "out.json")
    assert (called.returncode, called.stdout) == (2, "")
    assert called.stderr.count("\n") == 1


def test_that_a_terminal_without_our_characters_is_no_obstacle():
    called = _run("--help", env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert called.returncode == 0, called.stderr
    called = _run("nothing.tif", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert called.returncode == 2
    assert "Traceback" not in called.stderr


@posix
def test_that_ctrl_c_ends_a_job_with_130_and_leaves_nothing(store, sample, tmp_path):
    store.add(rogue.make_model(tmp_path / "model", "patient"), "patient")
    (tmp_path / "temp").mkdir()
    program = subprocess.Popen(
        [*PROGRAM, "detect", sample.images[0], "-o", tmp_path / "o.json", "--model", "patient"],
        cwd=ROOT, env={**os.environ, "TMPDIR": str(tmp_path / "temp")},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not any((tmp_path / "temp").rglob("result")) and time.monotonic() < deadline:
        assert program.poll() is None
        os.sched_yield()
    program.send_signal(signal.SIGINT)
    out, err = program.communicate(timeout=60)
    assert program.returncode == 130, err
    assert "Traceback" not in out + err
    assert not (tmp_path / "o.json").exists()
    assert list((tmp_path / "temp").iterdir()) == []


@posix
def test_that_ctrl_c_closes_the_window_and_lets_go_of_the_project(project):
    program = subprocess.Popen(
        [*PROGRAM, str(project)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not lock_path(project).exists() and time.monotonic() < deadline:
        assert program.poll() is None
        os.sched_yield()
    program.send_signal(signal.SIGINT)
    _, err = program.communicate(timeout=60)
    assert program.returncode == 130, err
    assert "Traceback" not in err
    assert not lock_path(project).exists()


@posix
def test_that_a_reader_that_leaves_is_no_error_to_trace(project):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        called = subprocess.run(
            [*PROGRAM, "log", str(project), "--json"],
            cwd=ROOT, stdout=pipe, stderr=subprocess.PIPE, text=True, check=False, timeout=120,
        )  # fmt: skip
    assert called.returncode == 1
    assert called.stderr == ""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a session")
def test_that_without_a_desktop_session_the_window_says_so_and_verbs_run(tmp_path):
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    bare = {key: value for key, value in os.environ.items() if key not in names}
    for arguments in ((), ("demo", "--dir", tmp_path / "demo")):
        called = _run(*arguments, env=bare)
        assert called.returncode == 1
        assert "desktop session" in called.stderr
    assert not (tmp_path / "demo").exists()
    assert _run("models", "list", env=bare).returncode == 0
