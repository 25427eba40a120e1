"""What deliveries do about an organisation that is erased."""

from herald.results.delivery.scheduling import schedule_names_of
from herald.results.ports import Schedule
from herald.values.erasing import Erased

SCHEDULES_AT_ONCE = 1_000


class TenantTexts:
    """Takes back the texts that wait for their time: their schedules hold words and numbers."""

    def __init__(self, schedule: Schedule, *, at_once: int = SCHEDULES_AT_ONCE) -> None:
        self._schedule = schedule
        self._at_once = at_once

    def erase(self, tenant_id: str, _cursor: str | None) -> Erased:
        """Removes some schedules."""
        removed = self._schedule.delete_beginning(schedule_names_of(tenant_id), at_most=self._at_once)
        return Erased(removed, "" if removed >= self._at_once else None)
