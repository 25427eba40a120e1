"""The whole local stack: engine, simulated carrier, deployed API and front, as one context manager."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.stack.addresses import Connection, Ports, require_free
from local.stack.children import Child, start_child, stop_child, wait_until_answering
from local.stack.deploy import Deployment, Project, deploy, stages_of
from local.stack.engine import start_engine, stop_engine, wait_for_engine
from local.stack.localise import ApiStage
from local.stack.settings import APPLICATION_STACK, DATA_STACK

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = {DATA_STACK: ROOT / "data.yaml", APPLICATION_STACK: ROOT / "template.yaml"}
PROJECT = Project(ROOT, TEMPLATES, ROOT / ".venv-deployment" / "bin" / "python")
STATE = ROOT / ".local"

_READY_SECONDS = 20


@dataclass(frozen=True)
class RunningStack:
    """A local stack that takes calls.

    Attributes:
        api_url: The address clients use; HTTP.
        ws_url: The WebSocket address, or None where no template has a WebSocket API.
        carrier_url: The simulated carrier.
        aws_endpoint_url: The AWS engine.
        mail_url: Every e-mail sent so far, as JSON.
        connection: Arguments for `boto3.client` with every permission.
        deployment: What the templates left running.
        children: The processes behind it.
    """

    api_url: str
    ws_url: str | None
    carrier_url: str
    aws_endpoint_url: str
    mail_url: str
    connection: Connection
    deployment: Deployment
    children: tuple[Child, ...]

    def addresses(self) -> dict[str, str | None]:
        """The addresses alone, for other programs."""
        return {
            "api_url": self.api_url,
            "ws_url": self.ws_url,
            "carrier_url": self.carrier_url,
            "aws_endpoint_url": self.aws_endpoint_url,
            "mail_url": self.mail_url,
        }


@contextmanager
def running_stack(state_folder: Path, ports: Ports, project: Project = PROJECT) -> Iterator[RunningStack]:
    """Start everything, hand it out once it answers, and stop it at the end, saving its state.

    Args:
        state_folder: Where state, logs and caches are kept. One stack at a time per folder.
        ports: Where to listen; `free_ports()` for a stack beside another one.
        project: What to deploy.

    Raises:
        ChildFailed: A part did not start.
        DeploymentFailed: The engine refused a template.
        PortInUse: A port is taken.
        TemplateInvalid: A template cannot be read or expanded.
    """
    require_free(ports)
    state_folder.mkdir(parents=True, exist_ok=True)
    cache = state_folder / "expanded"
    with ExitStack() as stop:
        engine = start_engine(ports, state_folder)
        stop.callback(stop_engine, engine, state_folder)
        carrier = _start_module(
            "The simulated carrier", ["local.carrier", "--port", str(ports.carrier)], state_folder / "carrier.log"
        )
        stop.callback(stop_child, carrier)
        stages = stages_of(project, ports, cache)
        front = _start_module("The front", _front_arguments(ports, stages), state_folder / "front.log")
        stop.callback(stop_child, front)
        wait_for_engine(engine, ports)
        deployment = deploy(project, ports, cache)
        wait_until_answering(carrier, f"{ports.carrier_url}/health", _READY_SECONDS)
        wait_until_answering(front, f"{ports.public_url}/front/health", _READY_SECONDS)
        yield _described(ports, stages, deployment, (engine, carrier, front))


def redeploy(state_folder: Path, ports: Ports, project: Project = PROJECT) -> Deployment:
    """Bring a running stack to what the project's files now say.

    Raises:
        DeploymentFailed: The engine refused a template; what ran before still runs.
        TemplateInvalid: A template cannot be read or expanded.
    """
    return deploy(project, ports, state_folder / "expanded")


def _described(
    ports: Ports, stages: list[ApiStage], deployment: Deployment, children: tuple[Child, ...]
) -> RunningStack:
    has_websocket = any(stage.protocol == "WEBSOCKET" for stage in stages)
    return RunningStack(
        api_url=ports.public_url,
        ws_url=f"ws://localhost:{ports.front}/ws" if has_websocket else None,
        carrier_url=ports.carrier_url,
        aws_endpoint_url=ports.engine_url,
        mail_url=ports.mail_url,
        connection=ports.connection,
        deployment=deployment,
        children=children,
    )


def _front_arguments(ports: Ports, stages: list[ApiStage]) -> list[str]:
    arguments = ["local.front", "--port", str(ports.front)]
    for stage in stages:
        option = "--websocket" if stage.protocol == "WEBSOCKET" else "--http"
        arguments += [option, f"{ports.engine_url}{stage.path}"]
    return arguments


def _start_module(name: str, arguments: list[str], log: Path) -> Child:
    return start_child(
        name,
        [sys.executable, "-m", *arguments],
        log=log,
        environment={**os.environ, "PYTHONPATH": str(ROOT)},
        folder=ROOT,
    )
