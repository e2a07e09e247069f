"""Training by two processes in network namespaces, each with an address of its own, as two machines have."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Render, package_of
from test_hosts import QUIET, SHORT, history_of, is_equal, train_together, wait_for_state

ADDRESSES = ["10.97.0.1", "10.97.0.2"]


def ip(*arguments: str) -> None:
    """Run the command ip; raises CalledProcessError."""
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)


@pytest.fixture
def networks(tmp_path: Path) -> Iterator[list[str]]:
    """Two namespaces, by name, joined by a link."""
    names = [f"hosts{number}_{os.getpid()}" for number in range(2)]
    links = [f"v{number}_{os.getpid()}" for number in range(2)]
    made = []
    try:
        for name in names:
            ip("netns", "add", name)
            made.append(name)
        ip("link", "add", links[0], "type", "veth", "peer", "name", links[1])
        for name, link, address in zip(names, links, ADDRESSES, strict=True):
            ip("link", "set", link, "netns", name)
            ip("-n", name, "link", "set", link, "name", "eth0")
            ip("-n", name, "address", "add", f"{address}/24", "dev", "eth0")
            ip("-n", name, "link", "set", "eth0", "up")
            ip("-n", name, "link", "set", "lo", "up")
        yield names
    except FileNotFoundError:
        pytest.skip("there is no command ip")
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no network namespaces can be made: {error.stderr.strip()}")
    finally:
        for name in made:
            ip("netns", "del", name)


def start_in(networks: list[str], project: Path, *flags: str) -> list[subprocess.Popen[str]]:
    """Start a process of a training in each namespace, where the name of the machine leads to its own address."""
    started = []
    for number, (network, address) in enumerate(zip(networks, ADDRESSES, strict=True)):
        hosts = project / f"hosts_{number}"
        hosts.write_text(f"127.0.0.1 localhost\n{address} machine{number}\n")
        place = f"--coordinator {ADDRESSES[0]}:7070 --processes 2 --process {number}"
        train = f"{sys.executable} -m {package_of(project)} train {place} {' '.join(flags)}"
        script = f"mount --bind {hosts} /etc/hosts && hostname machine{number} && exec {train}"
        command = ["ip", "netns", "exec", network, "unshare", "--mount", "--uts", "sh", "-c", script]
        pipe = subprocess.PIPE
        started.append(
            subprocess.Popen(command, cwd=project, env=os.environ | QUIET, text=True, stdout=pipe, stderr=pipe)
        )
    return started


@pytest.mark.thorough
def test_two_addresses_train_together_until_the_link_is_cut(
    networks: list[str], render: Render, tmp_path: Path
) -> None:
    project = render(tmp_path / "project", family="dense-binary", backend="jax", devices="hosts")
    train_together(project, 1, *SHORT)
    alone = history_of(project)
    for process in start_in(networks, project, *SHORT):
        error = process.communicate(timeout=300)[1]
        assert not process.returncode, error[-2000:]
    assert is_equal(history_of(project), alone)

    started = start_in(networks, project, *SHORT, "--epochs", "100000", "--patience", "100000")
    wait_for_state(project, started[0])
    ip("-n", networks[1], "link", "set", "eth0", "down")
    for process in started:
        error = process.communicate(timeout=120)[1]
        assert process.returncode == 1
        assert "error: one of 2 processes is lost: start all of them again" in error
