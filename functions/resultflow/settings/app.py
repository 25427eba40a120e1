"""What a tenant decides for its new batches."""

from pydantic import BaseModel, ConfigDict, Field

from herald.http.access import requires
from herald.http.composition import compose_api
from herald.identity.permissions import Permission
from herald.results.batches.model import RETENTION_DAYS, ResultSettings
from herald.results.batches.settings import Settings
from herald.results.batches.settings_store import SettingsStore

_DAYS = ", ".join(map(str, RETENTION_DAYS))

api = compose_api()
settings = Settings(SettingsStore())
handler = api.handle


class SettingsView(BaseModel):
    """How long results are kept, and where phone numbers without a country code are dialled."""

    model_config = ConfigDict(defer_build=True)

    retention_days: int = Field(description=f"One of {_DAYS}; counted from the creation of a batch.")
    country: str | None = Field(max_length=2, description="Two letters (ISO 3166), for example KE; null for none.")

    @classmethod
    def of(cls, found: ResultSettings) -> "SettingsView":
        """The view of a tenant's settings."""
        return cls(retention_days=found.retention_days, country=found.country or None)


@api.get("/api/v1/admin/settings", summary="The settings", tags=["Settings"])
@requires(Permission.SETTINGS_MANAGE)
def get_settings() -> SettingsView:
    """What new batches are created with."""
    return SettingsView.of(settings.get(api.caller.tenant_id))


@api.put("/api/v1/admin/settings", summary="Change the settings", tags=["Settings"])
@requires(Permission.SETTINGS_MANAGE)
def put_settings(request: SettingsView) -> SettingsView:
    """Decides anew for batches that will be created; those that exist keep what they were created with."""
    replaced = settings.replace(
        api.caller.tenant_id, retention_days=request.retention_days, country=request.country or ""
    )
    return SettingsView.of(replaced)
