"""Problems of batches and rows as they are stored."""

from dataclasses import asdict

from herald.results.batches.model import BatchProblem


def problem_to_json(problem: BatchProblem | None) -> dict[str, object] | None:
    """A problem as it is stored; empty details are left out."""
    if problem is None:
        return None
    return {name: value for name, value in asdict(problem).items() if name != "details" or value}


def problem_from_json(stored: dict[str, object] | None) -> BatchProblem | None:
    """The inverse of `problem_to_json`."""
    return BatchProblem(**stored) if stored else None  # type: ignore[arg-type]  # what `problem_to_json` wrote
