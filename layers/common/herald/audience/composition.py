"""The object graph of the audience, each part built when it is first asked for."""

from collections.abc import Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING

from herald.adapters.aws.secrets import read_secret
from herald.audience.consent.addresses import AddressHash
from herald.audience.consent.store import ConsentLedger
from herald.audience.contacts.consents import ContactConsents
from herald.audience.contacts.service import Contacts
from herald.audience.contacts.store import ContactStore
from herald.audience.contacts.writing import ContactWriter
from herald.audience.lists.service import ContactCounting, ContactListing
from herald.audience.lists.store import ContactLists, ContactSums
from herald.audience.search.service import ContactSearch
from herald.audience.search.store import SearchIndex
from herald.settings import Settings, settings
from herald.values.clock import Clock, utc_now

if TYPE_CHECKING:
    from herald.values.erasing import ErasingPart


class AudienceContainer:
    """What functions need of the audience."""

    def __init__(self, settings: Settings, *, clock: Clock = utc_now) -> None:
        self._settings = settings
        self._clock = clock

    @cached_property
    def contacts(self) -> Contacts:
        return Contacts(self.contact_store, self._contact_writer)

    @cached_property
    def contact_consents(self) -> ContactConsents:
        return ContactConsents(self.contact_store, self._contact_writer)

    @cached_property
    def contact_store(self) -> ContactStore:
        return ContactStore(AddressHash(lambda: read_secret(self._settings.address_hash_secret)["address_hash_key"]))

    @property
    def tenant_erasing_parts(self) -> "Mapping[str, ErasingPart]":
        """Nothing of an audience stands outside of its table, whose items go with those of all."""
        return {}

    @cached_property
    def _contact_writer(self) -> ContactWriter:
        return ContactWriter(self.contact_store, clock=self._clock)

    @cached_property
    def contact_listing(self) -> ContactListing:
        return ContactListing(ContactLists(), self._contact_sums)

    @cached_property
    def contact_counting(self) -> ContactCounting:
        return ContactCounting(self._contact_sums, clock=self._clock)

    @cached_property
    def contact_search(self) -> ContactSearch:
        return ContactSearch(SearchIndex(), self.contact_store)

    @cached_property
    def _contact_sums(self) -> ContactSums:
        return ContactSums()

    @cached_property
    def consent_ledger(self) -> ConsentLedger:
        return ConsentLedger()


@cache
def audience() -> AudienceContainer:
    """The audience of this process."""
    return AudienceContainer(settings())
