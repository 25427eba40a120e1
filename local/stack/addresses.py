"""Where the parts of the local stack listen, and how to reach them."""

import socket
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TypedDict

HOST = "127.0.0.1"
REGION = "us-east-1"
ROOT_KEY = "test"
ROOT_SECRET = "test"  # noqa: S105 - the engine's documented root key, of no use elsewhere


class PortInUse(RuntimeError):
    """Another program listens on a port the local stack needs."""


class Connection(TypedDict):
    """Arguments for `boto3.client`: the engine's root account."""

    endpoint_url: str
    region_name: str
    aws_access_key_id: str
    aws_secret_access_key: str


@dataclass(frozen=True)
class Ports:
    """The ports of one local stack."""

    front: int = 8080
    carrier: int = 8081
    engine: int = 4566

    @property
    def public_url(self) -> str:
        """The address clients use."""
        return f"http://localhost:{self.front}"

    @property
    def carrier_url(self) -> str:
        """The simulated carrier."""
        return f"http://localhost:{self.carrier}"

    @property
    def engine_url(self) -> str:
        """The AWS engine. By number: `*.localhost` does not resolve, and botocore then keeps to path-style URLs."""
        return f"http://{HOST}:{self.engine}"

    @property
    def mail_url(self) -> str:
        """Every e-mail sent so far, as JSON."""
        return f"{self.engine_url}/_ministack/ses/messages"

    @property
    def connection(self) -> Connection:
        """Arguments for `boto3.client` that reach the engine as its root account."""
        return Connection(
            endpoint_url=self.engine_url,
            region_name=REGION,
            aws_access_key_id=ROOT_KEY,
            aws_secret_access_key=ROOT_SECRET,
        )


def free_ports() -> Ports:
    """Three ports nobody listens on at this moment."""
    with ExitStack() as sockets:
        numbers = []
        for _ in range(3):
            listener = sockets.enter_context(socket.socket())
            listener.bind((HOST, 0))
            numbers.append(listener.getsockname()[1])
    return Ports(*numbers)


def require_free(ports: Ports) -> None:
    """Check that every port can be had.

    Raises:
        PortInUse: A sentence that names the taken port and what it was for.
    """
    wanted = {"API": ports.front, "simulated carrier": ports.carrier, "AWS engine": ports.engine}
    for purpose, port in wanted.items():
        if _taken(port):
            message = (
                f"Port {port} (for the {purpose}) is in use. Is the local stack already running? "
                "Stop the other program, or choose other ports (python -m local.up --help)."
            )
            raise PortInUse(message)


def _taken(port: int) -> bool:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError:
            return True
    return False
