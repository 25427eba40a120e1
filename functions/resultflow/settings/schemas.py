"""What the settings endpoints take and show."""

from pydantic import ConfigDict, Field

from herald.http.schemas import TextOrNull, View
from herald.results.batches.model import RETENTION_DAYS


class SettingsView(View):
    """How long results are kept, and where phone numbers without a country code are dialled."""

    model_config = ConfigDict(extra="forbid")  # it is taken as it is shown

    retention_days: int = Field(json_schema_extra={"enum": list(RETENTION_DAYS)})
    """Days from the creation of a batch until it is forgotten with its reports and their PDFs."""
    country: TextOrNull = Field(max_length=100, examples=["KE"])
    """Where phone numbers without a country code are dialled, as two letters (ISO 3166); null where every number needs
    its code."""
