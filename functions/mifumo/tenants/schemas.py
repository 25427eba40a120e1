"""What Mifumo's tenant and invitation endpoints take and show."""

from typing import Literal

from pydantic import AliasPath, Field

from herald.http.schemas import RequestBody, Timestamp, View
from herald.identity.accounts.model import LONGEST_PASSWORD
from herald.identity.invitations.model import InvitationStatus
from herald.identity.model import Role
from herald.identity.tenants.model import LONGEST_NAME
from herald.values.email import LONGEST_EMAIL


class SwitchRequest(RequestBody):
    """Where to go."""

    tenant_id: str = Field(min_length=1, max_length=100)
    """UUID of one of the caller's organisations."""


class Acceptance(RequestBody):
    """The token that was sent by e-mail; ``name`` and a new ``password``, or the password of one's account."""

    token: str = Field(max_length=100)
    """What stands behind `token=` in the link of the mail; good for seven days, once."""
    name: str = Field(default="", max_length=200)
    """What somebody new is called; without effect for whoever has an account."""
    password: str = Field(max_length=LONGEST_PASSWORD)
    """That of the account with this address; somebody new chooses one of 8 to 256 characters."""


class TenantView(View):
    """An organisation as one of its members sees it."""

    id: str = Field(validation_alias=AliasPath("tenant", "tenant_id"))
    """UUID of the organisation."""
    name: str = Field(validation_alias=AliasPath("tenant", "name"))
    """What it is called; texts and pages say so to recipients."""
    website: str = Field(validation_alias=AliasPath("tenant", "website"))
    """As its administrators wrote it; empty for none."""
    industry: str = Field(validation_alias=AliasPath("tenant", "industry"))
    """As its administrators wrote it; empty for none."""
    role: Role = Field(validation_alias=AliasPath("membership", "role"))
    """What the caller is in it."""
    is_active: bool = Field(validation_alias=AliasPath("tenant", "at_work"))
    """Whether the organisation is at work."""
    is_current: bool
    """Whether the caller's token is for it."""
    created_at: Timestamp = Field(validation_alias=AliasPath("tenant", "created_at"))
    """When it was created."""


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
    """The access token: send it as `Authorization: Bearer <access>`, at every contract."""
    refresh: str = Field(validation_alias="refresh_token")
    """For the next pair of tokens: good once, within 30 days."""
    expires_in: int
    """Seconds until the access token expires."""
    tenant_id: str = Field(validation_alias=AliasPath("user", "tenant_id"))
    """UUID of the organisation that the tokens are for."""
    role: Role = Field(validation_alias=AliasPath("user", "role"))
    """What the person is in it, which says what they may do."""


class InvitationView(View):
    """An address that was asked to join."""

    id: str = Field(validation_alias="invitation_id")
    """UUID of the invitation: revoke it by it."""
    email: str = Field(examples=["amara@example.org"])
    """Who was asked to join."""
    role: Role
    """What they will be in the organisation."""
    status: InvitationStatus
    """`open` until it is accepted, revoked, or over."""
    invited_by: str
    """UUID of who asked them, last."""
    created_at: Timestamp
    """When they were asked, last."""
    expires_at: Timestamp = Field(validation_alias="ends_at")
    """Until when the link in the mail is good; seven days."""


class InvitationRequest(RequestBody):
    """Who is to be asked to join, and as what."""

    shown_by = InvitationView

    email: str = Field(max_length=LONGEST_EMAIL)
    role: Role


class Revoked(View):
    """That an invitation has ended."""

    id: str
    """Of what has ended, as it was sent."""
    revoked: Literal[True] = True
    """True: it is good no more."""
