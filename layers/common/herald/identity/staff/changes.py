"""What administrators ask for of their staff."""

from dataclasses import dataclass

from herald.identity.invitations.model import MOST_UNANSWERED
from herald.identity.model import Role
from herald.identity.rate_limits.model import Limit

USER_NAMES = Limit("user_names", MOST_UNANSWERED, 24 * 3600)
"""How many user names an organisation may ask for: one that is taken tells that somebody has it, perhaps elsewhere."""


@dataclass(frozen=True, slots=True)
class NewMember:
    """Who is to join: ``username`` and ``name`` may be empty, and the password is replaced by whoever comes."""

    email: str
    password: str
    role: Role
    username: str = ""
    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class MemberChanges:
    """What is to change of a member; ``None`` leaves a thing as it is.

    ``email`` and ``username`` may be sent along, but not changed here: by them a person signs in everywhere.
    """

    role: Role | None = None
    active: bool | None = None
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    username: str | None = None
