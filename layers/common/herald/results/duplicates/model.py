"""Which rows of a batch are alike and which phones they share, by marks: hashes that are the same where these are.

Marks are of one batch: they say nothing about rows of another.
"""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import blake2b

from herald.results.reports.model import Report
from herald.results.reports.row_values import encode

MOST_GROUPS = 20
MOST_ROWS = 10
"""Of a group. What is told of a batch is read with each list of batches, so that it must be little."""
MARK_LENGTH = 11
_HASH_BYTES = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of a row: the mark of its phone, and of all that it says.

    Without ``content`` it stands for a text about the row that went to a phone, whatever has become of the row since.
    """

    row: int
    phone: str
    content: str

    @property
    def is_past_text(self) -> bool:
        return not self.content


def entries_of(report: Report) -> list[Entry]:
    """What is to be known of a report; one without a phone number is sent to nobody."""
    recipient = report.recipient
    texts = [Entry(report.row, phone, "") for phone in report.texted_phones]
    if not recipient.phone:
        return texts
    row = f"{recipient.name}\n{recipient.phone}\n{recipient.email}\n{recipient.language}\n{encode(report.values)}"
    return [Entry(report.row, phone_mark(report.batch_id, recipient.phone), _mark(report.batch_id, row)), *texts]


def phone_mark(batch_id: str, phone: str) -> str:
    """What stands for a phone within a batch."""
    return _mark(batch_id, phone)


def rows_alike(entries: Iterable[Entry], mark: Callable[[Entry], str]) -> list[tuple[int, ...]]:
    """The rows that have a mark in common, where there are several, in the order of the sheet."""
    groups: dict[str, list[int]] = {}
    for entry in sorted(entries, key=lambda entry: entry.row):
        if not entry.is_past_text:
            groups.setdefault(mark(entry), []).append(entry.row)
    return [tuple(rows) for rows in groups.values() if len(rows) > 1]


def by_phone(entries: Iterable[Entry]) -> list[list[Entry]]:
    """Entries in groups of one phone each, both in the order of the sheet."""
    groups: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.row):
        groups.setdefault(entry.phone, []).append(entry)
    return list(groups.values())


def _mark(batch_id: str, text: str) -> str:
    key = batch_id.encode()[:64]
    return urlsafe_b64encode(blake2b(text.encode(), digest_size=_HASH_BYTES, key=key).digest()).decode().rstrip("=")
