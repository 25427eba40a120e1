"""Mifumo's tenants: the organisations of whoever is signed in, the way from one to another, and who is invited."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path

from herald.http.access import SIGN_IN, also_while_closed, open_to_everyone, requires, with_a_secret_in_its_answer
from herald.http.composition import compose_api
from herald.http.contracts.mifumo import MIFUMO, Envelope, Results
from herald.http.failures import fails_with
from herald.identity.composition import identity
from herald.identity.permissions import Permission
from herald.identity.staff.model import OwnTenant

from .schemas import (
    Acceptance,
    InvitationRequest,
    InvitationView,
    Revoked,
    SwitchedView,
    SwitchRequest,
    TenantChanges,
    TenantRequest,
    TenantView,
)

api = compose_api(MIFUMO)
tenants = identity().tenants
invitations = identity().invitations
handler = api.handle

TenantId = Annotated[str, Path(description="UUID of the organisation.")]
OwnTenantId = Annotated[str, Path(description="UUID of the organisation that the caller is signed in to.")]
InvitationId = Annotated[str, Path(description="UUID of the invitation.")]


@api.get("/api/tenants", summary="List the caller's tenants", tags=["Tenants"])
@also_while_closed
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
@also_while_closed
@requires(Permission.OWN_ACCOUNT)
def get_tenant(tenant_id: TenantId) -> Envelope[TenantView]:
    """One of the caller's organisations."""
    return Envelope[TenantView](data=_view(tenants.get(api.caller, tenant_id)))


@api.put("/api/tenants/<tenant_id>", summary="Update a tenant", tags=["Tenants"])
@requires(Permission.OWN_ACCOUNT)
def update_tenant(tenant_id: TenantId, changes: TenantChanges) -> Envelope[TenantView]:
    """Changes one of the caller's organisations, where their role in it is ADMIN."""
    own = tenants.update(api.caller, tenant_id, name=changes.name, website=changes.website, industry=changes.industry)
    return Envelope[TenantView](data=_view(own))


@api.post("/api/tenants/switch", summary="Switch to another tenant", tags=["Tenants"])
@fails_with(HTTPStatus.NOT_FOUND)
@with_a_secret_in_its_answer
@also_while_closed
@requires(Permission.OWN_ACCOUNT)
def switch_tenant(request: SwitchRequest) -> Envelope[SwitchedView]:
    """Tokens for another organisation of the caller's; a later sign-in opens that one."""
    return Envelope[SwitchedView](
        data=SwitchedView.of(tenants.switch(api.caller, request.tenant_id, origin=api.origin))
    )


@api.post("/api/tenants/<tenant_id>/invitations", status_code=201, summary="Invite somebody", tags=["Invitations"])
@requires(Permission.STAFF_MANAGE)
def invite(tenant_id: OwnTenantId, request: InvitationRequest) -> Envelope[InvitationView]:
    """A mail with a way into the organisation that the caller is signed in to; asking again sends another."""
    invitation = invitations.invite(api.caller, tenant_id, email=request.email, role=request.role)
    return Envelope[InvitationView](status=201, data=InvitationView.of(invitation))


@api.get("/api/tenants/<tenant_id>/invitations", summary="List the invitations", tags=["Invitations"])
@requires(Permission.STAFF_READ)
def list_invitations(tenant_id: OwnTenantId) -> Envelope[Results[InvitationView]]:
    """Everybody who was invited in the last thirty days, the latest first."""
    invited = [InvitationView.of(invitation) for invitation in invitations.of_tenant(api.caller, tenant_id)]
    return Envelope[Results[InvitationView]](data=Results[InvitationView].of(invited))


@api.delete(
    "/api/tenants/<tenant_id>/invitations/<invitation_id>", summary="Revoke an invitation", tags=["Invitations"]
)
@requires(Permission.STAFF_MANAGE)
def revoke_invitation(tenant_id: OwnTenantId, invitation_id: InvitationId) -> Envelope[Revoked]:
    """Ends an invitation at once: the link in its mail is good no more."""
    invitations.revoke(api.caller, tenant_id, invitation_id)
    return Envelope[Revoked](data=Revoked(id=invitation_id))


@api.post("/api/invitations/accept", summary="Accept an invitation", tags=["Invitations"])
@fails_with(HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT)
@open_to_everyone(limit=SIGN_IN)
def accept_invitation(acceptance: Acceptance) -> Envelope[SwitchedView]:
    """Tokens for the organisation that one was invited to; somebody new has an account from now on."""
    signed_in = invitations.accept(
        acceptance.token, name=acceptance.name, password=acceptance.password, origin=api.origin
    )
    return Envelope[SwitchedView](data=SwitchedView.of(signed_in))


def _view(own: OwnTenant) -> TenantView:
    return TenantView.of(own, is_current=own.tenant.tenant_id == api.caller.tenant_id)
