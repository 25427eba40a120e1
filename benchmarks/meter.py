"""What something costs: CPU time in this process; in a fresh interpreter instructions, where they can be counted."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

VALGRIND = shutil.which("valgrind")
"""Counts of instructions hardly vary from run to run, on a busy machine neither; None where it is not installed."""
_COUNT = re.compile(r"I\s+refs:\s+([\d,]+)")


def cpu_seconds_of_calls(call: Callable[[], object], *, calls: int) -> float:
    """The CPU time of this process for so many calls."""
    begin = time.process_time()
    for _ in range(calls):
        call()
    return time.process_time() - begin


def cost_of_program(interpreter: Path, program: str, environment: Mapping[str, str]) -> float:
    """What a fresh interpreter costs that runs a program and ends: instructions, or CPU seconds (see `unit`).

    Raises:
        RuntimeError: the program failed.
    """
    command = [str(interpreter), "-c", program]
    if VALGRIND is None:
        return _cpu_seconds(command, environment)
    return _instructions(VALGRIND, command, environment)


def unit() -> str:
    """In what fresh interpreters are measured on this machine."""
    return "CPU time of the process" if VALGRIND is None else "instructions, counted by valgrind"


def _instructions(valgrind: str, command: list[str], environment: Mapping[str, str]) -> float:
    counting = [valgrind, "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
    answer = subprocess.run(
        [*counting, *command], env=dict(environment), cwd="/", capture_output=True, text=True, check=False
    )
    counted = _COUNT.search(answer.stderr)
    if answer.returncode or counted is None:
        raise RuntimeError(f"The measured program failed: {answer.stderr[-500:]}")
    return float(counted.group(1).replace(",", ""))


def _cpu_seconds(command: list[str], environment: Mapping[str, str]) -> float:
    child = subprocess.Popen(command, env=dict(environment), cwd="/", stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"The measured program ended with {child.returncode}.")
    return usage.ru_utime + usage.ru_stime
