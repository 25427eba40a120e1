"""People in DynamoDB, and the logins that lead to them."""

from collections.abc import Iterable

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from herald.errors import Conflict, NotFound
from herald.identity.accounts.model import Person
from herald.identity.model import ABSENT_ID, login_id
from herald.identity.store import IdentityRow, person_partition
from herald.storage import TimestampAttribute, Transaction
from herald.values.clock import Clock, utc_now


class PersonRow(IdentityRow):
    """Somebody who signs in."""

    person_id = UnicodeAttribute()
    email = UnicodeAttribute()
    username = UnicodeAttribute(null=True)
    name = UnicodeAttribute()
    phone = UnicodeAttribute(null=True)
    password_hash = UnicodeAttribute()
    created_at = TimestampAttribute()
    home_tenant_id = UnicodeAttribute()
    email_verified_at = TimestampAttribute(null=True)
    suspended = BooleanAttribute(null=True)
    provisional = BooleanAttribute(null=True)


class LoginRow(IdentityRow):
    """Whose an e-mail address or a user name is."""

    person_id = UnicodeAttribute()


class ProvisionalRow(IdentityRow):
    """Whom an organisation made for an address, beside whose the address is."""

    person_id = UnicodeAttribute()


class PersonStore:
    """People, each at their own key. Changing somebody who is gone is harmless."""

    def __init__(self, *, clock: Clock = utc_now) -> None:
        self._clock = clock

    def find_by_login(self, login: str) -> Person | None:
        """Who has this (normal) e-mail address or user name; takes as many reads for nobody as for somebody."""
        row = LoginRow.find(*_login_key(login))
        return self.find(row.person_id if row else ABSENT_ID)

    def find_by_login_id(self, identifier: str) -> Person | None:
        """Who has the e-mail address or user name of this id (`login_id`)."""
        row = next(LoginRow.read_many([_claim_key("email", identifier), _claim_key("username", identifier)]), None)
        return self.find(row.person_id) if row else None

    def find_provisional(self, email: str, tenant_id: str) -> Person | None:
        """Whom an organisation made for a (normal) address that has not come yet."""
        row = ProvisionalRow.find(*_provisional_key(email, tenant_id))
        return self.find(row.person_id) if row else None

    def provisional_of(self, login: str) -> list[Person]:
        """Everybody whom organisations made for a (normal) address, the latest first; there are few."""
        rows = ProvisionalRow.query(
            _login_key(login)[0], ProvisionalRow.sort.startswith("provisional#"), consistent_read=True
        )
        people = self.get_many(row.person_id for row in rows)
        return sorted(people.values(), key=lambda person: person.created_at, reverse=True)

    def find(self, person_id: str) -> Person | None:
        """A person who exists."""
        row = PersonRow.find(*_key(person_id))
        person = row.to_entity(Person) if row else None
        if person is not None and person.expires_at is not None and person.expires_at <= self._clock():
            return None  # DynamoDB removes what has expired some time later
        return person

    def get(self, person_id: str) -> Person:
        """A person, or NotFound."""
        person = self.find(person_id)
        if person is None:
            raise NotFound("There is no such user.")
        return person

    def get_many(self, person_ids: Iterable[str]) -> dict[str, Person]:
        """The people that exist among these, by id."""
        rows = PersonRow.read_many([_key(person_id) for person_id in person_ids])
        return {row.person_id: row.to_entity(Person) for row in rows}

    def rename(self, person_id: str, *, name: str, phone: str) -> None:
        _update(person_id, PersonRow.name.set(name), PersonRow.phone.set(phone))

    def set_password(self, person_id: str, password_hash: str) -> None:
        _update(person_id, PersonRow.password_hash.set(password_hash))

    def is_verified(self, person_id: str) -> bool:
        """Whether somebody exists whose e-mail address was confirmed."""
        person = self.find(person_id)
        return person is not None and person.is_verified

    def set_verified(self, person: Person) -> None:
        """Records that a person's e-mail address is theirs, and stays so.

        Raises:
            NotFound: they are gone, and the address may be somebody else's.
        """
        gone = NotFound("There is no such user.")
        with Transaction() as writes:
            writes.update(
                PersonRow(*_key(person.person_id)),
                [PersonRow.email_verified_at.set(self._clock()), PersonRow.expires_at.remove()],
                condition=PersonRow.partition.exists(),
                refusal=gone,
            )
            for login in filter(None, (person.email, person.username)):
                writes.update(
                    LoginRow(*_login_key(login)),
                    [LoginRow.expires_at.remove()],
                    condition=LoginRow.person_id == person.person_id,
                    refusal=gone,
                )

    def set_home(self, person_id: str, tenant_id: str) -> None:
        """Makes a tenant the one that the person's next sign-in opens."""
        _update(person_id, PersonRow.home_tenant_id.set(tenant_id))

    def remove(self, person: Person) -> None:
        """Removes a person with everything that stands beside them, and sets their logins free; harmless again.

        What says that they exist goes last.
        """
        for login in filter(None, (person.email, person.username)):
            LoginRow(*_login_key(login)).delete_if(LoginRow.person_id == person.person_id)
        if person.provisional:
            ProvisionalRow(*_provisional_key(person.email, person.home_tenant_id)).delete()
        partition, own = _key(person.person_id)
        beside = IdentityRow.query_raw(partition=partition, sort_between=("!", "~"), attributes=["sk"])
        for sort in [item["sk"]["S"] for item in beside if item["sk"]["S"] != own]:
            IdentityRow(partition, sort).delete()
        PersonRow(partition, own).delete()


