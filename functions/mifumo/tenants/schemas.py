"""What Mifumo's tenant and invitation endpoints take and show."""

from pydantic import AliasPath, Field

from herald.http.schemas import RequestBody, Timestamp, View
from herald.identity.accounts.model import LONGEST_PASSWORD
from herald.identity.model import Role
from herald.identity.tenants.model import LONGEST_NAME
from herald.values.email import LONGEST_EMAIL


class SwitchRequest(RequestBody):
    """Where to go."""

    tenant_id: str = Field(min_length=1, max_length=100)


class Acceptance(RequestBody):
    """The token that was sent by e-mail; ``name`` and a new ``password``, or the password of one's account."""

    token: str = Field(max_length=100)
    name: str = Field(default="", max_length=200)
    password: str = Field(max_length=LONGEST_PASSWORD)


class TenantView(View):
    """An organisation as one of its members sees it."""

    id: str = Field(validation_alias=AliasPath("tenant", "tenant_id"))
    name: str = Field(validation_alias=AliasPath("tenant", "name"))
    website: str = Field(validation_alias=AliasPath("tenant", "website"))
    industry: str = Field(validation_alias=AliasPath("tenant", "industry"))
    role: str = Field(validation_alias=AliasPath("membership", "role"), description="What the caller is in it.")
    is_active: bool = Field(validation_alias=AliasPath("tenant", "active"))
    is_current: bool = Field(description="Whether the caller's token is for it.")
    created_at: Timestamp = Field(validation_alias=AliasPath("tenant", "created_at"))


class TenantChanges(RequestBody):
    """What is to change of an organisation; what is left out stays."""

    shown_by = TenantView

    name: str | None = Field(default=None, max_length=LONGEST_NAME)
    website: str | None = Field(default=None, max_length=300)
    industry: str | None = Field(default=None, max_length=100)


class TenantRequest(RequestBody):
    """An organisation that is going to be."""

    shown_by = TenantView

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    website: str = Field(default="", max_length=300)
    industry: str = Field(default="", max_length=100)


class SwitchedView(View):
    """Tokens for the other organisation."""

    access: str = Field(validation_alias="access_token")
    refresh: str = Field(validation_alias="refresh_token")
    expires_in: int = Field(description="Seconds until the access token expires.")
    tenant_id: str = Field(validation_alias=AliasPath("user", "tenant_id"))
    role: str = Field(validation_alias=AliasPath("user", "role"))


class InvitationView(View):
    """An address that was asked to join."""

    id: str = Field(validation_alias="invitation_id")
    email: str
    role: str
    status: str = Field(description="open, accepted, revoked or expired.")
    invited_by: str
    created_at: Timestamp
    expires_at: Timestamp = Field(validation_alias="ends_at")


class InvitationRequest(RequestBody):
    """Who is to be asked to join, and as what."""

    shown_by = InvitationView

    email: str = Field(max_length=LONGEST_EMAIL)
    role: Role


class Revoked(View):
    """That an invitation has ended."""

    id: str
    revoked: bool = True
