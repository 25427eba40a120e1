"""Views that several doors show of the same thing."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from herald.results.batches.model import BatchProblem


class ProblemView(BaseModel):
    """Why a batch or one of its rows stopped; ``row`` is the number that Excel shows."""

    model_config = ConfigDict(defer_build=True)

    code: str
    message: str
    row: int | None
    column: str | None
    details: dict[str, Any] = Field(
        default_factory=dict, description="For programs: missing columns with suggestions, further faults of a row."
    )

    @classmethod
    def of(cls, problem: BatchProblem | None) -> "ProblemView | None":
        """The view of a problem, where there is one."""
        if problem is None:
            return None
        return cls(
            code=problem.code,
            message=problem.message,
            row=problem.row,
            column=problem.column,
            details=dict(problem.details),
        )
