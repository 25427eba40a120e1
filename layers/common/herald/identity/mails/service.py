"""The mails of identity: asked for at a door, written by a worker.

A door always asks, and the worker looks whether there is anybody to write to: so no answer, and not the time that it
takes, tells whether an account exists.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Protocol, Self

from herald.identity.accounts.model import Person
from herald.identity.model import Role
from herald.identity.one_time_tokens.service import OneTimeTokens, Purpose, hash_of
from herald.identity.tenants.model import Tenant
from herald.values.ids import new_id


class MailKind(StrEnum):
    """Why somebody is written to."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a kind of mail
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a kind of mail
    ACCOUNT_LOCKED = "account_locked"
    INVITATION = "invitation"


@dataclass(frozen=True, slots=True)
class MailWork:
    """A message of the mail queue: somebody is to be written to, if there is anybody of that login."""

    mail_id: str
    kind: MailKind
    login: str
    tenant_id: str = ""
    role: str = ""

    @classmethod
    def of(cls, kind: MailKind, login: str, *, tenant_id: str = "", role: str = "") -> Self:
        """New work."""
        return cls(new_id(), kind, login, tenant_id, role)

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Self:
        """The work that a queue's message asks for."""
        return cls(**{**message, "kind": MailKind(message["kind"])})

    def to_message(self) -> dict[str, object]:
        """The inverse of `from_message`."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Mail:
    """A plain text to one person."""

    to: str
    subject: str
    text: str


class People(Protocol):
    """Where people and tenants are kept."""

    def find_by_email(self, email: str) -> Person | None:
        """The person with that (normal) e-mail address."""
        ...

    def find_by_username(self, username: str) -> Person | None:
        """The person with that (normal) user name."""
        ...

    def get_tenant(self, tenant_id: str) -> Tenant:
        """A tenant, or NotFound."""
        ...


class Mailer(Protocol):
    """Sends e-mail."""

    def send(self, mail: Mail) -> None:
        """Hands a mail over for delivery."""
        ...


class SentMails(Protocol):
    """Remembers which mails went out."""

    def was_sent(self, mail_id: str) -> bool:
        """Whether this mail went out before."""
        ...

    def remember(self, mail_id: str) -> None:
        """Records that it did."""
        ...


class Mailing:
    """What happens in the worker."""

    def __init__(
        self, people: People, tokens: OneTimeTokens, mailer: Mailer, sent: SentMails, *, public_url: str
    ) -> None:
        self._people = people
        self._tokens = tokens
        self._mailer = mailer
        self._sent = sent
        self._public_url = public_url

    def write(self, work: MailWork) -> bool:
        """Writes one mail; False where it went out before, or there is nobody to write to.

        A worker that dies between sending and remembering sends it again: a second mail is better than none.
        """
        if self._sent.was_sent(work.mail_id):
            return False
        mail = self._invitation(work) if work.kind is MailKind.INVITATION else self._mail_to_owner(work)
        if mail is not None:
            self._mailer.send(mail)
        self._sent.remember(work.mail_id)
        return mail is not None

    def _mail_to_owner(self, work: MailWork) -> Mail | None:
        find = self._people.find_by_email if "@" in work.login else self._people.find_by_username
        person = find(work.login)
        if person is None or (work.kind is MailKind.VERIFY_EMAIL and person.email_verified_at is not None):
            return None
        subject, text = _WORDING[work.kind]
        return Mail(person.email, subject, text.format(name=_harmless(person.name), link=self._link(work, person)))

    def _link(self, work: MailWork, person: Person) -> str:
        if work.kind not in _PURPOSE_OF:
            return ""
        purpose = _PURPOSE_OF[work.kind]
        good_for = password_mark(person) if purpose is Purpose.RESET_PASSWORD else ""
        token = self._tokens.issue(purpose, email=person.email, person_id=person.person_id, good_for=good_for)
        return f"{self._public_url}/account/{purpose.value.replace('_', '-')}?token={token}"

    def _invitation(self, work: MailWork) -> Mail:
        tenant = _harmless(self._people.get_tenant(work.tenant_id).name)
        token = self._tokens.issue(Purpose.INVITATION, email=work.login, tenant_id=work.tenant_id, role=Role(work.role))
        subject, text = _WORDING[MailKind.INVITATION]
        link = f"{self._public_url}/account/invitation?token={token}"
        return Mail(work.login, subject.format(tenant=tenant), text.format(tenant=tenant, link=link))


def password_mark(person: Person) -> str:
    """What changes with the password: a way to set a new one is good for the password that it was asked for."""
    return hash_of(person.password_hash)


def _harmless(name: str) -> str:
    """A name as it may stand in a mail to somebody else: one short line that leads nowhere.

    Anybody may sign up with another's address and call themselves as they like.
    """
    line = " ".join(name.split())[:_LONGEST_NAME_IN_A_MAIL]
    return _LEADS_SOMEWHERE.sub(" ", line)


_LONGEST_NAME_IN_A_MAIL = 60
_LEADS_SOMEWHERE = re.compile(r"[/@:]|(?<=\w)\.(?=\w)")
_PURPOSE_OF = {MailKind.VERIFY_EMAIL: Purpose.VERIFY_EMAIL, MailKind.RESET_PASSWORD: Purpose.RESET_PASSWORD}
_WORDING: dict[MailKind, tuple[str, str]] = {
    MailKind.VERIFY_EMAIL: (
        "Confirm your e-mail address",
        """Hello {name},

please confirm that this is your e-mail address:
{link}

The link is good for seven days. If you did not sign up, ignore this message.
""",
    ),
    MailKind.RESET_PASSWORD: (
        "Set a new password",
        """Hello {name},

somebody asked to set a new password for your account. If it was you, do it here:
{link}

The link is good for one hour and for one use. If it was not you, ignore this message: nothing has changed.
""",
    ),
    MailKind.PASSWORD_CHANGED: (
        "Your password was changed",
        """Hello {name},

the password of your account was changed just now, and every session was ended. If it was not you, set a new one at
once with “Forgot password”.
""",
    ),
    MailKind.ACCOUNT_LOCKED: (
        "Your account is locked for a while",
        """Hello {name},

ten wrong passwords were tried for your account, so nobody can sign in to it for a quarter of an hour. If it was not
you, your password was not found out; choose a longer one if it is short.
""",
    ),
    MailKind.INVITATION: (
        "You are invited to {tenant}",
        """Hello,

you are invited to work with {tenant}. Accept here:
{link}

The link is good for seven days. If you do not know {tenant}, ignore this message.
""",
    ),
}
