"""Keeping the figures: every change counts once, however often the stream tells it and in whatever portions.

What is written to one partition is told in order. Each partition's figures remember the number of the last change that
they hold; whatever is told again has a number up to that one. Sums and number change in one transaction, and only if
the number is still the one that the sums were worked out from.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from herald.errors import Unavailable
from herald.results.figures.changes import Change
from herald.results.figures.model import effect_of
from herald.values.clock import Clock, utc_now

KEPT_AFTER_ITEMS = timedelta(days=30)
"""A batch's figures outlive its rows by far more than the day for which the stream may still tell of those."""
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """By how much the changes of one partition alter its sums and its tenant's.

    ``follows`` and ``sequence`` are the numbers of the last change that the figures hold before and after it;
    ``forget_at`` is when the partition's own figures may go (seconds since 1970), where that is known.
    """

    tenant_id: str
    source: str
    difference: Mapping[str, int]
    follows: int
    sequence: int
    at: datetime
    forget_at: int | None


class Ledger(Protocol):
    """Where the figures are kept."""

    def followed_to(self, tenant_id: str, source: str) -> int:
        """The number of the last change of a partition that its figures hold; 0 before the first."""
        ...

    def enter(self, entry: Entry) -> bool:
        """Alters the sums, all or none; False where the number is another by now.

        Raises:
            Unavailable: the sums stay contended.
        """
        ...


class Bookkeeping:
    """The use case of following changes."""

    def __init__(self, ledger: Ledger, *, clock: Clock = utc_now) -> None:
        self._ledger = ledger
        self._clock = clock

    def follow(self, changes: Iterable[Change]) -> int:
        """Counts what was not counted before; gives the number of partitions whose sums changed.

        Raises:
            Unavailable: the sums stay contended; the same changes may be told again.
        """
        by_partition: dict[tuple[str, str], list[Change]] = {}
        for change in changes:
            by_partition.setdefault((change.tenant_id, change.source), []).append(change)
        return sum(self._follow_partition(*key, told) for key, told in by_partition.items())

    def _follow_partition(self, tenant_id: str, source: str, told: list[Change]) -> bool:
        for _ in range(_TRIES):
            follows = self._ledger.followed_to(tenant_id, source)
            fresh = [change for change in told if change.sequence > follows and effect_of(change)]
            if not fresh:
                return False
            entry = _entry(fresh, follows=follows, at=self._clock())
            if self._ledger.enter(entry):
                return True
        raise Unavailable("Somebody else follows the same changes.", code="database_busy")


def _entry(fresh: Sequence[Change], *, follows: int, at: datetime) -> Entry:
    once = {change.sequence: change for change in fresh}
    sums: Counter[str] = Counter()
    for change in once.values():
        sums.update(effect_of(change))
    ends = [
        int(image["expires_at"]) for change in fresh for image in (change.before, change.after) if "expires_at" in image
    ]
    return Entry(
        tenant_id=fresh[0].tenant_id,
        source=fresh[0].source,
        difference={name: count for name, count in sums.items() if count},
        follows=follows,
        sequence=max(once),
        at=at,
        forget_at=max(ends) + int(KEPT_AFTER_ITEMS.total_seconds()) if ends else None,
    )
