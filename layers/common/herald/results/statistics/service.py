"""Keeping the sums and the activity log from the changes of the results table, and asking for them."""

from collections.abc import Iterable
from datetime import UTC, datetime

from herald.results.batches.store import BatchStore
from herald.results.statistics.activity import Activity, activity_key, activity_of
from herald.results.statistics.changes import Change
from herald.results.statistics.model import Totals, effect_of
from herald.results.statistics.store import ActivityStore, StatisticsStore
from herald.values.clock import Clock, utc_now
from herald.values.page import Page
from herald.values.sums import Effect


class Statistics:
    """The use case of looking at sums; they follow what happens by a second or two."""

    def __init__(self, statistics: StatisticsStore, batches: BatchStore) -> None:
        self._statistics = statistics
        self._batches = batches

    def of_tenant(self, tenant_id: str) -> Totals:
        """The sums over all batches of a tenant."""
        return self._statistics.of_tenant(tenant_id)

    def of_batch(self, tenant_id: str, batch_id: str) -> Totals:
        """The sums of one batch.

        Raises:
            NotFound: this tenant has no such batch.
        """
        self._batches.get(tenant_id, batch_id)
        return self._statistics.of_batch(tenant_id, batch_id)


class ActivityLog:
    def __init__(self, activities: ActivityStore) -> None:
        self._activities = activities

    def page(self, tenant_id: str, *, size: int, cursor: str | None) -> Page[Activity]:
        """A tenant's activities, newest first."""
        return self._activities.page(tenant_id, size=size, cursor=cursor)

    def record(self, changes: Iterable[Change]) -> int:
        """Records what is worth it among changes, harmlessly again where they come again; gives the number."""
        activities = ((activity_key(change), activity_of(change)) for change in changes)
        return self._activities.put_many({key: activity for key, activity in activities if activity is not None})


class Counting:
    def __init__(self, statistics: StatisticsStore, *, clock: Clock = utc_now) -> None:
        self._statistics = statistics
        self._clock = clock

    def count(self, changes: Iterable[Change]) -> int:
        """Counts what was not counted before; gives the number of partitions whose sums changed.

        Raises:
            Unavailable: the sums stay contended; the same changes may be told again.
        """
        return self._statistics.count(map(_effect, changes), at=self._clock())


def _effect(change: Change) -> Effect:
    ends = [int(image["expires_at"]) for image in (change.before, change.after) if "expires_at" in image]
    return Effect(
        change.tenant_id,
        change.source,
        change.sequence,
        effect_of(change),
        expires_at=datetime.fromtimestamp(max(ends), UTC) if ends else None,
    )
