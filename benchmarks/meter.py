"""What something costs: CPU time, in this process or in a fresh interpreter."""

import os
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path


def cpu_seconds_of_calls(call: Callable[[], object], *, calls: int) -> float:
    """The CPU time of this process for so many calls."""
    begin = time.process_time()
    for _ in range(calls):
        call()
    return time.process_time() - begin


def cpu_seconds_of_program(interpreter: Path, program: str, environment: Mapping[str, str]) -> float:
    """The CPU time, user's and system's, of a fresh interpreter that runs a program and ends.

    Raises:
        RuntimeError: the program failed.
    """
    child = subprocess.Popen([interpreter, "-c", program], env=dict(environment), cwd="/", stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"The measured program ended with {child.returncode}.")
    return usage.ru_utime + usage.ru_stime
