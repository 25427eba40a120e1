"""Mifumo's tenants: the organisations of whoever is signed in, the way from one to another, and who is invited."""

from pydantic import BaseModel, ConfigDict, Field

from herald.http.access import SIGN_IN, open_to_everyone, requires, with_a_secret_in_its_answer
from herald.http.composition import compose_api
from herald.http.contracts.mifumo import MIFUMO, Envelope, Results
from herald.identity.accounts.model import LONGEST_EMAIL, LONGEST_PASSWORD
from herald.identity.composition import identity
from herald.identity.invitations.model import Invitation
from herald.identity.model import Role
from herald.identity.permissions import Permission
from herald.identity.sessions.model import Origin, SignedIn
from herald.identity.staff.model import OwnTenant
from herald.identity.tenants.model import LONGEST_NAME
from herald.values.clock import to_text

api = compose_api(MIFUMO)
tenants = identity().tenants
invitations = identity().invitations
handler = api.handle


class TenantRequest(BaseModel):
    """An organisation that is going to be."""

    model_config = ConfigDict(defer_build=True)

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    website: str = Field(default="", max_length=300)
    industry: str = Field(default="", max_length=100)


class TenantChanges(BaseModel):
    """What is to change of an organisation; what is left out stays."""

    model_config = ConfigDict(defer_build=True)

    name: str | None = Field(default=None, max_length=LONGEST_NAME)
    website: str | None = Field(default=None, max_length=300)
    industry: str | None = Field(default=None, max_length=100)


class SwitchRequest(BaseModel):
    """Where to go."""

    model_config = ConfigDict(defer_build=True)

    tenant_id: str = Field(min_length=1, max_length=100)


class InvitationRequest(BaseModel):
    """Who is to be asked to join, and as what."""

    model_config = ConfigDict(defer_build=True)

    email: str = Field(max_length=LONGEST_EMAIL)
    role: Role


class Acceptance(BaseModel):
    """The token that was sent by e-mail; ``name`` and a new ``password``, or the password of one's account."""

    model_config = ConfigDict(defer_build=True)

    token: str = Field(max_length=100)
    name: str = Field(default="", max_length=200)
    password: str = Field(max_length=LONGEST_PASSWORD)


class TenantView(BaseModel):
    """An organisation as one of its members sees it."""

    model_config = ConfigDict(defer_build=True)

    id: str
    name: str
    website: str
    industry: str
    role: str = Field(description="What the caller is in it.")
    is_active: bool
    is_current: bool = Field(description="Whether the caller's token is for it.")
    created_at: str

    @classmethod
    def of(cls, own: OwnTenant, *, current: str) -> "TenantView":
        """The view of a tenant."""
        return cls(
            id=own.tenant.tenant_id,
            name=own.tenant.name,
            website=own.tenant.website,
            industry=own.tenant.industry,
            role=own.membership.role.value,
            is_active=own.tenant.active,
            is_current=own.tenant.tenant_id == current,
            created_at=to_text(own.tenant.created_at),
        )


class SwitchedView(BaseModel):
    """Tokens for the other organisation."""

    model_config = ConfigDict(defer_build=True)

    access: str
    refresh: str
    expires_in: int = Field(description="Seconds until the access token expires.")
    tenant_id: str
    role: str

    @classmethod
    def of(cls, signed_in: SignedIn) -> "SwitchedView":
        """The view of a session."""
        return cls(
            access=signed_in.access_token,
            refresh=signed_in.refresh_token,
            expires_in=signed_in.expires_in,
            tenant_id=signed_in.user.tenant_id,
            role=signed_in.user.role.value,
        )


class InvitationView(BaseModel):
    """An address that was asked to join."""

    model_config = ConfigDict(defer_build=True)

    id: str
    email: str
    role: str
    status: str = Field(description="open, accepted, revoked or expired.")
    invited_by: str
    created_at: str
    expires_at: str

    @classmethod
    def of(cls, invitation: Invitation) -> "InvitationView":
        """The view of an invitation."""
        return cls(
            id=invitation.invitation_id,
            email=invitation.email,
            role=invitation.role.value,
            status=invitation.status.value,
            invited_by=invitation.invited_by,
            created_at=to_text(invitation.created_at),
            expires_at=to_text(invitation.ends_at),
        )


class Revoked(BaseModel):
    """That an invitation has ended."""

    model_config = ConfigDict(defer_build=True)

    id: str
    revoked: bool = True


