"""PyTake: bare objects; errors as ``{"error", "message", "code"}``, where ``code`` is the HTTP status."""

from herald.http.contracts.contract import Contract, Limits
from herald.http.problems import Problem
from herald.identity.rate_limits.model import Limit

_LIMIT = Limit("pytake", 1000)
"""The contract documents none: as much as iPerform."""


def format_error(problem: Problem) -> dict[str, object]:
    """A problem in PyTake's format; what is wrong with which field stands in the message."""
    reasons = "; ".join(f"{name}: {reason}" for name, reason in problem.fields.items())
    return {
        "error": problem.code,
        "message": f"{problem.message} ({reasons})" if reasons else problem.message,
        "code": int(problem.status),
    }


PYTAKE = Contract(name="PyTake", format_error=format_error, limits=Limits(user=_LIMIT, key=_LIMIT))
