"""The link in a text: made, followed, and opened with a password.

A link's token is the tenant's id in 22 characters and a secret of 22 random ones (130 bits). Only a hash of it is
stored. Whatever is wrong with token or password, the answer is the same.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from herald.errors import Unauthenticated
from herald.identity.model import Recipient
from herald.results.model import LINK_LIFETIME, Link, Report
from herald.results.passwords import ReportPasswords
from herald.values.clock import Clock, utc_now
from herald.values.ids import compact_id, expand_id, random_text

_TENANT_CHARACTERS = 22
_SECRET_CHARACTERS = 22
_NOBODYS_HASH = "0" * 64


class Links(Protocol):
    """Where links are kept."""

    def get(self, tenant_id: str, link_id: str) -> Link | None:
        """A link, expired and locked ones included."""
        ...

    def take_attempt(self, link: Link) -> bool:
        """Counts one try at the password; False where the link is locked."""
        ...

    def forgive_attempts(self, link: Link) -> None:
        """Starts the count anew."""
        ...


class Reports(Protocol):
    """Where reports are recorded."""

    def at_row(self, tenant_id: str, batch_id: str, row: int) -> Report:
        """A report by its place, or NotFound."""
        ...


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that was opened: for whom, until when, and the report behind it."""

    recipient: Recipient
    expires_at: datetime
    report: Report


class OpeningLinks:
    """The use cases of whoever holds a link."""

    def __init__(self, links: Links, reports: Reports, passwords: ReportPasswords, *, clock: Clock = utc_now) -> None:
        self._links = links
        self._reports = reports
        self._passwords = passwords
        self._clock = clock

    def check(self, token: str) -> Link:
        """The link that a token names, if it can still be opened.

        Raises:
            Unauthenticated: ``token_expired``, or ``invalid_credentials`` for an unknown or locked one.
        """
        link = self._find(token)
        if link is None or link.locked:
            raise _wrong()
        if link.expires_at <= self._clock():
            raise Unauthenticated("This link has expired; ask for a new one.", code="token_expired")
        return link

    def open(self, token: str, password: str) -> Opened:
        """What is behind a link, for somebody who knows the password.

        Raises:
            Unauthenticated: ``token_expired``, or ``invalid_credentials``: an unknown token, a wrong password and a
                locked link look alike.
        """
        link = self._find(token)
        if link is None or not self._links.take_attempt(link):
            self._passwords.matches("nobody", password, _NOBODYS_HASH)
            raise _wrong()
        report = self._reports.at_row(link.tenant_id, link.batch_id, link.row)
        if not self._passwords.matches(link.report_id, password, report.recipient.password_hash or _NOBODYS_HASH):
            raise _wrong()
        if link.expires_at <= self._clock():
            raise Unauthenticated("This link has expired; ask for a new one.", code="token_expired")
        self._links.forgive_attempts(link)
        return Opened(Recipient(link.tenant_id, link.report_id, link.link_id), link.expires_at, report)

    def report_of(self, recipient: Recipient) -> Report:
        """The report of somebody who opened a link.

        Raises:
            Unauthenticated: the link is gone.
        """
        link = self._links.get(recipient.tenant_id, recipient.link_id)
        if link is None or link.expires_at <= self._clock():
            raise Unauthenticated("This link has expired; ask for a new one.", code="token_expired")
        return self._reports.at_row(link.tenant_id, link.batch_id, link.row)

    def _find(self, token: str) -> Link | None:
        tenant_part, secret = token[:_TENANT_CHARACTERS], token[_TENANT_CHARACTERS:]
        if len(secret) != _SECRET_CHARACTERS:
            return None
        try:
            tenant_id = expand_id(tenant_part)
        except ValueError:
            return None
        return self._links.get(tenant_id, hash_of(secret))


def mint_link(report: Report, *, now: datetime) -> tuple[Link, str]:
    """A new link to a report, and the token that only its recipient will ever see."""
    secret = random_text(width=_SECRET_CHARACTERS)
    link = Link(
        tenant_id=report.tenant_id,
        link_id=hash_of(secret),
        batch_id=report.batch_id,
        row=report.row,
        report_id=report.report_id,
        expires_at=now + LINK_LIFETIME,
    )
    return link, compact_id(report.tenant_id) + secret


def hash_of(secret: str) -> str:
    """The id under which a link's secret is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _wrong() -> Unauthenticated:
    return Unauthenticated("The link or the password is wrong.", code="invalid_credentials")
