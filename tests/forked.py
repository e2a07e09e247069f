"""Runs commands of rendered projects in copies of one process that has imported TensorFlow and Keras.

Both take seconds to import, and the tests run hundreds of commands. All else is as with `python -m PACKAGE`.
"""

import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

IMPORTED = ["keras", "tensorflow", "duckdb", "pandas", "pydantic", "sklearn.metrics"]
POSSIBLE = "forkserver" in multiprocessing.get_all_start_methods()  # not on Windows


def run_forked(
    project: Path, package: str, arguments: list[str], environment: Mapping[str, str], timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run a command of a project of the TensorFlow backend; return what it prints and its exit code."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["forked", *IMPORTED])
    with tempfile.TemporaryDirectory() as folder:
        out, err = (Path(folder) / name for name in ("out", "err"))
        process = context.Process(target=run_module, args=(project, package, arguments, dict(environment), out, err))
        process.start()
        process.join(timeout)
        if process.is_alive():
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired([package, *arguments], timeout, out.read_bytes(), err.read_bytes())
        printed = (path.read_text("utf-8", errors="replace") for path in (out, err))
        return subprocess.CompletedProcess([package, *arguments], process.exitcode or 0, *printed)


def run_module(
    project: Path, package: str, arguments: list[str], environment: Mapping[str, str], out: Path, err: Path
) -> None:
    """Do what `python -m package` does in the folder of the project, in a process that is there already."""
    os.chdir(project)
    os.environ.clear()
    os.environ.update(environment)
    for stream, path in ((1, out), (2, err)):
        written = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(written, stream)
        os.close(written)
    sys.stdout, sys.stderr = (os.fdopen(n, "w", encoding="utf-8", closefd=False) for n in (1, 2))
    sys.path[:0] = [str(project), *environment["PYTHONPATH"].split(os.pathsep)]
    sys.argv = [package, *arguments]
    runpy.run_module(package, run_name="__main__", alter_sys=True)
