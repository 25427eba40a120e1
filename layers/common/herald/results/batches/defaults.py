"""What a tenant decides for the batches it will create: how long results are kept, and its country."""

from herald.errors import Invalid
from herald.results.batches.model import RETENTION_DAYS, BatchDefaults
from herald.results.batches.store import BatchDefaultsStore
from herald.values.phone import require_country


class TenantDefaults:
    """What the settings endpoints change. Batches copy them when they are created, and keep what they copied."""

    def __init__(self, defaults: BatchDefaultsStore) -> None:
        self._defaults = defaults

    def get(self, tenant_id: str) -> BatchDefaults:
        """What the tenant has decided, or the usual ones."""
        return self._defaults.get(tenant_id)

    def replace(self, tenant_id: str, *, retention_days: int, country: str) -> BatchDefaults:
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
        replaced = BatchDefaults(tenant_id, retention_days, require_country(country) if country.strip() else "")
        self._defaults.put(replaced)
        return replaced
