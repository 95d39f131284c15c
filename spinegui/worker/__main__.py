"""python -m spinegui.worker JOB_DIR | --serve | --probe: see `spinegui.worker`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from spinegui.worker.stdio import Pipes, take_pipes


def main(arguments: list[str] | None = None) -> int:
    """Run a job, serve jobs or tell what can be run; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m spinegui.worker", description=_HELP)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("job_dir", nargs="?", type=Path, help="run this sealed job folder")
    what.add_argument("--serve", action="store_true", help="run the job folders named on stdin")
    what.add_argument("--probe", action="store_true", help="print backends, versions, devices")
    options = parser.parse_args(arguments)
    pipes = take_pipes()
    if options.probe:
        return _probe(pipes)
    return _work(pipes, options.job_dir)


_HELP = """Events come as JSON lines on stdout, details on stderr. On stdin one JSON object a line:
{"do": "cancel", "job_id": ...}, {"do": "stop_early", "job_id": ...}; with --serve also
{"do": "run", "job_dir": ...} or the bare folder. The end of stdin ends the worker."""


def _probe(pipes: Pipes) -> int:
    from spinegui.worker.probe import probe

    pipes.events.write(f"{probe().to_line()}\n".encode())
    return 0


def _work(pipes: Pipes, job_dir: Path | None) -> int:
    from spinegui.worker.control import Control
    from spinegui.worker.reporter import EventPipe

    pipe = EventPipe(pipes.events)
    pipe.keep_beating()
    control = Control(pipes)
    control.listen()
    # Only now what takes time to import: whoever waits already sees that we live.
    from spinegui.worker.runner import JobRunner

    runner = JobRunner(pipe, control.wishes)
    if job_dir is not None:
        return runner.run(job_dir)
    while (next_dir := control.next_job()) is not None:
        runner.run(next_dir)
    return 0


if __name__ == "__main__":
    sys.exit(main())
