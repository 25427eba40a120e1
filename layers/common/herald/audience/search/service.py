"""Searching contacts, with a total that is exact, and keeping the index from the stream."""

from collections.abc import Iterable, Iterator
from itertools import islice

from herald.audience.contacts.model import Contact, ContactFilter, ContactWrite
from herald.audience.contacts.store import ContactStore
from herald.audience.lists.model import ContactPage
from herald.audience.search.model import matches, terms_of
from herald.audience.search.store import SearchIndex
from herald.errors import Unprocessable

MOST_COMPARED = 10_000
"""Hits that are held against filters or further words, one by one."""
_READ_AT_ONCE = 100


class ContactSearch:
    """The use case of finding contacts by words; the index follows what happens by a second or two."""

    def __init__(self, index: SearchIndex, contacts: ContactStore) -> None:
        self._index = index
        self._contacts = contacts

    def page(self, tenant_id: str, words: str, wanted: ContactFilter, *, size: int, number: int = 1) -> ContactPage:
        """A page, from 1, of the contacts that have a word beginning with each of these, in the order of the words.

        Raises:
            Unprocessable: ``search_too_wide``; more than `MOST_COMPARED` have the longest of several words, or the one
                that a filter is asked for with.
        """
        terms, skipped = terms_of(words), (number - 1) * size
        if not terms:
            return ContactPage([], 0)
        if len(terms) == 1 and wanted.is_open:
            return self._page_of_one(tenant_id, terms[0], skipped=skipped, size=size)
        found = [
            contact
            for contact in self._candidates(tenant_id, terms[0])
            if wanted.admits(contact) and matches(contact, terms)
        ]
        return ContactPage(found[skipped : skipped + size], len(found))

    def follow(self, writes: Iterable[ContactWrite]) -> int:
        """Brings the index up to what was written, harmlessly again where it comes again; gives the number of items."""
        return self._index.follow((write.before, write.after) for write in writes)

    def _page_of_one(self, tenant_id: str, term: str, *, skipped: int, size: int) -> ContactPage:
        total = self._index.count(tenant_id, term)
        behind = max(0, total - skipped - size)
        if skipped <= behind:
            ids = list(islice(self._index.ids(tenant_id, term, page_size=skipped + size), skipped, skipped + size))
        else:  # nearer to the end: read from there
            shown = max(0, min(size, total - skipped))
            backward = self._index.ids(tenant_id, term, forward=False, page_size=behind + shown or 1)
            ids = list(islice(backward, behind, behind + shown))[::-1]
        return ContactPage(self._read(tenant_id, ids), total)

    def _candidates(self, tenant_id: str, term: str) -> Iterator[Contact]:
        ids = self._index.ids(tenant_id, term)
        compared = 0
        while portion := list(islice(ids, _READ_AT_ONCE)):
            compared += len(portion)
            if compared > MOST_COMPARED:
                raise Unprocessable(
                    f"More than {MOST_COMPARED} contacts have the word “{term}”; write more of it, or use a segment.",
                    code="search_too_wide",
                    fields={"search": "too many contacts have this word"},
                )
            yield from self._read(tenant_id, portion)

    def _read(self, tenant_id: str, ids: list[str]) -> list[Contact]:
        """The contacts of these ids, in their order; one that has been deleted since is left out."""
        known = self._contacts.find_many(tenant_id, ids)
        found = (known.get(contact_id) for contact_id in ids)
        return [contact for contact in found if contact is not None and contact.deleted_at is None]
