"""ResultFlow: bare objects; errors as ``{"error": {"code", "message", "details"}}``."""

from herald.http.problems import Problem


def word(problem: Problem) -> dict[str, object]:
    """A problem in ResultFlow's standard error format."""
    return {"error": {"code": problem.code, "message": problem.message, "details": dict(problem.fields)}}
