"""What a tenant decides for its new batches."""

from herald.http.access import requires
from herald.http.composition import compose_api
from herald.http.contracts.resultflow import RESULTFLOW
from herald.identity.permissions import Permission
from herald.results.composition import results

from .schemas import SettingsView

api = compose_api(RESULTFLOW)
settings = results().tenant_defaults
handler = api.handle


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
