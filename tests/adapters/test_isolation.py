"""A child process tries to get at what its parent knows, and at the network."""

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from herald.adapters.isolation import start_isolated
from herald.adapters.spreadsheet.workbook import read_workbook
from tests.adapters.workbooks import write_rows

SECRET = "AWS_SECRET_ACCESS_KEY"
PROBE = Path(__file__).with_name("isolation_probe.py")


@pytest.fixture
def findings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """What a child finds that looks around."""
    monkeypatch.setenv(SECRET, "the crown jewels")
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        start_isolated(
            [sys.executable, str(PROBE), str(listening.getsockname()[1])],
            environment={"HOME": "/nowhere"},
            folder=tmp_path,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        ) as child,
    ):
        assert child.stdout is not None
        found: dict[str, Any] = json.loads(child.stdout.read())
    return found


def test_a_child_reads_neither_the_environment_nor_the_memory_of_its_parent(findings: dict[str, Any]) -> None:
    assert findings["parents_files"] == {"environ": "PermissionError", "mem": "PermissionError"}


def test_a_child_has_the_environment_that_it_was_given_and_no_more(findings: dict[str, Any]) -> None:
    assert findings["environment"].keys() <= {"HOME", "LC_CTYPE"}  # Python sets the latter for itself


def test_a_child_reaches_nobody_where_the_kernel_lets_it_have_a_network_of_its_own(findings: dict[str, Any]) -> None:
    assert findings["connected"] is not _may_have_own_network()


def test_the_workbook_reader_is_such_a_child(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(SECRET, "the crown jewels")
    path = write_rows(tmp_path / "workbook.xlsx", [("Name",)])

    with read_workbook(path, reader_module="tests.adapters.isolation_probe") as workbook:
        environ, memory, *environment = workbook.header

    assert (environ, memory) == ("PermissionError", "PermissionError")
    assert SECRET not in environment


def _may_have_own_network() -> bool:
    """Whether this kernel, and what it runs in, lets anybody make namespaces."""
    attempt = "import ctypes, sys; sys.exit(ctypes.CDLL(None).unshare(0x50000000) != 0)"
    return subprocess.run([sys.executable, "-c", attempt], check=False).returncode == 0
