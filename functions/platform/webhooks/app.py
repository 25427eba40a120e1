"""What carriers tell us: status callbacks, believed only with a good signature."""

import os
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict

from herald.adapters.aws.secrets import read_secret
from herald.adapters.carriers.twilio import signature_is_valid, status_of_twilio
from herald.errors import Forbidden
from herald.http.access import open_to_everyone
from herald.http.composition import compose_api
from herald.messaging.composition import messaging
from herald.messaging.model import MessageStatus, StatusReport

api = compose_api()
carrier_reports = messaging().carrier_reports
handler = api.handle


class Received(BaseModel):
    """That a callback was taken in; whether it told anything new is nobody's business."""

    model_config = ConfigDict(defer_build=True)

    status: str = "received"


@api.post("/api/v1/webhooks/sms/status", summary="Delivery status of a text", tags=["Webhooks"])
@open_to_everyone()
def take_sms_status() -> Received:
    """Twilio's status callback: duplicates and disorder are harmless, as statuses only move forward."""
    event = api.current_event
    form = dict(parse_qsl(event.decoded_body or "", keep_blank_values=True))
    query = event.query_string_parameters or {}
    url = f"{os.environ['PUBLIC_URL']}{event.path}?{event.raw_event.get('rawQueryString', '')}"
    token = read_secret(os.environ["CARRIER_SECRET"])["auth_token"]
    if not signature_is_valid(
        auth_token=token, url=url, form=form, signature=event.headers.get("x-twilio-signature") or ""
    ):
        raise Forbidden("The signature of this callback is not good.", code="invalid_signature")
    status = status_of_twilio(form.get("MessageStatus", ""))
    if status is not None:
        report = StatusReport(
            tenant_id=query.get("tenant", ""),
            message_id=query.get("message", ""),
            status=MessageStatus(status.value),
            carrier_id=form.get("MessageSid", ""),
            error_code=form.get("ErrorCode", ""),
        )
        api.note(news=carrier_reports.record(report), carrier_status=status.value)
    return Received()
