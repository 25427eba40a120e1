"""A person's request: all that is held of a phone number or an e-mail address is erased."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path

from herald.http.access import requires
from herald.http.composition import compose_api
from herald.http.contracts.resultflow import RESULTFLOW
from herald.identity.permissions import Permission
from herald.results.composition import results

from .schemas import ErasureRequest, ErasureView

api = compose_api(RESULTFLOW)
erasures = results().person_erasures
handler = api.handle

ErasureId = Annotated[str, Path(description="UUID of the erasure.")]


@api.post("/api/v1/admin/erasures", status_code=202, summary="Erase a person's data", tags=["Erasures"])
@requires(Permission.TENANT_MANAGE)
def request_erasure(request: ErasureRequest) -> ErasureView:
    """Deletes every report of the organisation that is for this phone number or e-mail address, with its traces."""
    return ErasureView.of(
        erasures.request(api.caller.tenant_id, api.creation_id(), phone=request.phone, email=request.email)
    )


@api.get("/api/v1/admin/erasures/<erasure_id>", summary="How far an erasure has come", tags=["Erasures"])
@requires(Permission.TENANT_MANAGE)
def get_erasure(erasure_id: ErasureId) -> ErasureView:
    """Kept for a year, without whose data it was."""
    return ErasureView.of(erasures.get(api.caller.tenant_id, erasure_id))
