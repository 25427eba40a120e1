"""Every item of a tenant in every table: found by its key, whichever context wrote it."""

from collections.abc import Sequence

from herald.errors import Invalid
from herald.identity.tenants.store import tenant_key
from herald.storage import Key, delete_many, scan_keys
from herald.values.erasing import Erased

PAGES_AT_ONCE = 300
"""Each reads a megabyte at most."""


class TenantItems:
    """Removes what is in the partitions that begin with a tenant's id, but for the tenant's own row.

    It reads whole tables: nothing else finds what nobody thought of, and an organisation is rarely erased.
    """

    def __init__(
        self,
        tables: Sequence[str],
        *,
        refilled: Sequence[str] = (),
        pages_at_once: int = PAGES_AT_ONCE,
        items_per_page: int | None = None,
    ) -> None:
        """Choose the tables.

        Args:
            tables: those that hold items of tenants.
            refilled: those among them to which strangers can make us write; what is found there is no reason for
                another round, and goes by itself.
            pages_at_once: how many pages one invocation reads.
            items_per_page: how many items a page has; ``None`` for as many as fit.
        """
        self._tables = list(tables)
        self._refilled = frozenset(refilled)
        self._pages_at_once = pages_at_once
        self._items_per_page = items_per_page

    def erase(self, tenant_id: str, cursor: str | None) -> Erased:
        """Removes items, from the table and the key on that the cursor names."""
        table, after = _place_in(cursor) if cursor else (self._tables[0], None)
        found = 0
        for _ in range(self._pages_at_once):
            page = scan_keys(table, partitions_beginning=tenant_id, after=after, at_most=self._items_per_page)
            keys = [key for key in page.keys if key != tenant_key(tenant_id)]
            delete_many(table, keys)
            found += 0 if table in self._refilled else len(keys)
            after = page.last
            if after is None:
                following = self._tables.index(table) + 1
                if following == len(self._tables):
                    return Erased(found)
                table = self._tables[following]
        return Erased(found, _cursor(table, after))


def _cursor(table: str, after: Key | None) -> str:
    return "\n".join([table, *(after or ())])


def _place_in(cursor: str) -> tuple[str, Key | None]:
    table, *after = cursor.split("\n")
    match after:
        case []:
            return table, None
        case [partition, sort]:
            return table, (partition, sort)
    raise Invalid("This is no place in a table.", fields={"cursor": "unknown"})
