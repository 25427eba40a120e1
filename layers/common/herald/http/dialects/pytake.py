"""PyTake: bare objects; errors as ``{"error", "message", "code"}``, where ``code`` is the HTTP status."""

from herald.http.problems import Problem


def word(problem: Problem) -> dict[str, object]:
    """A problem in PyTake's format; what is wrong with which field stands in the message."""
    reasons = "; ".join(f"{name}: {reason}" for name, reason in problem.fields.items())
    return {
        "error": problem.code,
        "message": f"{problem.message} ({reasons})" if reasons else problem.message,
        "code": int(problem.status),
    }
