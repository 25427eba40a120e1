"""Passwords for the rows of a batch whose sheet has none: made here, shown this once, kept only as hashes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from herald.results.batches.model import Batch
from herald.results.batches.store import BatchStore
from herald.results.delivery.requesting import require_completed
from herald.results.passwords import ReportPasswords
from herald.values.ids import derived_id
from herald.values.page import Page

PASSWORDS_PER_PAGE = 1000
ROWS_PER_PAGE = 10_000
"""How many rows one request looks at, most of which may have a password already."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody whom a report is for."""

    row: int
    report_id: str
    name: str
    phone: str
    password_hash: str


@dataclass(frozen=True, slots=True)
class GivenPassword:
    """A password that was made for somebody."""

    holder: Holder
    password: str


class PasswordRecords(Protocol):
    """Where passwords are recorded."""

    def holders(self, batch: Batch, *, cursor: str | None) -> Iterator[Holder]:
        """Whom a batch's reports are for, in the order of the sheet."""
        ...

    def cursor_after(self, holder: Holder) -> str:
        """The cursor that goes on behind somebody."""
        ...

    def give_many(self, batch: Batch, hashes: Mapping[int, str]) -> set[int]:
        """Gives rows their passwords; gives back the rows that had none."""
        ...


class GivingPasswords:
    """The use case of whoever is going to tell people their passwords."""

    def __init__(self, batches: BatchStore, records: PasswordRecords, passwords: ReportPasswords) -> None:
        self._batches = batches
        self._records = records
        self._passwords = passwords

    def give(self, tenant_id: str, batch_id: str, *, request_id: str, cursor: str | None) -> Page[GivenPassword]:
        """Makes passwords for those who have none, at most `PASSWORDS_PER_PAGE` at once.

        Args:
            tenant_id: whose batch it is.
            batch_id: it must be completed.
            request_id: the same for each try at this page: the same passwords are shown again.
            cursor: of the page before.

        Returns:
            Whom each password is for; a page may be empty and still have a cursor.

        Raises:
            NotFound: there is no such batch.
            Invalid: the cursor is none of this list.
            Unprocessable: ``batch_not_completed``.
        """
        batch = require_completed(self._batches.get(tenant_id, batch_id))
        made: dict[int, tuple[GivenPassword, str]] = {}
        last: Holder | None = None
        looked_at = 0
        for holder in islice(self._records.holders(batch, cursor=cursor), ROWS_PER_PAGE):
            last, looked_at = holder, looked_at + 1
            password = self._passwords.generate(derived_id(request_id, holder.report_id))
            password_hash = self._passwords.hash(holder.report_id, password)
            if holder.password_hash in {"", password_hash}:
                made[holder.row] = (GivenPassword(holder, password), password_hash)
            if len(made) == PASSWORDS_PER_PAGE:
                break
        there_may_be_more = len(made) == PASSWORDS_PER_PAGE or looked_at == ROWS_PER_PAGE
        shown = self._give(batch, made)
        if there_may_be_more and last is not None:
            return Page(shown, self._records.cursor_after(last))
        return Page(shown, None)

    def _give(self, batch: Batch, made: Mapping[int, tuple[GivenPassword, str]]) -> list[GivenPassword]:
        new = {row: password_hash for row, (given, password_hash) in made.items() if not given.holder.password_hash}
        now_theirs = self._records.give_many(batch, new) if new else set()
        return [given for row, (given, _) in made.items() if row in now_theirs or row not in new]
