"""Passwords for the rows of a batch whose sheet has none: made here, shown this once, kept only as hashes."""

from collections.abc import Mapping
from itertools import islice

from herald.results.batches.model import Batch
from herald.results.batches.store import BatchStore
from herald.results.delivery.model import GivenPassword, PasswordRecipient
from herald.results.delivery.service import require_completed
from herald.results.delivery.store import PasswordStore
from herald.results.passwords import ReportPasswords
from herald.values.ids import derived_id
from herald.values.page import Page

PASSWORDS_PER_PAGE = 1000
ROWS_PER_PAGE = 10_000
"""How many rows one request looks at, most of which may have a password already."""


class GivingPasswords:
    """The use case of whoever is going to tell people their passwords."""

    def __init__(
        self,
        batches: BatchStore,
        password_store: PasswordStore,
        passwords: ReportPasswords,
        *,
        passwords_per_page: int = PASSWORDS_PER_PAGE,
        rows_per_page: int = ROWS_PER_PAGE,
    ) -> None:
        self._batches = batches
        self._password_store = password_store
        self._passwords = passwords
        self._passwords_per_page = passwords_per_page
        self._rows_per_page = rows_per_page

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
        last: PasswordRecipient | None = None
        looked_at = 0
        for recipient in islice(self._password_store.recipients(batch, cursor=cursor), self._rows_per_page):
            last, looked_at = recipient, looked_at + 1
            password = self._passwords.generate(derived_id(request_id, recipient.report_id))
            password_hash = self._passwords.hash(recipient.report_id, password)
            if recipient.password_hash in {"", password_hash}:
                made[recipient.row] = (GivenPassword(recipient, password), password_hash)
            if len(made) == self._passwords_per_page:
                break
        there_may_be_more = len(made) == self._passwords_per_page or looked_at == self._rows_per_page
        shown = self._give(batch, made)
        if there_may_be_more and last is not None:
            return Page(shown, self._password_store.cursor_after(last))
        return Page(shown, None)

    def _give(self, batch: Batch, made: Mapping[int, tuple[GivenPassword, str]]) -> list[GivenPassword]:
        new = {row: password_hash for row, (given, password_hash) in made.items() if not given.recipient.password_hash}
        now_theirs = self._password_store.give_many(batch, new) if new else set()
        return [given for row, (given, _) in made.items() if row in now_theirs or row not in new]
