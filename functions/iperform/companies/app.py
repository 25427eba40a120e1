"""iPerform's companies: the organisations of the administrator who asks."""

from pydantic import BaseModel, ConfigDict, Field

from herald.http.access import requires
from herald.http.composition import compose_api
from herald.http.contracts.iperform import IPERFORM, Envelope, ListEnvelope
from herald.identity.composition import identity
from herald.identity.permissions import Permission
from herald.identity.tenants.model import LONGEST_NAME, MOST_TENANTS, Tenant
from herald.values.clock import to_text, utc_now

api = compose_api(IPERFORM)
tenants = identity().tenants
handler = api.handle


class CompanyRequest(BaseModel):
    """A company that is going to be."""

    model_config = ConfigDict(defer_build=True)

    company_name: str = Field(min_length=1, max_length=LONGEST_NAME)
    gst_number: str = Field(default="", max_length=30)
    website: str = Field(default="", max_length=300)
    industry: str = Field(default="", max_length=100)


class CompanyView(BaseModel):
    """A company as others see it."""

    model_config = ConfigDict(defer_build=True)

    id: int
    company_name: str
    gst_number: str
    website: str
    industry: str
    is_active: bool
    created_on: str

    @classmethod
    def of(cls, tenant: Tenant) -> "CompanyView":
        """The view of a tenant."""
        return cls(
            id=tenant.number,
            company_name=tenant.name,
            gst_number=tenant.tax_number,
            website=tenant.website,
            industry=tenant.industry,
            is_active=tenant.active,
            created_on=to_text(tenant.created_at),
        )


@api.get("/api/v1/companies", summary="List the companies", tags=["Companies"])
@requires(Permission.TENANT_MANAGE)
def list_companies() -> ListEnvelope[CompanyView]:
    """Every company that the caller belongs to."""
    companies = [CompanyView.of(own.tenant) for own in tenants.of_person(api.caller)]
    return ListEnvelope[CompanyView](
        data=companies,
        count=len(companies),
        page=1,
        limit=MOST_TENANTS,
        total=len(companies),
        timestamp=to_text(utc_now()),
    )


@api.post("/api/v1/companies", status_code=201, summary="Create a company", tags=["Companies"])
@requires(Permission.TENANT_MANAGE)
def create_company(request: CompanyRequest) -> Envelope[CompanyView]:
    """A new company with the caller as its administrator."""
    own = tenants.create(
        api.caller,
        tenant_id=api.creation_id(),
        name=request.company_name,
        tax_number=request.gst_number,
        website=request.website,
        industry=request.industry,
    )
    return Envelope[CompanyView](
        status=201, message="Company created", data=CompanyView.of(own.tenant), timestamp=to_text(utc_now())
    )
