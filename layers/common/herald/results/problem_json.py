"""Problems of batches and rows as they are stored."""

from herald.results.model import BatchProblem


def problem_to_json(problem: BatchProblem | None) -> dict[str, object] | None:
    """A problem as it is stored."""
    if problem is None:
        return None
    return {"code": problem.code, "message": problem.message, "row": problem.row, "column": problem.column}


def problem_from_json(stored: dict[str, object] | None) -> BatchProblem | None:
    """The inverse of `problem_to_json`."""
    return BatchProblem(**stored) if stored else None  # type: ignore[arg-type]  # what `problem_to_json` wrote
