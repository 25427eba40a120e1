"""iPerform's companies: the organisations of the administrator who asks."""

from herald.http.access import requires
from herald.http.composition import compose_api
from herald.http.contracts.iperform import IPERFORM, Envelope, ListEnvelope
from herald.identity.composition import identity
from herald.identity.permissions import Permission
from herald.identity.tenants.model import MOST_TENANTS
from herald.values.clock import to_text, utc_now

from .schemas import CompanyRequest, CompanyView

api = compose_api(IPERFORM)
tenants = identity().tenants
handler = api.handle


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
