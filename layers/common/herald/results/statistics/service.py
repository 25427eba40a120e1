"""Keeping the sums and the activity log from the changes of the results table, and asking for them.

Every change counts once, however often the stream tells it and in whatever portions. What is written to one partition
is told in order. Each partition's sums remember the number of the last change that they hold; whatever is told again
has a number up to that one. Sums and number change in one transaction, and only if the number is still the one that the
sums were worked out from.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from herald.errors import Unavailable
from herald.results.batches.store import BatchStore
from herald.results.statistics.activity import Activity, activity_key, activity_of
from herald.results.statistics.changes import Change
from herald.results.statistics.model import Increment, Totals, effect_of
from herald.results.statistics.store import ActivityStore, StatisticsStore
from herald.values.clock import Clock, utc_now
from herald.values.page import Page

KEPT_AFTER_ITEMS = timedelta(days=30)
"""A batch's sums outlive its rows by far more than the day for which the stream may still tell of those."""
_TRIES = 5


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
        by_partition: dict[tuple[str, str], list[Change]] = {}
        for change in changes:
            by_partition.setdefault((change.tenant_id, change.source), []).append(change)
        return sum(self._count_partition(*key, told) for key, told in by_partition.items())

    def _count_partition(self, tenant_id: str, source: str, told: list[Change]) -> bool:
        for _ in range(_TRIES):
            position = self._statistics.position(tenant_id, source)
            fresh = [change for change in told if change.sequence > position and effect_of(change)]
            if not fresh:
                return False
            if self._statistics.add(_increment(fresh, position=position, at=self._clock())):
                return True
        raise Unavailable("Somebody else follows the same changes.", code="database_busy")


def _increment(fresh: Sequence[Change], *, position: int, at: datetime) -> Increment:
    once = {change.sequence: change for change in fresh}
    sums: Counter[str] = Counter()
    for change in once.values():
        sums.update(effect_of(change))
    ends = [
        int(image["expires_at"]) for change in fresh for image in (change.before, change.after) if "expires_at" in image
    ]
    return Increment(
        tenant_id=fresh[0].tenant_id,
        source=fresh[0].source,
        difference={name: count for name, count in sums.items() if count},
        position=position,
        new_position=max(once),
        at=at,
        expires_at=datetime.fromtimestamp(max(ends), UTC) + KEPT_AFTER_ITEMS if ends else None,
    )
