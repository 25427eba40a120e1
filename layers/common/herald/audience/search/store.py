"""The search index in DynamoDB: an item for each word of a contact.

A word stands in ``{tenant}#word#{first letter}#{part}``, one of four parts by the contact's id, so that names that
begin alike are written at 4,000 a second. A search reads four partitions side by side, from the first word that begins
with its term on; what it reads grows with what it finds, not with the number of contacts.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from heapq import merge

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition

from herald.audience.contacts.model import Contact
from herald.audience.search.model import words_of
from herald.audience.store import AudienceRow
from herald.storage import IntegerAttribute

_PARTS = range(4)
ContactImages = tuple[Contact | None, Contact | None]
"""A contact as it was, and as it is since; ``None`` where there was or is none."""


class WordRow(AudienceRow):
    """That a contact has a word."""

    contact_id = UnicodeAttribute()
    shared = IntegerAttribute()
    """How many of its letters another word of the contact has, by which a search for as many finds it."""


class SearchIndex:
    """Words of contacts, by tenant."""

    def follow(self, changes: Iterable[ContactImages]) -> int:
        """Takes the words away that contacts lost, and adds those that they gained; gives the number of both.

        Changes come in their order; doing them again is harmless.
        """
        images: dict[str, ContactImages] = {}
        for before, after in changes:
            known = before or after
            if known is not None:
                first, _ = images.get(known.contact_id, (before, after))
                images[known.contact_id] = (first, after)
        had = {key: row for before, _ in images.values() for key, row in _rows(before).items()}
        has = {key: row for _, after in images.values() for key, row in _rows(after).items()}
        removed = WordRow.delete_many(had.keys() - has.keys())
        gained = (row for key, row in has.items() if key not in had or had[key].shared != row.shared)
        return removed + WordRow.write_many(gained)

    def count(self, tenant_id: str, term: str) -> int:
        """How many contacts have a word that begins with a term."""

        def count_part(part: int) -> int:
            return WordRow.count(_partition(tenant_id, term, part), _begins_with(term), WordRow.shared < len(term))

        with ThreadPoolExecutor(len(_PARTS)) as pool:
            return sum(pool.map(count_part, _PARTS))

    def ids(self, tenant_id: str, term: str, *, forward: bool = True, page_size: int | None = None) -> Iterator[str]:
        """The contacts with a word that begins with a term, in the order of their words."""

        def rows_of(part: int) -> Iterator[WordRow]:
            return iter(
                WordRow.query(
                    _partition(tenant_id, term, part),
                    _begins_with(term),
                    WordRow.shared < len(term),
                    scan_index_forward=forward,
                    page_size=page_size,
                )
            )

        parts = [rows_of(part) for part in _PARTS]
        return (row.contact_id for row in merge(*parts, key=lambda row: row.sort, reverse=not forward))


def _rows(contact: Contact | None) -> dict[tuple[str, str], WordRow]:
    """The items of a contact's words, by their keys."""
    if contact is None:
        return {}
    part = int(contact.contact_id[-1], 16) % len(_PARTS)
    rows = (
        WordRow(
            _partition(contact.tenant_id, word, part),
            f"{word}#{contact.contact_id}",
            contact_id=contact.contact_id,
            shared=shared,
        )
        for word, shared in words_of(contact).items()
    )
    return {(row.partition, row.sort): row for row in rows}


def _partition(tenant_id: str, term: str, part: int) -> str:
    return f"{tenant_id}#word#{term[0]}#{part}"


def _begins_with(term: str) -> Condition:
    return WordRow.sort.startswith(term)
