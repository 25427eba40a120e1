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
_ROLE_IDS = ", ".join(f"{number} {role.value}" for number, role in ROLE_OF.items())


class StaffUserView(View):
    """Somebody who works here."""

    id: int = Field(validation_alias=AliasPath("membership", "number"))
    username: str = Field(validation_alias=AliasPath("person", "username"))
    email: str = Field(validation_alias=AliasPath("person", "email"))
    name: str
    phone: str
    role: str
    role_id: Annotated[int, BeforeValidator(_ID_OF.__getitem__)] = Field(
        validation_alias=AliasPath("role"), description=_ROLE_IDS
    )
    company_id: int
    is_active: bool = Field(validation_alias=AliasPath("membership", "active"))
    created_on: Timestamp = Field(validation_alias=AliasPath("membership", "joined_at"))


class StaffUserChanges(RequestBody):
    """What is to change of somebody; what is left out stays. The logins may be sent along unchanged."""

    shown_by = StaffUserView

    username: str | None = Field(default=None, max_length=64)
    email: str | None = Field(default=None, max_length=LONGEST_EMAIL)
    password: str | None = Field(default=None, max_length=LONGEST_PASSWORD, description="Its owner changes it.")
    company_id: int | None = None
    role_id: RoleId | None = Field(default=None, description=_ROLE_IDS)
    role: Role | None = None
    name: str | None = Field(default=None, max_length=200)
    phone: str | None = Field(default=None, max_length=40)
    is_active: bool | None = None


class NewStaffUser(RequestBody):
    """Somebody who is going to work here; ``role`` or ``role_id`` says as what."""

    shown_by = StaffUserView

    username: str = Field(default="", max_length=64, examples=["john.smith"])
    email: str = Field(default="", max_length=LONGEST_EMAIL)
    password: str = Field(default="", max_length=LONGEST_PASSWORD, description="A temporary one, to be replaced.")
    company_id: int | None = Field(default=None, description="The caller's own company.")
    role_id: RoleId | None = Field(default=None, description=_ROLE_IDS)
    role: Role | None = None
    name: str = Field(default="", max_length=200)
    phone: str = Field(default="", max_length=40)
    phone_e164: str = Field(default="", max_length=40, description="Event Stream's, which is not served yet.")
