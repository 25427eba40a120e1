"""What became of a rendered row."""

from dataclasses import dataclass

from herald.results.batches.model import BatchProblem

OFFICE_PROBLEMS = frozenset({"pdf_office_crashed", "pdf_timed_out"})
"""What befalls LibreOffice also after a cold start or for want of memory, whatever the document."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What became of a pending row: a PDF's key, or the reason why there is none.

    It counts for the ``revision`` of the row that was rendered, and for no other.
    """

    row: int
    pdf_key: str = ""
    problem: BatchProblem | None = None
    revision: int = 1
