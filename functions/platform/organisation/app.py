"""The organisation that the caller is signed in to: whether it is closed, and how it is deleted."""

from herald.http.access import also_while_closed, requires
from herald.http.composition import compose_api
from herald.http.contracts.resultflow import RESULTFLOW
from herald.identity.composition import identity
from herald.identity.permissions import Permission

from .schemas import ClosureRequest, OrganisationView

api = compose_api(RESULTFLOW)
closures = identity().closures
handler = api.handle


@api.get("/api/v1/admin/organisation", summary="The caller's organisation", tags=["Organisation"])
@also_while_closed
@requires(Permission.OWN_ACCOUNT)
def get_organisation() -> OrganisationView:
    """Whether it is open, and from when on it is erased where it is closed."""
    return OrganisationView.of(closures.of_tenant(api.caller.tenant_id))


@api.post("/api/v1/admin/organisation/closure", summary="Close and delete the organisation", tags=["Organisation"])
@also_while_closed
@requires(Permission.TENANT_MANAGE)
def close_organisation(request: ClosureRequest) -> OrganisationView:
    """Closes it for its people, its keys and whoever has a link; thirty days later all that it holds is erased.

    With ``when`` as ``now`` it is erased at once, which nobody can undo.
    """
    close = closures.erase_now if request.when == "now" else closures.close
    return OrganisationView.of(close(api.caller, name=request.name, password=request.password, address=api.source_ip))


@api.delete("/api/v1/admin/organisation/closure", summary="Open the organisation again", tags=["Organisation"])
@also_while_closed
@requires(Permission.TENANT_MANAGE)
def reopen_organisation() -> OrganisationView:
    """Everything is as it was; texts whose time has come meanwhile were not sent."""
    return OrganisationView.of(closures.reopen(api.caller))
