"""Lists of contacts with their totals, and keeping these from the stream."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from cachetools import TTLCache

from herald.audience.contacts.model import Contact, ContactFilter, ContactWrite
from herald.audience.lists.model import ContactPage, counted, counted_tags
from herald.audience.lists.store import ContactLists, ContactSums
from herald.values.clock import Clock, utc_now
from herald.values.page import Page
from herald.values.sums import Effect

COUNTS_KEPT = timedelta(seconds=60)
_MOST_COUNTS_KEPT = 1000


class ContactListing:
    """The use case of looking at contacts. Sums follow what happens by a second or two."""

    def __init__(self, lists: ContactLists, sums: ContactSums) -> None:
        self._lists = lists
        self._sums = sums
        self._counts: TTLCache[tuple[str, ContactFilter], int] = TTLCache(
            _MOST_COUNTS_KEPT, COUNTS_KEPT.total_seconds()
        )

    def page(self, tenant_id: str, wanted: ContactFilter, *, size: int, number: int = 1) -> ContactPage:
        """A page of contacts by its number, from 1, the newest first."""
        skipped = (number - 1) * size
        page = self._lists.page(tenant_id, wanted, size=size, skipped=skipped)
        return ContactPage(list(page.items), self._total(tenant_id, wanted, page, skipped, size), page.next_cursor)

    def after(self, tenant_id: str, wanted: ContactFilter, *, size: int, cursor: str | None) -> Page[Contact]:
        """Contacts after a cursor, the newest first; it costs the same however far it goes."""
        return self._lists.page(tenant_id, wanted, size=size, cursor=cursor)

    def _total(self, tenant_id: str, wanted: ContactFilter, page: Page[Contact], skipped: int, size: int) -> int:
        if len(page.items) < size and (page.items or not skipped):
            return skipped + len(page.items)  # the end of the list is in sight
        known = self._sums.total(tenant_id, wanted)
        if known is not None:
            return max(known, skipped + len(page.items))
        key = (tenant_id, wanted)
        if key not in self._counts:
            self._counts[key] = self._lists.count(tenant_id, wanted)
        return self._counts[key]


class ContactCounting:
    def __init__(self, sums: ContactSums, *, clock: Clock = utc_now) -> None:
        self._sums = sums
        self._clock = clock

    def count(self, writes: Iterable[ContactWrite]) -> int:
        """Counts what was not counted before; gives the number of partitions whose sums changed.

        Raises:
            Unavailable: the sums stay contended; the same writes may be told again.
        """
        return self._sums.count(map(_effect, writes), at=self._clock())


def _effect(write: ContactWrite) -> Effect:
    difference, tags = counted(write.after), counted_tags(write.after)
    difference.subtract(counted(write.before))
    tags.subtract(counted_tags(write.before))
    return Effect(write.tenant_id, write.source, write.sequence, _changed(difference), apart=_changed(tags))


def _changed(sums: Counter[str]) -> dict[str, int]:
    return {name: count for name, count in sums.items() if count}