@api.get("/api/tenants", summary="List the caller's tenants", tags=["Tenants"])
@requires(Permission.OWN_ACCOUNT)
def list_tenants() -> Envelope[Results[TenantView]]:
    """Every organisation that the caller belongs to, the oldest membership first."""
    own = [_view(own) for own in tenants.of_person(api.caller)]
    return Envelope[Results[TenantView]](data=Results[TenantView].of(own))


@api.post("/api/tenants", status_code=201, summary="Create a tenant", tags=["Tenants"])
@requires(Permission.OWN_ACCOUNT)
def create_tenant(request: TenantRequest) -> Envelope[TenantView]:
    """A new organisation with the caller as its administrator; switch to it to work in it."""
    own = tenants.create(
        api.caller,
        tenant_id=api.creation_id(),
        name=request.name,
        website=request.website,
        industry=request.industry,
    )
    return Envelope[TenantView](status=201, data=_view(own))


@api.get("/api/tenants/<tenant_id>", summary="One tenant", tags=["Tenants"])
@requires(Permission.OWN_ACCOUNT)
def get_tenant(tenant_id: str) -> Envelope[TenantView]:
    """One of the caller's organisations."""
    return Envelope[TenantView](data=_view(tenants.get(api.caller, tenant_id)))


@api.put("/api/tenants/<tenant_id>", summary="Update a tenant", tags=["Tenants"])
@requires(Permission.TENANT_MANAGE)
def update_tenant(tenant_id: str, changes: TenantChanges) -> Envelope[TenantView]:
    """Changes the organisation that the caller is signed in to."""
    own = tenants.update(api.caller, tenant_id, name=changes.name, website=changes.website, industry=changes.industry)
    return Envelope[TenantView](data=_view(own))


@api.post("/api/tenants/switch", summary="Switch to another tenant", tags=["Tenants"])
@with_a_secret_in_its_answer
@requires(Permission.OWN_ACCOUNT)
def switch_tenant(request: SwitchRequest) -> Envelope[SwitchedView]:
    """Tokens for another organisation of the caller's; a later sign-in opens that one."""
    return Envelope[SwitchedView](data=SwitchedView.of(tenants.switch(api.caller, request.tenant_id, origin=_origin())))


@api.post("/api/tenants/<tenant_id>/invitations", status_code=201, summary="Invite somebody", tags=["Invitations"])
@requires(Permission.STAFF_MANAGE)
def invite(tenant_id: str, request: InvitationRequest) -> Envelope[InvitationView]:
    """A mail with a way into the organisation that the caller is signed in to; asking again sends another."""
    invitation = invitations.invite(api.caller, tenant_id, email=request.email, role=request.role)
    return Envelope[InvitationView](status=201, data=InvitationView.of(invitation))


@api.get("/api/tenants/<tenant_id>/invitations", summary="List the invitations", tags=["Invitations"])
@requires(Permission.STAFF_READ)
def list_invitations(tenant_id: str) -> Envelope[Results[InvitationView]]:
    """Everybody who was invited in the last thirty days, the latest first."""
    invited = [InvitationView.of(invitation) for invitation in invitations.of_tenant(api.caller, tenant_id)]
    return Envelope[Results[InvitationView]](data=Results[InvitationView].of(invited))


@api.delete(
    "/api/tenants/<tenant_id>/invitations/<invitation_id>", summary="Revoke an invitation", tags=["Invitations"]
)
@requires(Permission.STAFF_MANAGE)
def revoke_invitation(tenant_id: str, invitation_id: str) -> Envelope[Revoked]:
    """Ends an invitation at once: the link in its mail is good no more."""
    invitations.revoke(api.caller, tenant_id, invitation_id)
    return Envelope[Revoked](data=Revoked(id=invitation_id))


@api.post("/api/invitations/accept", summary="Accept an invitation", tags=["Invitations"])
@open_to_everyone(limit=SIGN_IN)
def accept_invitation(acceptance: Acceptance) -> Envelope[SwitchedView]:
    """Tokens for the organisation that one was invited to; somebody new has an account from now on."""
    signed_in = invitations.accept(
        acceptance.token, name=acceptance.name, password=acceptance.password, origin=_origin()
    )
    return Envelope[SwitchedView](data=SwitchedView.of(signed_in))


def _view(own: OwnTenant) -> TenantView:
    return TenantView.of(own, current=api.caller.tenant_id)


def _origin() -> Origin:
    return Origin(api.source_ip, api.header("user-agent"))
