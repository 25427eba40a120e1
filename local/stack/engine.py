"""The AWS engine (ministack) as a child process."""

import os
import shutil
import sys
from pathlib import Path

from local.stack.addresses import HOST, REGION, Ports
from local.stack.children import Child, start_child, stop_child, wait_until_answering

_READY_SECONDS = 30
_MARK = "running"
_LANGUAGE = "C.UTF-8"


def start_engine(ports: Ports, state_folder: Path) -> Child:
    """Start the engine; it loads what the last clean stop saved under `state_folder`."""
    _forget_half_written_state(state_folder)
    temporary = state_folder / "temporary"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    (state_folder / _MARK).touch()
    return start_child(
        "The AWS engine",
        [sys.executable, "-m", "ministack"],
        log=state_folder / "ministack.log",
        environment=_environment(ports, state_folder, temporary),
        folder=state_folder,
    )


def wait_for_engine(engine: Child, ports: Ports) -> None:
    """Wait until the engine takes calls.

    Raises:
        ChildFailed: It ended, or took too long.
    """
    wait_until_answering(engine, f"{ports.engine_url}/_ministack/health", _READY_SECONDS)


def stop_engine(engine: Child, state_folder: Path) -> None:
    """Stop the engine so that it saves its state."""
    if stop_child(engine):
        (state_folder / _MARK).unlink(missing_ok=True)


def _environment(ports: Ports, state_folder: Path, temporary: Path) -> dict[str, str]:
    """The engine's whole environment: functions inherit it, so nothing of the developer's shell may leak in."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(Path.home()),
        "LANG": _LANGUAGE,
        "TMPDIR": str(temporary),
        "AUTH": "true",
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(ports.engine),
        "AWS_ENDPOINT_URL": ports.engine_url,
        "MINISTACK_REGION": REGION,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state_folder / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state_folder / "objects"),
        "LOG_LEVEL": "INFO",
    }


def _forget_half_written_state(state_folder: Path) -> None:
    """After a crash before any clean stop, objects lie on disk whose buckets no saved state knows."""
    saved = state_folder / "state" / "cloudformation.json"
    if saved.exists() or not (state_folder / _MARK).exists():
        return
    for name in ("state", "objects"):
        shutil.rmtree(state_folder / name, ignore_errors=True)
