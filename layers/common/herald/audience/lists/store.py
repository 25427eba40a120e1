"""Lists of contacts: sixteen partitions read side by side and merged, the newest first.

A page costs what its rows and those before it weigh, and half a read unit for each partition; a cursor leaves out those
before it. A filter is held against every row on the way.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from heapq import merge
from itertools import chain, islice
from operator import and_

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path

from herald.audience.consent.model import Channel, ConsentState
from herald.audience.contacts.model import Contact, ContactFilter
from herald.audience.contacts.store import SHARDS, ContactRow, shard_partition
from herald.audience.lists.model import tag_sum, total_of
from herald.storage import SumRow, SumStore, TableName
from herald.values.page import Page, decode_cursor, encode_cursor

_FEWEST_READ = 8
"""Rows of one partition that a request for a page reads at least; most pages need no second one."""
_MOST_READ = 500


class ContactLists:
    """Contacts that are not deleted, by what a filter asks."""

    def page(
        self, tenant_id: str, wanted: ContactFilter, *, size: int, skipped: int = 0, cursor: str | None = None
    ) -> Page[Contact]:
        """Some contacts, the newest first, after a cursor or after so many that are skipped."""
        before = decode_cursor(cursor) if cursor else None
        rows_read = min(_MOST_READ, max(_FEWEST_READ, 2 * (skipped + size) // len(SHARDS)))
        rows = list(islice(self._merged(tenant_id, wanted, before, rows_read), skipped, skipped + size))
        next_cursor = encode_cursor(rows[-1].sort) if len(rows) == size else None
        return Page([row.to_entity(Contact) for row in rows], next_cursor)

    def count(self, tenant_id: str, wanted: ContactFilter) -> int:
        """How many contacts a filter lets through, by reading them all."""
        condition = _condition(wanted)

        def count_shard(shard: str) -> int:
            return ContactRow.count(shard_partition(tenant_id, shard), filter_condition=condition)

        with ThreadPoolExecutor(len(SHARDS)) as pool:
            return sum(pool.map(count_shard, SHARDS))

    def _merged(
        self, tenant_id: str, wanted: ContactFilter, before: str | None, rows_read: int
    ) -> Iterator[ContactRow]:
        after, condition = ContactRow.sort < before if before else None, _condition(wanted)

        def rows_of(shard: str) -> Iterator[ContactRow]:
            return iter(
                ContactRow.query(
                    shard_partition(tenant_id, shard), after, condition, scan_index_forward=False, page_size=rows_read
                )
            )

        shards = [rows_of(shard) for shard in SHARDS]
        with ThreadPoolExecutor(len(SHARDS)) as pool:
            firsts = list(pool.map(lambda rows: next(rows, None), shards))
        begun = [chain([first], rows) for first, rows in zip(firsts, shards, strict=True) if first is not None]
        return merge(*begun, key=lambda row: row.sort, reverse=True)


class ContactSumRow(SumRow):
    """Sums over contacts."""

    class Meta:
        table_name = TableName(lambda settings: settings.audience_table)


class ContactSums(SumStore):
    """How many contacts a tenant has of what."""

    def __init__(self) -> None:
        super().__init__(ContactSumRow)

    def total(self, tenant_id: str, wanted: ContactFilter) -> int | None:
        """How many contacts a filter of one part lets through; ``None`` where it has more."""
        if wanted.tags:
            tag = wanted.tags[0]
            return self.read_apart(tenant_id, tag_sum(tag)) if wanted == ContactFilter(tags=(tag,)) else None
        sums, _ = self.read(tenant_id)
        return total_of(sums, wanted)


def _condition(wanted: ContactFilter) -> Condition:
    conditions: list[Condition] = [ContactRow.deleted_at.does_not_exist()]
    if wanted.consent_state is not None:
        conditions.append(_sms_consent_is(wanted.consent_state))
    if wanted.active is not None:
        conditions.append(ContactRow.active == wanted.active)
    if wanted.opted_in is not None:
        opted_in = _sms_consent_is(ConsentState.OPT_IN)
        conditions.append(opted_in if wanted.opted_in else ~opted_in)
    conditions.extend(Path("tags").contains(tag) for tag in wanted.tags)
    return reduce(and_, conditions)


def _sms_consent_is(state: ConsentState) -> Condition:
    stored = Path(["consents", Channel.SMS.value, "state"])
    said = stored == state.value
    return said | stored.does_not_exist() if state is ConsentState.OPT_OUT else said
