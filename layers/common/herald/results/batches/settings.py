"""What a tenant decides for the batches it will create: how long results are kept, and its country."""

from herald.errors import Invalid
from herald.results.batches.model import RETENTION_DAYS, ResultSettings
from herald.results.batches.store import SettingsStore
from herald.values.phone import require_country


class BatchSettings:
    """The use cases of settings. Batches copy them when they are created, and keep what they copied."""

    def __init__(self, settings: SettingsStore) -> None:
        self._settings = settings

    def get(self, tenant_id: str) -> ResultSettings:
        """The tenant's settings, or the usual ones."""
        return self._settings.get(tenant_id)

    def replace(self, tenant_id: str, *, retention_days: int, country: str) -> ResultSettings:
        """Decides anew.

        Args:
            tenant_id: who decides.
            retention_days: one of `RETENTION_DAYS`.
            country: ISO 3166, two letters; empty for none.

        Raises:
            Invalid: with the reason under ``retention_days`` or ``country``.
        """
        if retention_days not in RETENTION_DAYS:
            choices = ", ".join(map(str, RETENTION_DAYS))
            raise Invalid(
                f"Results are kept for one of these numbers of days: {choices}.",
                fields={"retention_days": f"one of {choices}"},
            )
        replaced = ResultSettings(tenant_id, retention_days, require_country(country) if country.strip() else "")
        self._settings.put(replaced)
        return replaced
