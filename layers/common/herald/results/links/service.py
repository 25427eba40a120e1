"""The link in a text: made, followed, and opened with a password.

A link's token is the tenant's id in 22 characters and a secret of 22 random ones (130 bits). Only a hash of it is
stored. Whatever is wrong with token or password, the answer is the same.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from herald.errors import NotFound, Unauthenticated
from herald.identity.model import Recipient
from herald.identity.tenants.model import TenantState
from herald.identity.tenants.standings import TenantStandings
from herald.results.batches.model import Batch
from herald.results.batches.store import BatchStore
from herald.results.links.model import LINK_LIFETIME, LINKS_KEPT_AFTER_EXPIRY, WRONG_PASSWORDS_ALLOWED, Link, LinkState
from herald.results.links.store import LinkStore
from herald.results.passwords import ReportPasswords
from herald.results.reports.model import Report
from herald.results.reports.store import ReportStore
from herald.values.clock import Clock, utc_now
from herald.values.ids import compact_id, expand_id, random_text

_TENANT_CHARACTERS = 22
_SECRET_CHARACTERS = 22
_UNKNOWN = "00000000-0000-0000-0000-000000000000"
_NO_HASH = "0" * 64


class LinkId(NamedTuple):
    """What a token names, whether or not there is such a link."""

    tenant_id: str
    link_id: str


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """What a token alone shows: how its link stands, until when, in whose language, and who sent it."""

    state: LinkState
    expires_at: datetime
    language: str = ""
    sender_name: str = ""


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """A link that was opened: for whom, until when, and the report behind it."""

    recipient: Recipient
    expires_at: datetime
    report: Report
    sender_name: str = ""


class _Target(NamedTuple):
    batch: Batch
    report: Report


class LinkAccess:
    """The use cases of whoever holds a link.

    A link is withdrawn once its report or batch was deleted, its report's `link_generation` has grown, or while its
    organisation is closed.
    """

    def __init__(
        self,
        links: LinkStore,
        batches: BatchStore,
        reports: ReportStore,
        passwords: ReportPasswords,
        standings: TenantStandings,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._links = links
        self._batches = batches
        self._reports = reports
        self._passwords = passwords
        self._standings = standings
        self._clock = clock

    def inspect(self, token: str) -> LinkStatus:
        """How the link stands that a token names; counts nothing, so that a preview of it does no harm."""
        now = self._clock()
        link = self._links.get(*link_named_by(token))
        if link is None:
            return LinkStatus(LinkState.WRONG, now)
        target = self._target_of(link)
        if target is None:
            return LinkStatus(LinkState.WITHDRAWN, link.ends_at)
        state = LinkState.OPEN if link.ends_at > now else LinkState.EXPIRED
        language, sender_name = target.report.recipient.language, target.batch.sender_name
        return LinkStatus(LinkState.LOCKED if link.locked else state, link.ends_at, language, sender_name)

    def check(self, token: str) -> datetime:
        """Until when the link can be opened that a token names.

        Raises:
            Unauthenticated: ``token_expired``, ``link_withdrawn``, or ``invalid_credentials`` for an unknown or locked
                one.
        """
        seen = self.inspect(token)
        if seen.state is not LinkState.OPEN:
            raise _refusal(seen.state)
        return seen.expires_at

    def attempt(self, token: str, password: str) -> OpenedLink | LinkState:
        """What is behind a link, for somebody who knows the password; otherwise what to tell them.

        A token that names no link is treated like a link with another password, step by step: it takes as long, and
        the fifth try locks it. That a link was withdrawn is told whatever the password: looking at it tells as much.
        """
        now = self._clock()
        place = link_named_by(token)
        link = self._links.get(*place) or _unknown_link(place, now)
        tries = self._links.count_attempt(*place, forgotten_at=now + LINK_LIFETIME + LINKS_KEPT_AFTER_EXPIRY)
        if tries is None:
            return LinkState.LOCKED
        target = self._target_of(link)
        expected = (target and target.report.recipient.password_hash) or _NO_HASH
        knows = self._passwords.matches(link.report_id, password, expected)
        if target is None and link.batch_id != _UNKNOWN:
            return LinkState.WITHDRAWN
        if target is None or not knows:
            return LinkState.LOCKED if tries >= WRONG_PASSWORDS_ALLOWED else LinkState.WRONG
        if link.ends_at <= now:
            return LinkState.EXPIRED
        self._links.reset_attempts(link)
        recipient = Recipient(link.tenant_id, link.report_id, link.link_id)
        return OpenedLink(recipient, link.ends_at, target.report, target.batch.sender_name)

    def open(self, token: str, password: str) -> OpenedLink:
        """What is behind a link, for somebody who knows the password.

        Raises:
            Unauthenticated: ``token_expired``, ``link_withdrawn``, or ``invalid_credentials``: an unknown token, a
                wrong password and a locked link look alike.
        """
        outcome = self.attempt(token, password)
        if isinstance(outcome, LinkState):
            raise _refusal(outcome)
        return outcome

    def reopen(self, recipient: Recipient) -> OpenedLink:
        """What is behind the link of somebody who opened it before, as it is now.

        Raises:
            Unauthenticated: ``token_expired``, ``link_withdrawn``, or ``link_locked``: somebody tried wrong passwords.
        """
        link = self._links.get(recipient.tenant_id, recipient.link_id)
        if link is None or link.ends_at <= self._clock():
            raise _refusal(LinkState.EXPIRED)
        target = self._target_of(link)
        if target is None:
            raise _refusal(LinkState.WITHDRAWN)
        if link.locked:
            raise Unauthenticated("There were too many wrong passwords; ask for a new link.", code="link_locked")
        return OpenedLink(recipient, link.ends_at, target.report, target.batch.sender_name)

    def _target_of(self, link: Link) -> _Target | None:
        """What a link leads to; nothing where it was withdrawn."""
        # Both are read in any case: how long it takes must not tell what there is.
        batch = report = None
        with suppress(NotFound):
            batch = self._batches.get(link.tenant_id, link.batch_id)
        with suppress(NotFound):
            report = self._reports.at_row(link.tenant_id, link.batch_id, link.row)
        is_open = self._standings.of_tenant(link.tenant_id).state is TenantState.OPEN
        # A deleted batch is hidden at once, while its reports are removed one after the other.
        if batch is None or report is None or report.link_generation != link.generation or not is_open:
            return None
        return _Target(batch, report)


def new_link(report: Report, *, now: datetime) -> tuple[Link, str]:
    """A new link to a report, and the token that only its recipient will ever see."""
    secret = random_text(width=_SECRET_CHARACTERS)
    link = Link(
        tenant_id=report.tenant_id,
        link_id=hash_of(secret),
        batch_id=report.batch_id,
        row=report.row,
        report_id=report.report_id,
        ends_at=now + LINK_LIFETIME,
        generation=report.link_generation,
    )
    return link, compact_id(report.tenant_id) + secret


def link_named_by(token: str) -> LinkId:
    """The link that a token names; an unknown one where the token is none of ours."""
    tenant_part, secret = token[:_TENANT_CHARACTERS], token[_TENANT_CHARACTERS:]
    if len(secret) == _SECRET_CHARACTERS:
        with suppress(ValueError):
            return LinkId(expand_id(tenant_part), hash_of(secret))
    return LinkId(_UNKNOWN, hash_of(token))


def hash_of(secret: str) -> str:
    """The id under which a link's secret is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _unknown_link(place: LinkId, now: datetime) -> Link:
    return Link(place.tenant_id, place.link_id, batch_id=_UNKNOWN, row=0, report_id=_UNKNOWN, ends_at=now)


def _refusal(state: LinkState) -> Unauthenticated:
    if state is LinkState.EXPIRED:
        return Unauthenticated("This link has expired; ask for a new one.", code="token_expired")
    if state is LinkState.WITHDRAWN:
        return Unauthenticated("This link was withdrawn, or its report deleted; ask the sender.", code="link_withdrawn")
    return Unauthenticated("The link or the password is wrong.", code="invalid_credentials")
