"""Messages in DynamoDB, under ``{tenant}#message#{id}``: no partition is hotter than one message.

The table's stream tells whoever the message is about (``reference``) of each change, through the relay.
"""

from datetime import timedelta

from pynamodb.attributes import Attribute, UnicodeAttribute
from pynamodb.constants import STRING
from pynamodb.expressions.update import Action

from herald.messaging.model import Message, MessageStatus, Reference, StatusReport, statuses_before
from herald.storage import EnumAttribute, Row, TableName, TimestampAttribute

_KEPT_FOR = timedelta(days=400)
"""A little over a year: a year's statistics stay complete."""


class ReferenceAttribute(Attribute[Reference]):
    """A reference as its text."""

    attr_type = STRING

    def serialize(self, value: Reference) -> str:
        return str(value)

    def deserialize(self, value: str) -> Reference:
        return Reference.from_text(value)


class MessageRow(Row):
    """One text to one person."""

    class Meta:
        table_name = TableName(lambda settings: settings.messages_table)

    tenant_id = UnicodeAttribute()
    message_id = UnicodeAttribute()
    body = UnicodeAttribute()
    reference = ReferenceAttribute()
    status = EnumAttribute(MessageStatus)
    created_at = TimestampAttribute()
    carrier_id = UnicodeAttribute()
    error_code = UnicodeAttribute()


class MessageStore:
    """Messages, each at its own key."""

    def claim(self, message: Message) -> bool:
        """Stores a message in SENDING; False where it exists already."""
        key, expires_at = _key(message.tenant_id, message.message_id), message.created_at + _KEPT_FOR
        row = MessageRow.from_entity(message, *key, expires_at=expires_at)
        return row.save_if(MessageRow.partition.does_not_exist())

    def get(self, tenant_id: str, message_id: str) -> Message | None:
        """A message, or ``None``."""
        row = MessageRow.find(*_key(tenant_id, message_id))
        return row.to_entity(Message) if row else None

    def advance(self, report: StatusReport) -> bool:
        """Moves a message forward; False where the report tells nothing newer, or of no message of ours."""
        # The error belongs to the status: one that arrived after all has none.
        actions: list[Action] = [MessageRow.status.set(report.status), MessageRow.error_code.set(report.error_code)]
        if report.carrier_id:
            actions.append(MessageRow.carrier_id.set(report.carrier_id))
        row = MessageRow(*_key(report.tenant_id, report.message_id))
        return row.update_if(actions, MessageRow.status.is_in(*statuses_before(report.status)))

    def release(self, tenant_id: str, message_id: str) -> None:
        """Takes a claim back that certainly reached nobody; leaves a message alone that has moved on."""
        MessageRow(*_key(tenant_id, message_id)).delete_if(MessageRow.status == MessageStatus.SENDING)


def _key(tenant_id: str, message_id: str) -> tuple[str, str]:
    return f"{tenant_id}#message#{message_id}", "message"
