"""What the settings endpoints take and show."""

from pydantic import ConfigDict, Field

from herald.http.schemas import TextOrNull, View
from herald.results.batches.model import RETENTION_DAYS

_DAYS = ", ".join(map(str, RETENTION_DAYS))


class SettingsView(View):
    """How long results are kept, and where phone numbers without a country code are dialled."""

    model_config = ConfigDict(extra="forbid")  # it is taken as it is shown

    retention_days: int = Field(description=f"One of {_DAYS}; counted from the creation of a batch.")
    country: TextOrNull = Field(max_length=100, description="Two letters (ISO 3166), for example KE; null for none.")
