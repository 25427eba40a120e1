"""Messages in DynamoDB, under ``{tenant}#message#{id}``: no partition is hotter than one message.

The table's stream tells whoever the message is about (``reference``) of each change.
"""

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.update import Action

from herald.messaging.model import Message, MessageStatus, StatusReport, statuses_before
from herald.storage import Row, table_name
from herald.values.clock import epoch_seconds, from_text, to_text

_KEPT_SECONDS = 400 * 24 * 3600
"""A little over a year: a year's statistics stay complete."""
_SORT = "message"


class MessageRow(Row):
    """One text to one person."""

    class Meta:
        table_name = table_name("MESSAGES_TABLE")

    tenant_id = UnicodeAttribute()
    message_id = UnicodeAttribute()
    to = UnicodeAttribute()
    body = UnicodeAttribute()
    reference = UnicodeAttribute()
    status = UnicodeAttribute()
    created_at = UnicodeAttribute()
    carrier_id = UnicodeAttribute(default="")
    error_code = UnicodeAttribute(default="")


class MessageStore:
    """`Messages` over DynamoDB."""

    def claim(self, message: Message) -> bool:
        """Stores a message in SENDING; False where it exists already."""
        row = MessageRow(
            _partition(message.tenant_id, message.message_id),
            _SORT,
            tenant_id=message.tenant_id,
            message_id=message.message_id,
            to=message.to,
            body=message.body,
            reference=message.reference,
            status=message.status.value,
            created_at=to_text(message.created_at),
            expires_at=epoch_seconds(message.created_at) + _KEPT_SECONDS,
        )
        return row.save_if(MessageRow.partition.does_not_exist())

    def get(self, tenant_id: str, message_id: str) -> Message | None:
        """A message."""
        try:
            row = MessageRow.get(_partition(tenant_id, message_id), _SORT, consistent_read=True)
        except DoesNotExist:
            return None
        return Message(
            tenant_id=row.tenant_id,
            message_id=row.message_id,
            to=row.to,
            body=row.body,
            reference=row.reference,
            status=MessageStatus(row.status),
            created_at=from_text(row.created_at),
            carrier_id=row.carrier_id,
            error_code=row.error_code,
        )

    def advance(self, report: StatusReport) -> bool:
        """Moves a message forward; False where the report tells nothing newer, or of no message of ours."""
        # The error belongs to the status: one that arrived after all has none.
        actions: list[Action] = [
            MessageRow.status.set(report.status.value),
            MessageRow.error_code.set(report.error_code),
        ]
        if report.carrier_id:
            actions.append(MessageRow.carrier_id.set(report.carrier_id))
        earlier = [status.value for status in statuses_before(report.status)]
        row = MessageRow(_partition(report.tenant_id, report.message_id), _SORT)
        return row.update_if(actions, MessageRow.status.is_in(*earlier))

    def release(self, tenant_id: str, message_id: str) -> None:
        """Takes a claim back that certainly reached nobody; leaves a message alone that has moved on."""
        row = MessageRow(_partition(tenant_id, message_id), _SORT)
        row.delete_if(MessageRow.status == MessageStatus.SENDING.value)


def _partition(tenant_id: str, message_id: str) -> str:
    return f"{tenant_id}#message#{message_id}"
