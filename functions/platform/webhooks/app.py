"""What carriers tell us: status callbacks, believed only with a good signature."""

from http import HTTPStatus
from urllib.parse import parse_qsl

from herald.http.access import open_to_everyone
from herald.http.composition import compose_api
from herald.http.contracts.resultflow import RESULTFLOW
from herald.http.failures import fails_with
from herald.messaging.composition import messaging

from .schemas import Received

api = compose_api(RESULTFLOW)
callbacks = messaging().twilio_callbacks
carrier_reports = messaging().carrier_reports
handler = api.handle


@api.post("/api/v1/webhooks/sms/status", summary="Delivery status of a text", tags=["Webhooks"])
@fails_with(HTTPStatus.FORBIDDEN)
@open_to_everyone()
def take_sms_status() -> Received:
    """Twilio's status callback: duplicates and disorder are harmless, as statuses only move forward."""
    event = api.current_event
    report = callbacks.read(
        path=event.path,
        query=event.raw_event.get("rawQueryString", ""),
        form=dict(parse_qsl(event.decoded_body or "", keep_blank_values=True)),
        signature=api.header("x-twilio-signature"),
    )
    if report is not None:
        query = event.query_string_parameters or {}
        moved = carrier_reports.record(report, tenant_id=query.get("tenant", ""), message_id=query.get("message", ""))
        api.note(changed=moved, carrier_status=report.status.value)
    return Received()
