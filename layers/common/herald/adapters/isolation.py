"""Child processes that read strangers' files, kept from what this process knows and, where possible, from the network.

A child gets the environment that it is given and no more. It cannot look into this process either, whose environment
and memory hold credentials: on Lambda all processes run as one user. Where the kernel lets anybody make namespaces, a
child is in a network of its own, in which there is nobody (docs/decisions/0018-isolated-children.md).
"""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from herald.adapters import isolation_launcher

_PR_SET_DUMPABLE: Final = 4
"""From linux/prctl.h."""


def start_isolated(
    command: Sequence[str], *, environment: Mapping[str, str], folder: Path, stdin: int, stdout: int
) -> "subprocess.Popen[bytes]":
    """Starts a program as the leader of a process group of its own, so that a signal reaches what it starts as well.

    What it says of errors is lost: a traceback may quote a cell, and cells are personal.

    Args:
        command: the program, by its path, and its arguments.
        environment: all that it gets.
        folder: where it works.
        stdin: where it reads, as `subprocess.Popen` takes it.
        stdout: where it writes, likewise.
    """
    _hide_this_process()
    return subprocess.Popen(  # noqa: S603 - the commands are the installation's own, without a shell
        # Isolated (-I): the launcher's neighbours must not hide the standard library from it.
        [sys.executable, "-I", "-S", isolation_launcher.__file__, *command],
        cwd=folder,
        env=dict(environment),
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        start_new_session=True,
    )


def _hide_this_process() -> None:
    """Lets no other process of this user read this one's environment and memory below /proc, nor trace it."""
    import ctypes

    unused = ctypes.c_ulong(0)
    if ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, unused, unused, unused, unused) != 0:
        raise OSError("This process cannot be hidden from its children.")
