"""The functions that have something to say in the document: found by their folders, imported without a deployment."""

import importlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from herald.http.api import HttpApi
from herald.settings import Settings
from local.openapi.fields import describe_fields, models_of

_SAYS_SOMETHING = re.compile(r"^(?:api|websocket_path)\b[^=\n]*=", re.MULTILINE)
_HARMLESS = "1"  # reads as a name and as a number
_AWS = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
}


@dataclass(frozen=True)
class DescribedFunction:
    """One function and what it serves.

    Attributes:
        name: Its folder below `functions`, e.g. `platform/auth`.
        api: Its routes, where it has some.
        websocket_path: Where it serves a WebSocket, where it does (`websocket_path = "/ws"` in its module).
    """

    name: str
    api: HttpApi | None = None
    websocket_path: str = ""


def load_functions(root: Path) -> list[DescribedFunction]:
    """Every function under `functions/<contract>/<group>/app.py` with an `api` or a `websocket_path`, by name.

    Their models' fields have their descriptions. The environment of this process is overwritten with harmless values:
    call it in a process of its own.
    """
    os.environ.update(dict.fromkeys(Settings.variables(), _HARMLESS) | _AWS)
    found = [_load(path.parent) for path in sorted(root.glob("functions/*/*/app.py")) if _says_something(path)]
    describe_fields(models_of(("functions", "herald")))
    return found


def _says_something(path: Path) -> bool:
    """Others are not even imported: a worker may need what a developer's machine lacks."""
    return _SAYS_SOMETHING.search(path.read_text(encoding="utf-8")) is not None


def _load(folder: Path) -> DescribedFunction:
    contract, group = folder.parent.name, folder.name
    module = importlib.import_module(f"functions.{contract}.{group}.app")
    api = getattr(module, "api", None)
    return DescribedFunction(
        f"{contract}/{group}", api if isinstance(api, HttpApi) else None, getattr(module, "websocket_path", "")
    )
