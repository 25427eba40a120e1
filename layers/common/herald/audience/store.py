"""What all rows of the audience have."""

from collections.abc import Mapping
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.constants import MAP

from herald.audience.consent.model import Channel, Consent, Consents, ConsentSource, ConsentState
from herald.storage import Row, TableName
from herald.values.clock import from_text, to_text


class AudienceRow(Row):
    """A row of the audience's table."""

    class Meta:
        table_name = TableName(lambda settings: settings.audience_table)


class ConsentsAttribute(Attribute[Consents]):
    """Consents by channel, as a map that conditions can look into; nothing is stored where there are none."""

    attr_type = MAP

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - PynamoDB's own options
        super().__init__(null=True, **options)

    def serialize(self, value: Consents) -> dict[str, dict[str, dict[str, dict[str, str]]]] | None:
        """``{"sms": {"M": {"state": {"S": "OPT_IN"}, ...}}}``."""
        return {channel.value: {"M": _typed(consent)} for channel, consent in value.items()} or None

    def deserialize(self, value: Mapping[str, Any]) -> dict[Channel, Consent]:
        """The inverse of `serialize`."""
        return {Channel(channel): _consent(typed["M"]) for channel, typed in value.items()}


def _typed(consent: Consent) -> dict[str, dict[str, str]]:
    texts = {
        "state": consent.state.value,
        "changed_at": to_text(consent.changed_at),
        "source": consent.source.value,
        "reason": consent.reason,
    }
    return {name: {"S": text} for name, text in texts.items() if text}


def _consent(typed: Mapping[str, Mapping[str, str]]) -> Consent:
    return Consent(
        ConsentState(typed["state"]["S"]),
        from_text(typed["changed_at"]["S"]),
        ConsentSource(typed["source"]["S"]),
        typed.get("reason", {}).get("S", ""),
    )
