"""``/api/v1/auth``, which ResultFlow and PyTake both promise; ``/api/v1/auth-db`` beside it is PyTake's alone."""

from herald.http.contracts.contract import Contract
from herald.http.contracts.pytake import PYTAKE
from herald.http.contracts.resultflow import RESULTFLOW
from herald.http.problems import Problem


def format_error(problem: Problem) -> dict[str, object]:
    """ResultFlow's ``error`` beside PyTake's ``message`` and ``code``."""
    return PYTAKE.format_error(problem) | RESULTFLOW.format_error(problem)


def _owner_of(path: str) -> Contract | None:
    return PYTAKE if f"{path}/".startswith("/api/v1/auth-db/") else None


SHARED_SIGN_IN = Contract(name="SharedSignIn", format_error=format_error, limits=RESULTFLOW.limits, owner_of=_owner_of)
