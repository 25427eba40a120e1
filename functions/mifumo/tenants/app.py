"""Mifumo's tenants: the organisations of whoever is signed in, and the way from one to another."""

from pydantic import BaseModel, ConfigDict, Field

from herald.http.composition import compose_accounts, compose_api
from herald.http.dialects.mifumo import Envelope
from herald.identity.service import Origin, SignedIn
from herald.identity.store import IdentityStore
from herald.identity.tenants import LONGEST_NAME, OwnTenant, Tenants
from herald.values.clock import to_text

api = compose_api()
identities = IdentityStore()
tenants = Tenants(identities, compose_accounts())
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


@api.get("/api/tenants", summary="List the caller's tenants", tags=["Tenants"])
def list_tenants() -> Envelope[list[TenantView]]:
    """Every organisation that the caller belongs to, the oldest membership first."""
    return Envelope[list[TenantView]](data=[_view(own) for own in tenants.of_person(api.caller)])


@api.post("/api/tenants", status_code=201, summary="Create a tenant", tags=["Tenants"])
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
def get_tenant(tenant_id: str) -> Envelope[TenantView]:
    """One of the caller's organisations."""
    return Envelope[TenantView](data=_view(tenants.get(api.caller, tenant_id)))


@api.put("/api/tenants/<tenant_id>", summary="Update a tenant", tags=["Tenants"])
def update_tenant(tenant_id: str, changes: TenantChanges) -> Envelope[TenantView]:
    """Changes the organisation that the caller is signed in to."""
    own = tenants.update(api.caller, tenant_id, name=changes.name, website=changes.website, industry=changes.industry)
    return Envelope[TenantView](data=_view(own))


@api.post("/api/tenants/switch", summary="Switch to another tenant", tags=["Tenants"])
def switch_tenant(request: SwitchRequest) -> Envelope[SwitchedView]:
    """Tokens for another organisation of the caller's; a later sign-in opens that one."""
    origin = Origin(api.source_ip, api.header("user-agent"))
    return Envelope[SwitchedView](data=SwitchedView.of(tenants.switch(api.caller, request.tenant_id, origin=origin)))


def _view(own: OwnTenant) -> TenantView:
    return TenantView.of(own, current=api.caller.tenant_id)
