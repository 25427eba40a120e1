"""Which rows of a sheet are alike, and which phones stand in several of them; found while it is read.

Kept are hashes and row numbers, so that a sheet of 100,000 rows takes some twenty megabytes.
"""

from hashlib import blake2b

from herald.results.batches.model import Duplicates, SharedPhone
from herald.results.reports.model import Report
from herald.results.reports.row_values import encode
from herald.values.phone import mask_phone

_HASH_BYTES = 8
_MOST_GROUPS = 20
_MOST_ROWS = 10
"""Of a group. What is told of a batch is read with each list of batches, so that it must be little."""


class FindingDuplicates:
    """Looks at the rows of one sheet, one after another."""

    def __init__(self) -> None:
        self._alike = _Groups()
        self._phones = _Groups()
        self._masked: dict[int, str] = {}

    def look_at(self, report: Report) -> None:
        """Remembers a row; one that has no phone number is sent to nobody."""
        recipient = report.recipient
        if not recipient.phone:
            return
        row = f"{recipient.name}\n{recipient.phone}\n{recipient.email}\n{recipient.language}\n{encode(report.values)}"
        self._alike.add(row, report.row)
        first = self._phones.add(recipient.phone, report.row)
        if first is not None and len(self._masked) < _MOST_GROUPS:
            self._masked[first] = mask_phone(recipient.phone)

    def found(self) -> Duplicates:
        """What is told of the sheet."""
        shared = [SharedPhone(self._masked[rows[0]], rows) for rows in self._phones.shown() if rows[0] in self._masked]
        return Duplicates(self._alike.shown(), self._alike.count, tuple(shared), self._phones.count)


class _Groups:
    """Rows that have something in common."""

    def __init__(self) -> None:
        self._first: dict[bytes, int] = {}
        self._repeated: dict[int, list[int]] = {}

    @property
    def count(self) -> int:
        """How many groups of more than one row there are."""
        return len(self._repeated)

    def add(self, text: str, row: int) -> int | None:
        """Puts a row into its group; gives the first row of that, ``None`` where it is the first itself."""
        first = self._first.setdefault(blake2b(text.encode(), digest_size=_HASH_BYTES).digest(), row)
        if first == row:
            return None
        rows = self._repeated.setdefault(first, [first])
        if len(rows) < _MOST_ROWS:
            rows.append(row)
        return first

    def shown(self) -> tuple[tuple[int, ...], ...]:
        """The first groups, in the order in which they were found."""
        return tuple([tuple(rows) for rows in list(self._repeated.values())[:_MOST_GROUPS]])
