"""Somebody who signs in: the entity, and what their names and passwords must be."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from herald.errors import Invalid
from herald.values.email import normal_email

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 256
LONGEST_NAME = 200
LONGEST_PHONE = 40
UNVERIFIED_LIFETIME = timedelta(days=7)
"""Of a sign-up whose address nobody confirms, as long as the first mail about it is good."""
_USERNAME = re.compile(r"[\w.-]{3,64}")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs in. E-mail addresses and user names are unique over all tenants."""

    person_id: str
    email: str
    name: str
    password_hash: str
    created_at: datetime
    home_tenant_id: str
    """The tenant that a sign-in opens: the one that was worked in last."""
    username: str = ""
    phone: str = ""
    email_verified_at: datetime | None = None
    expires_at: datetime | None = None
    """When a sign-up goes whose e-mail address nobody confirms; ``None`` where it stays."""
    suspended: bool = False
    provisional: bool = False
    """Made by an administrator for whoever has the address, who has not come yet: it can do nothing, its password only
    tells who tries it what to do, and the address does not lead to it."""

    @property
    def is_verified(self) -> bool:
        """Whether the e-mail address was confirmed."""
        return self.email_verified_at is not None


def normal_login(text: str) -> str:
    """An e-mail address or a user name as it is compared, whether or not it can be one: what cannot is nobody's."""
    login = text.strip()
    if "@" not in login:
        return unicodedata.normalize("NFC", login.casefold())
    try:
        return normal_email(login)
    except Invalid:
        return login


def checked_name(text: str) -> str:
    """A person's name, trimmed and cut to `LONGEST_NAME`.

    Raises:
        Invalid: it is blank.
    """
    name = text.strip()
    if not name:
        raise Invalid("Say who you are.", fields={"name": "must not be blank"})
    return name[:LONGEST_NAME]


def normal_username(text: str) -> str:
    """A user name as it is compared: trimmed and in lower case.

    Raises:
        Invalid: it is too short or too long, or has other characters than letters, digits, ``.``, ``_`` and ``-``.
    """
    username = normal_login(text)
    if not _USERNAME.fullmatch(username):
        raise Invalid(
            "This is not a user name.",
            fields={"username": "3 to 64 letters, digits, dots, hyphens or underscores"},
        )
    return username


def check_new_password(password: str, *, email: str) -> None:
    """Refuses a password that is too short, too long, or the e-mail address itself.

    Raises:
        Invalid: with the reason under ``password`` (NIST SP 800-63B section 5.1.1.2: at least eight characters).
    """
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(
            f"The password needs at least {SHORTEST_PASSWORD} characters.",
            fields={"password": f"at least {SHORTEST_PASSWORD} characters"},
        )
    if len(password) > LONGEST_PASSWORD:
        raise Invalid(
            f"The password may have at most {LONGEST_PASSWORD} characters.",
            fields={"password": f"at most {LONGEST_PASSWORD} characters"},
        )
    if password.lower() in {email, email.partition("@")[0]}:
        raise Invalid("The password must differ from the e-mail address.", fields={"password": "too easy to guess"})
