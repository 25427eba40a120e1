"""Run everything on this machine and redeploy on every change: `python -m local.up`."""

import argparse
import json
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from watchfiles import PythonFilter, watch

from local.stack.addresses import PortInUse, Ports
from local.stack.children import ChildFailed
from local.stack.deploy import Deployment
from local.stack.formation import DeploymentFailed
from local.stack.running import ROOT, STATE, RunningStack, redeploy, running_stack
from local.stack.template import TemplateInvalid

_WATCHED = ("data.yaml", "template.yaml", "functions", "layers", "statemachines")
_SUFFIXES = (".yaml", ".json", ".html", ".css", ".js", ".jinja", ".txt", ".docx", ".xlsx")
_GLANCE_MILLISECONDS = 1_000
_FAILURES = (ChildFailed, DeploymentFailed, PortInUse, TemplateInvalid, FileNotFoundError)

_console = Console(highlight=False, soft_wrap=True)


def main() -> int:
    """Serve until Ctrl-C or SIGTERM.

    Returns:
        The exit code: 0 after a clean stop, 1 where something failed.
    """
    ports = _ports()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: _stop(stop))
    started = time.monotonic()
    # What the engine saves names its own port, so another port keeps a state of its own.
    state = STATE if ports.engine == Ports.engine else STATE / f"engine-{ports.engine}"
    try:
        with running_stack(state, ports) as stack, _announced(stack):
            _summarise(stack, time.monotonic() - started)
            _serve(stack, lambda: redeploy(state, ports), stop)
            _console.print("Stopping and saving ...")
    except KeyboardInterrupt:
        return 0
    except _FAILURES as failure:
        _console.print(str(failure), style="red", markup=False)
        return 1
    return 0


def _ports() -> Ports:
    usual = Ports()
    parser = argparse.ArgumentParser(prog="python -m local.up", description="Run Herald on this machine.")
    parser.add_argument("--port", type=int, default=usual.front, help="of the API (default: %(default)s)")
    parser.add_argument("--carrier-port", type=int, default=usual.carrier, help="(default: %(default)s)")
    parser.add_argument("--engine-port", type=int, default=usual.engine, help="(default: %(default)s)")
    arguments = parser.parse_args()
    return Ports(arguments.port, arguments.carrier_port, arguments.engine_port)


def _stop(stop: threading.Event) -> None:
    """The first signal stops in order while serving; before that, and the second time, it interrupts."""
    if stop.is_set() or not _serving.is_set():
        raise KeyboardInterrupt
    stop.set()


_serving = threading.Event()


@contextmanager
def _announced(stack: RunningStack) -> Iterator[None]:
    """Other programs find the addresses in `.local/stack.json` while the stack runs."""
    announcement = STATE / "stack.json"
    announcement.write_text(json.dumps(stack.addresses(), indent=2) + "\n", encoding="utf-8")
    try:
        yield
    finally:
        announcement.unlink(missing_ok=True)


def _summarise(stack: RunningStack, seconds: float) -> None:
    _console.print(f"[bold]Herald runs[/bold] (ready in {seconds:.1f} s). Ctrl-C stops it; what it stored is kept.")
    rows = {
        "API": stack.api_url,
        "WebSocket": stack.ws_url,
        "Simulated carrier": stack.carrier_url,
        "E-mails sent": stack.mail_url,
        "AWS endpoint": stack.aws_endpoint_url,
        "Logs": str(STATE.relative_to(ROOT)) + "/*.log",
    }
    for name, value in rows.items():
        if value is not None:
            _console.print(f"  {name:<18} {value}", markup=False)


def _serve(stack: RunningStack, deploy_again: Callable[[], Deployment], stop: threading.Event) -> None:
    """Redeploy on change until told to stop.

    Raises:
        ChildFailed: A part of the stack ended by itself.
    """
    paths = [ROOT / name for name in _WATCHED if (ROOT / name).exists()]
    changes = watch(
        *paths,
        watch_filter=PythonFilter(extra_extensions=_SUFFIXES),
        stop_event=stop,
        rust_timeout=_GLANCE_MILLISECONDS,
        yield_on_timeout=True,
        raise_interrupt=False,
    )
    _serving.set()
    try:
        for changed in changes:
            _check_children(stack)
            if changed:
                _redeploy(deploy_again, sorted({Path(path).relative_to(ROOT) for _, path in changed}))
    finally:
        _serving.clear()


def _check_children(stack: RunningStack) -> None:
    for child in stack.children:
        if not child.alive:
            message = f"{child.name} ended with code {child.process.returncode}; see {child.log}"
            raise ChildFailed(message)


def _redeploy(deploy_again: Callable[[], Deployment], changed: list[Path]) -> None:
    started = time.monotonic()
    what = str(changed[0]) if len(changed) == 1 else f"{len(changed)} files"
    try:
        deployment = deploy_again()
    except _FAILURES as failure:
        _console.print(f"{what}: not deployed; what ran before still runs.\n{failure}", style="red", markup=False)
        return
    outcome = "redeployed" if deployment.changed else "nothing to deploy"
    _console.print(f"{what}: {outcome} in {time.monotonic() - started:.1f} s", markup=False)


if __name__ == "__main__":
    sys.exit(main())
