"""What processes that train together say to each other."""

import hashlib
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import jax
import numpy as np
from jax.experimental import multihost_utils

from ..config import Config
from ..data.share import Share
from ..errors import UserError
from .processes import Place, lost, note_joined
from .runs import network_code

PATIENCE = 60  # seconds until all processes have to be there
HEARTBEAT = 30  # seconds without a sign after which a process is lost
NETWORK = ("gloo", "nccl", "coordination", "unavailable", "deadline", "connection")


def join(place: Place) -> Share:
    """Meet the other processes; raises UserError if the coordinator does not answer.

    keras.distribution.initialize does the same, but waits five minutes for those that do
    not come, and 100 seconds for one that is lost.
    """
    if place.coordinator and place.process:
        wait_for(place.coordinator)
    # Between CPUs; GPUs have means of their own.
    jax.config.update("jax_cpu_collectives_implementation", "gloo")
    try:
        jax.distributed.initialize(
            place.coordinator,
            place.processes,
            place.process,
            initialization_timeout=PATIENCE,
            heartbeat_timeout_seconds=HEARTBEAT,
            shutdown_timeout_seconds=PATIENCE,
        )
    except (ValueError, RuntimeError) as error:
        if not place.coordinator:
            raise UserError("--coordinator HOST:PORT is missing, no launcher tells it")
        reason = str(error).split("\n")[0]
        raise UserError(f"--coordinator {place.coordinator}: {reason}")
    share = Share(place.process, place.processes)
    if jax.process_count() != share.processes:
        raise UserError(
            f"--processes {share.processes} here, and {jax.process_count()} elsewhere:"
            " all need the same number"
        )
    if jax.device_count() != share.processes * jax.local_device_count():
        raise UserError("not all processes have the same number of devices")
    note_joined()
    return share


def wait_for(coordinator: str) -> None:
    """Wait until process 0 answers; raises UserError if it does not."""
    host, _, port = coordinator.rpartition(":")
    end = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=5).close()
            return
        except OSError as error:
            if time.monotonic() > end:
                raise UserError(
                    f"no answer from the coordinator {coordinator} in {PATIENCE}"
                    f" seconds ({error}): does process 0 run there?"
                )
            time.sleep(0.5)


def agree(config: Config, data: str, share: Share) -> None:
    """Raise UserError if another process has other settings, code or data.

    data is the fingerprint of what this one has.
    """
    has = {"settings": config.model_dump_json(), "data": data, "code": network_code()}
    hashes = [hashlib.blake2b(text.encode(), digest_size=4) for text in has.values()]
    own = np.array([int.from_bytes(h.digest()) for h in hashes], "uint32")
    for number, other in enumerate(multihost_utils.process_allgather(own)):
        for name, one, first in zip(has, other, own, strict=True):
            if one != first:
                raise UserError(
                    f"process {number} has other {name} than process {share.number}"
                )


def from_first(value):
    """Return what process 0 gives: arrays and numbers, in any structure."""
    return multihost_utils.broadcast_one_to_all(value)


def leave() -> None:
    """Leave the others, when all are here: what comes now, each does by itself."""
    jax.distributed.shutdown()


@contextmanager
def said_when_lost(share: Share) -> Iterator[None]:
    """Say in one line that another process is lost."""
    try:
        yield
    except Exception as error:  # JAX raises many kinds
        text = str(error).lower()
        if isinstance(error, UserError) or not any(name in text for name in NETWORK):
            raise
        raise UserError(lost(share.processes))
