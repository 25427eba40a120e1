"""People who have signed up, and the endpoints they call: functions as Lambda runs them."""

from dataclasses import dataclass

from herald.identity.accounts.model import Person
from herald.identity.composition import identity
from herald.identity.model import Principal, Role
from herald.identity.one_time_tokens.model import Purpose
from herald.identity.one_time_tokens.service import OneTimeTokens
from herald.identity.one_time_tokens.store import OneTimeTokenStore
from herald.identity.sessions.model import Origin
from herald.identity.staff.model import Membership
from herald.identity.tenants.model import Tenant
from herald.values.clock import utc_now
from herald.values.ids import new_id
from tests.support.functions import function
from tests.support.requests import Answer, Caller

EMAIL = "amina@greenfield.example"
PASSWORD = "securePassword123"
BETTER = "another Secure 456"


@dataclass(frozen=True, slots=True)
class SignedUp:
    """Somebody with an account, signed in to one of their organisations."""

    email: str
    token: str
    refresh_token: str

    @property
    def principal(self) -> Principal:
        """Who their token says they are."""
        return identity().access_tokens.verify_staff(self.token)

    @property
    def user_id(self) -> str:
        """Which person they are."""
        return self.principal.user_id

    @property
    def tenant_id(self) -> str:
        """The organisation that they are signed in to."""
        return self.principal.tenant_id

    @property
    def membership(self) -> Membership:
        """Their place in that organisation, as it is stored now."""
        found = identity().membership_store.find(self.tenant_id, self.user_id)
        assert found is not None
        return found

    @property
    def number(self) -> int:
        """How iPerform knows them."""
        return self.membership.number

    @property
    def company_id(self) -> int:
        """How iPerform knows the organisation."""
        return identity().tenants.number_of(self.tenant_id)

    def at(self, name: str) -> Caller:
        """Calls a function, e.g. ``platform/users``, with their token."""
        return visitor(name).with_token(self.token)

    def is_signed_in(self) -> bool:
        """Whether their token is still good."""
        return self.at("platform/auth").get("/api/v1/auth/me").status == 200


def visitor(name: str) -> Caller:
    """Somebody at a function, from an address of their own."""
    return Caller(function(name).handler)


def sign_up(email: str = EMAIL, *, name: str = "Amina Otieno") -> SignedUp:
    """A new organisation with this person as its administrator, whose address is confirmed."""
    account = sign_up_unverified(email, name=name)
    identity().person_store.set_verified(identity().person_store.get(account.user_id))
    return account


def sign_up_unverified(email: str = EMAIL, *, name: str = "Amina Otieno") -> SignedUp:
    """The same, and nobody knows yet whose the address is."""
    origin = Origin("192.0.2.7", "A browser")
    signed_in = identity().accounts.register(email=email, password=PASSWORD, name=name, origin=origin)
    return SignedUp(email, signed_in.access_token, signed_in.refresh_token)


def sign_in(email: str) -> SignedUp:
    """Somebody's further session, in the organisation they worked in last."""
    answer = try_to_sign_in(email)
    assert answer.status == 200, answer.text
    return SignedUp(email, answer.body["token"], answer.body["refresh_token"])


def try_to_sign_in(email: str, *, password: str = PASSWORD) -> Answer:
    """What a sign-in is answered."""
    return visitor("platform/auth").post("/api/v1/auth/login", {"email": email, "password": password})


def found(principal: Principal) -> None:
    """An organisation of which somebody is the administrator, who is a name in its list and nobody who signs in."""
    now, tenant_id = utc_now(), principal.tenant_id
    tenant = Tenant(tenant_id, "Greenfield", identity().tenant_store.next_number(), now)
    first = Membership(tenant_id, principal.user_id, Role.ADMIN, 1, now)
    identity().membership_store.add_first(first, tenant)


def hire(admin: SignedUp, email: str, role: Role = Role.AGENT) -> SignedUp:
    """Somebody new who has come to work in an administrator's organisation, signed in."""
    now, tenant_id, hasher = utc_now(), admin.tenant_id, identity().password_hasher
    person = Person(
        new_id(), email, email.partition("@")[0], hasher.hash(PASSWORD), now, tenant_id, email_verified_at=now
    )
    number = identity().membership_store.next_number(tenant_id)
    identity().membership_store.add(Membership(tenant_id, person.person_id, role, number, now), person=person)
    return sign_in(email)


def invite(admin: SignedUp, email: str, role: Role = Role.AGENT) -> str:
    """Asks somebody into an administrator's organisation; gives the token of the mail."""
    path = f"/api/tenants/{admin.tenant_id}/invitations"
    answer = admin.at("mifumo/tenants").post(path, {"email": email, "role": role.value})
    assert answer.status == 201, answer.text
    return mailed_token(admin, email)


def mailed_token(admin: SignedUp, email: str) -> str:
    """The token that an invitation's mail carries."""
    return OneTimeTokens(OneTimeTokenStore()).issue(Purpose.INVITATION, email=email, tenant_id=admin.tenant_id)


def accept(token: str, *, password: str = PASSWORD, name: str = "") -> Answer:
    """What whoever follows an invitation is answered."""
    body = {"token": token, "name": name, "password": password}
    return visitor("mifumo/tenants").post("/api/invitations/accept", body)


def joined(admin: SignedUp, email: str, role: Role = Role.AGENT) -> SignedUp:
    """Somebody, new or not, who was invited to an administrator's organisation and has come."""
    answer = accept(invite(admin, email, role), name="Newly Come")
    assert answer.status == 200, answer.text
    return SignedUp(email, answer.body["data"]["access"], answer.body["data"]["refresh"])
