"""Several processes that train together: where each stands, and what becomes of it."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

from ..errors import UserError

# The variable that names the log file of a process that is watched.
LOG = f"{__package__.split('.')[0]}_log".upper()
JOINED = "all processes have joined\n"
# How launchers tell a process how many there are, and which it is.
LAUNCHERS = [
    ("KERAS_DISTRIBUTION_NUM_PROCESSES", "KERAS_DISTRIBUTION_PROCESS_ID"),
    ("SLURM_STEP_NUM_TASKS", "SLURM_PROCID"),
    ("OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"),
    ("PMI_SIZE", "PMI_RANK"),
]


class Place(NamedTuple):
    """Where a process stands among those that train together."""

    coordinator: str | None
    """HOST:PORT of process 0; without, JAX knows it from the launcher."""
    processes: int
    process: int


def find_place(
    coordinator: str | None, processes: int | None, process: int | None
) -> Place | None:
    """Return the place that flags or a launcher tell; None for a process by itself."""
    addresses = os.environ.get("KERAS_DISTRIBUTION_JOB_ADDRESSES", "")
    coordinator = coordinator or addresses.split(",")[0] or None
    for count, number in LAUNCHERS:
        if processes is None and process is None and {count, number} <= set(os.environ):
            processes, process = int(os.environ[count]), int(os.environ[number])
    if processes is None and process is None and coordinator is None:
        return None
    if processes is None or process is None:
        raise UserError("--coordinator needs --processes and --process, too")
    if not 0 <= process < processes:
        raise UserError(
            f"--process {process}: of {processes} processes the numbers are"
            f" 0 to {processes - 1}"
        )
    if coordinator and not coordinator.rpartition(":")[2].isdigit():
        raise UserError(f"--coordinator {coordinator}: HOST:PORT of process 0, please")
    if processes > 1:
        return Place(coordinator, processes, process)
    return None


def is_watched() -> bool:
    """Tell whether this process has been started by watch."""
    return LOG in os.environ


def watch(place: Place) -> int:
    """Run this command again in a process of its own; return its exit status.

    Where another process is lost, JAX ends those that wait for it at once, with pages of
    its own. This one is left to say it in a line.
    """
    log = Path(tempfile.mkstemp(prefix=f"process-{place.process}-", suffix=".log")[1])
    command = [sys.executable, *sys.orig_argv[1:]]
    child = subprocess.Popen(command, env=os.environ | {LOG: str(log)})
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: child.send_signal(number))
    status = child.wait()
    is_aborted = status in (-signal.SIGABRT, 128 + signal.SIGABRT)
    if is_aborted and JOINED in log.read_text("utf-8", "replace"):
        told = f"error: {lost(place.processes)} (what JAX says: {log})"
    elif is_aborted:
        where = f" at {place.coordinator}" if place.coordinator else ""
        told = (
            f"error: process {place.process} has not met the others{where}: do all"
            f" {place.processes} run, with the same --coordinator and --processes?"
            f" (what JAX says: {log})"
        )
    else:
        log.unlink()
        return status if status >= 0 else 128 - status
    print(told, file=sys.stderr)
    return 1


def lost(processes: int) -> str:
    """Return what is said where another process is lost."""
    return (
        f"one of {processes} processes is lost: start all of them again with the same"
        " command, and the training goes on from its last state"
    )


def begin() -> None:
    """Be watched: keep what JAX writes in the log, and end when the watching one does."""
    sys.stdout, sys.stderr = (os.fdopen(os.dup(n), "w", buffering=1) for n in (1, 2))
    log = os.open(os.environ[LOG], os.O_WRONLY | os.O_APPEND)
    for number in (1, 2):  # C++ knows no others
        os.dup2(log, number)
    os.close(log)
    parent = os.getppid()

    def end_with_parent() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()


def note_joined() -> None:
    """Note in the log that all processes have joined."""
    with open(os.environ[LOG], "a", encoding="utf-8") as log:
        log.write(JOINED)
