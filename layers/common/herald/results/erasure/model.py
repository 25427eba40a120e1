"""Erasures: what is asked of their queue, and how far that of a person's data has come."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from herald.results.reports.model import Place, Report
from herald.values.search import folded


@dataclass(frozen=True, slots=True)
class Erasure:
    """A message of the queue: a deleted batch whose traces are to be removed."""

    tenant_id: str
    batch_id: str
    round: int = 1

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Self:
        """The work that a queue's message asks for."""
        return cls(**message)


@dataclass(frozen=True, slots=True)
class RowErasure:
    """A message of the queue: a deleted report whose traces are to be removed; pictures by their names."""

    tenant_id: str
    batch_id: str
    row: int
    pictures: Sequence[str] = ()

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Self:
        """The work that a queue's message asks for."""
        return cls(**message)

    @property
    def place(self) -> Place:
        """Where the report stood."""
        return Place(self.tenant_id, self.batch_id, self.row)


@dataclass(frozen=True, slots=True)
class PersonErasure:
    """A message of the queue: somebody, by phone number or e-mail address, whose reports are to be deleted.

    ``cursor`` is where to go on in the list of the tenant's reports.
    """

    tenant_id: str
    erasure_id: str
    phone: str = ""
    email: str = ""
    cursor: str | None = None

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Self:
        """The work that a queue's message asks for."""
        return cls(**message)

    def to_message(self) -> dict[str, object]:
        """The inverse of `from_message`."""
        return asdict(self)

    def concerns(self, report: Report) -> bool:
        """Whether a report is for this person."""
        if self.phone:
            return report.recipient.phone == self.phone
        return folded(report.recipient.email.strip()) == folded(self.email)


class ErasureStatus(StrEnum):
    """How far the erasure of a person's data has come."""

    RUNNING = "running"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class ErasureRequest:
    """That somebody's data are to be erased, not whose; ``reports`` counts those deleted so far."""

    tenant_id: str
    erasure_id: str
    created_at: datetime
    reports: int = 0
    finished_at: datetime | None = None

    @property
    def status(self) -> ErasureStatus:
        return ErasureStatus.RUNNING if self.finished_at is None else ErasureStatus.COMPLETED