def add_person(writes: Transaction, person: Person, *, instead_of: Person | None = None) -> None:
    """Adds a person to a transaction; ``instead_of`` is removed, and leaves their logins to them.

    It is refused with ``email_taken``, ``username_taken`` or, where an organisation makes the same person twice,
    ``member_already``.
    """
    email_taken = Conflict(
        "This e-mail address is registered already; sign in with it, or invite its owner.",
        code="email_taken",
        fields={"email": "already registered"},
    )
    username_taken = Conflict("This user name is taken.", code="username_taken", fields={"username": "already taken"})
    if person.provisional:
        _add_provisional(writes, person)
    else:
        _add_login(writes, person.email, person, email_taken, instead_of)
    if person.username:
        _add_login(writes, person.username, person, username_taken, instead_of)
    writes.save(PersonRow.from_entity(person, *_key(person.person_id)))
    if instead_of is not None:
        remove_person(writes, instead_of, username_of_heir=person.username)


def remove_person(writes: Transaction, person: Person, *, username_of_heir: str = "") -> None:
    """Adds to a transaction that a person goes, in whose place somebody comes who has the e-mail address."""
    if person.username and person.username != username_of_heir:
        writes.delete(LoginRow(*_login_key(person.username)))
    writes.delete(PersonRow(*_key(person.person_id)))
    if person.provisional:
        writes.delete(ProvisionalRow(*_provisional_key(person.email, person.home_tenant_id)))


def _add_provisional(writes: Transaction, person: Person) -> None:
    row = ProvisionalRow(*_provisional_key(person.email, person.home_tenant_id), person_id=person.person_id)
    member_already = Conflict(
        "This person belongs to the organisation already.", code="member_already", fields={"email": "already a member"}
    )
    writes.save(row, condition=ProvisionalRow.partition.does_not_exist(), refusal=member_already)


def _add_login(writes: Transaction, login: str, person: Person, refusal: Conflict, instead_of: Person | None) -> None:
    row = LoginRow(*_login_key(login), person_id=person.person_id, expires_at=person.expires_at)
    free = LoginRow.partition.does_not_exist() | (LoginRow.expires_at <= person.created_at)
    if instead_of is not None:
        free |= LoginRow.person_id == instead_of.person_id
    writes.save(row, condition=free, refusal=refusal)


def _update(person_id: str, *actions: Action) -> None:
    PersonRow(*_key(person_id)).update_if(actions, PersonRow.partition.exists())


def _key(person_id: str) -> tuple[str, str]:
    return person_partition(person_id), "person"


def _provisional_key(email: str, tenant_id: str) -> tuple[str, str]:
    return _login_key(email)[0], f"provisional#{tenant_id}"


def _login_key(login: str) -> tuple[str, str]:
    return _claim_key("email" if "@" in login else "username", login_id(login))


def _claim_key(kind: str, identifier: str) -> tuple[str, str]:
    return f"{kind}#{identifier}", "claim"
