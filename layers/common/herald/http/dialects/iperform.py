"""iPerform: ``{"status", "message", "data", ...}``; errors as ``{"status", "message", "error", "details"}``."""

from herald.http.problems import Problem


def word(problem: Problem) -> dict[str, object]:
    """A problem in iPerform's format: the status in words as ``message``, our sentence as ``error``."""
    return {
        "status": int(problem.status),
        "message": problem.status.phrase.capitalize(),
        "error": problem.message,
        "details": dict(problem.fields),
    }
