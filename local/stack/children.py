"""Child processes that never outlive the program that started them."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

_PR_SET_PDEATHSIG = 1  # <sys/prctl.h>
_POLL_SECONDS = 0.05


class ChildFailed(RuntimeError):
    """A child process ended, or never answered; the message names its log."""


@dataclass(frozen=True)
class Child:
    """One running child process.

    Attributes:
        name: What it is called in messages.
        process: The process, leader of a process group of its own.
        log: The file that holds what it prints.
    """

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self.process.poll() is None


def start_child(name: str, command: Sequence[str], *, log: Path, environment: Mapping[str, str], folder: Path) -> Child:
    """Start `command` in a process group of its own; its output goes to `log`, which starts empty.

    On Linux the child gets SIGTERM when the thread that started it ends, however it ends.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            cwd=folder,
            process_group=0,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - a single prctl call takes no lock
        )
    return Child(name, process, log)


def wait_until_answering(child: Child, url: str, seconds: float) -> None:
    """Wait until `url` answers below 500.

    Raises:
        ChildFailed: The child ended, or `seconds` went by.
    """
    deadline = time.monotonic() + seconds
    with httpx.Client(timeout=2, trust_env=False) as client:
        while time.monotonic() < deadline:
            if not child.alive:
                message = f"{child.name} ended with code {child.process.returncode}; see {child.log}"
                raise ChildFailed(message)
            if _answers(client, url):
                return
            time.sleep(_POLL_SECONDS)
    message = f"{child.name} did not answer at {url} within {seconds:.0f} s; see {child.log}"
    raise ChildFailed(message)


def stop_child(child: Child, seconds: float = 20) -> bool:
    """End the child and whatever it started: SIGTERM, then SIGKILL after `seconds`.

    Returns:
        Whether it ended by itself on SIGTERM.
    """
    if child.alive:
        child.process.terminate()
    try:
        child.process.wait(seconds)
        ended_by_itself = True
    except subprocess.TimeoutExpired:
        ended_by_itself = False
    _kill_group(child.process.pid)
    child.process.wait()
    return ended_by_itself


def _answers(client: httpx.Client, url: str) -> bool:
    try:
        return not client.get(url).is_server_error
    except httpx.HTTPError:
        return False


def _kill_group(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


def _end_with_parent() -> None:
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
