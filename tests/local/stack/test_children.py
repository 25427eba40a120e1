import os
import socket
import sys
from pathlib import Path

import pytest

from local.stack.addresses import PortInUse, Ports, free_ports, require_free
from local.stack.children import Child, ChildFailed, start_child, stop_child, wait_until_answering


def started(folder: Path, program: str) -> Child:
    return start_child(
        "The part",
        [sys.executable, "-c", program],
        log=folder / "part.log",
        environment={"PATH": os.environ["PATH"]},
        folder=folder,
    )


def test_a_part_that_ends_at_once_is_named_with_its_log(tmp_path: Path) -> None:
    child = started(tmp_path, "raise SystemExit(3)")

    with pytest.raises(ChildFailed, match=r"The part ended with code 3; see .*part\.log"):
        wait_until_answering(child, "http://127.0.0.1:9/", 20)


def test_stopping_ends_a_part_and_what_it_started(tmp_path: Path) -> None:
    child = started(tmp_path, "import subprocess; subprocess.run(['sleep', '600'])")

    assert stop_child(child)
    assert not child.alive
    with pytest.raises(ProcessLookupError):
        os.killpg(child.process.pid, 0)


def test_a_taken_port_is_named_with_its_purpose() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        free = free_ports()

        with pytest.raises(PortInUse, match=rf"Port {taken} \(for the simulated carrier\)"):
            require_free(Ports(free.front, taken, free.engine))
