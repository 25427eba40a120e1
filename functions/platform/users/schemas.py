"""What iPerform's staff endpoints take and show."""

from typing import Annotated, Literal

from pydantic import AliasPath, BeforeValidator, Field

from herald.http.schemas import RequestBody, Timestamp, View
from herald.identity.accounts.model import LONGEST_PASSWORD
from herald.identity.model import Role
from herald.values.email import LONGEST_EMAIL

RoleId = Literal[1, 2, 3, 4, 5, 6]
ROLE_OF: dict[int, Role] = {
    1: Role.ADMIN,
    2: Role.MANAGER,
    3: Role.SALESPERSON,
    4: Role.AGENT,
    5: Role.VIEWER,
    6: Role.INTEGRATION,
}
"""iPerform shows 3 in its example for a salesperson and does not list the rest."""
_ID_OF = {role: number for number, role in ROLE_OF.items()}
_ROLE_IDS = f"The role by its number: {', '.join(f'{number} {role.value}' for number, role in ROLE_OF.items())}."


class StaffUserView(View):
    """Somebody who works here."""

    id: int = Field(validation_alias=AliasPath("membership", "number"))
    """The person's number in this company, from 1."""
    username: str = Field(validation_alias=AliasPath("person", "username"))
    """By which they may sign in beside the e-mail address; empty where they have none."""
    email: str = Field(validation_alias=AliasPath("person", "email"))
    """By which they sign in."""
    name: str
    """What they are called in this company."""
    phone: str
    """Their phone number as this company has it; empty for none. It is kept as it was written."""
    role: Role
    """What they are in this company, which says what they may do."""
    role_id: Annotated[RoleId, BeforeValidator(_ID_OF.__getitem__)] = Field(
        validation_alias=AliasPath("role"), description=_ROLE_IDS
    )
    company_id: int
    """The company's number: that of the caller's own."""
    is_active: bool = Field(validation_alias=AliasPath("membership", "active"))
    """Whether they may sign in here; what they did stays where they may not."""
    created_on: Timestamp = Field(validation_alias=AliasPath("membership", "joined_at"))
    """When they joined the company."""


class StaffUserChanges(RequestBody):
    """What is to change of somebody; what is left out stays. The logins may be sent along unchanged."""

    shown_by = StaffUserView

    username: str | None = Field(default=None, max_length=64)
    """Only as it is: people sign in with it elsewhere too."""
    email: str | None = Field(default=None, max_length=LONGEST_EMAIL)
    """Only as it is: people sign in with it elsewhere too."""
    password: str | None = Field(default=None, max_length=LONGEST_PASSWORD)
    """Refused with 400: people change their own password."""
    company_id: int | None = None
    """The caller's own company; any other is not found."""
    role_id: RoleId | None = Field(default=None, description=_ROLE_IDS)
    role: Role | None = None
    """Instead of `role_id`, and before it. A new role ends their sessions here."""
    name: str | None = Field(default=None, max_length=200)
    """What they are to be called in this company alone; one's own name changes everywhere."""
    phone: str | None = Field(default=None, max_length=40)
    """Their phone number for this company alone, kept as it is written; one's own changes everywhere."""
    is_active: bool | None = None
    """False ends their work here and their sessions; true lets them in again."""


class NewStaffUser(RequestBody):
    """Somebody who is going to work here; ``role`` or ``role_id`` says as what."""

    shown_by = StaffUserView

    username: str = Field(default="", max_length=64, examples=["john.smith"])
    """Needed: 3 to 64 letters, digits, dots, hyphens or underscores; capitals do not matter."""
    email: str = Field(default="", max_length=LONGEST_EMAIL, examples=["john.smith@example.com"])
    """Needed: a mail goes to it, by which the person comes in."""
    password: str = Field(default="", max_length=LONGEST_PASSWORD)
    """Needed: a temporary one, which lets nobody in; the person chooses another by the mail."""
    company_id: int | None = None
    """The caller's own company; any other is not found."""
    role_id: RoleId | None = Field(default=None, description=_ROLE_IDS)
    role: Role | None = None
    """Instead of `role_id`, and before it; one of the two is needed."""
    name: str = Field(default="", max_length=200)
    """What they are to be called in this company; empty for what they call themselves."""
    phone: str = Field(default="", max_length=40)
    """Their phone number for this company, kept as it is written."""
    phone_e164: str = Field(default="", max_length=40)
    """Somebody of Event Stream's audience, which is not served yet: without a `username` this answers 404."""
