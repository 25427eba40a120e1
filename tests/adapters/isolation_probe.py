"""Looks around where it was started and tells what it finds, also in the words of a workbook reader."""

import json
import os
import socket
import sys
from pathlib import Path


def opened_by_parent(name: str) -> str:
    """What became of reading a file that is the parent's alone."""
    try:
        with Path(f"/proc/{os.getppid()}/{name}").open("rb") as file:
            file.read(1)
    except OSError as error:
        return type(error).__name__
    return "read"


def connects(port: int) -> bool:
    """Whether a server of this machine can be reached."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


parents_files = {name: opened_by_parent(name) for name in ("environ", "mem")}
if sys.argv[1].isdigit():
    findings = {
        "parents_files": parents_files,
        "environment": dict(os.environ),
        "connected": connects(int(sys.argv[1])),
    }
    print(json.dumps(findings))  # noqa: T201 - what it is asked for
else:
    print(json.dumps({"ready": True}))  # noqa: T201 - as above
    print(json.dumps({"header": [*parents_files.values(), *os.environ]}))  # noqa: T201 - as above
