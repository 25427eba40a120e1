"""People who have signed up, and the endpoints they call: functions as Lambda runs them."""

from dataclasses import dataclass

from herald.identity.composition import identity
from herald.identity.model import Principal, Role
from herald.identity.one_time_tokens.model import Purpose
from herald.identity.one_time_tokens.service import OneTimeTokens
from herald.identity.one_time_tokens.store import OneTimeTokenStore
from herald.identity.staff.model import Membership, NewMember
from herald.values.ids import new_id
from tests.support.functions import function
from tests.support.requests import Answer, Caller

PASSWORD = "three brown otters"


@dataclass(frozen=True, slots=True)
class SignedUp:
    """Somebody with an account, signed in to one of their organisations."""

    email: str
    token: str
    user_id: str
    tenant_id: str

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


def sign_up(email: str = "grace@example.com", *, name: str = "Grace Hopeful") -> SignedUp:
    """A new organisation with this person as its administrator."""
    body = {"email": email, "password": PASSWORD, "name": name}
    return _signed_up(email, visitor("platform/auth").post("/api/v1/auth/register", body))


def sign_in(email: str) -> SignedUp:
    """Somebody's further session, in the organisation they worked in last."""
    return _signed_up(email, try_to_sign_in(email))


def try_to_sign_in(email: str, *, password: str = PASSWORD) -> Answer:
    """What a sign-in is answered."""
    return visitor("platform/auth").post("/api/v1/auth/login", {"email": email, "password": password})


def hire(admin: SignedUp, email: str, role: Role = Role.AGENT) -> SignedUp:
    """A new person in an administrator's organisation, signed in."""
    identity().staff.add(principal_of(admin), NewMember(email, PASSWORD, role), person_id=new_id())
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
    found = identity().person_store.find_by_login(email)
    assert found is not None
    data = answer.body["data"]
    return SignedUp(email, data["access"], found.person_id, data["tenant_id"])


def principal_of(person: SignedUp) -> Principal:
    """Who their token says they are."""
    return identity().access_tokens.verify_staff(person.token)


def _signed_up(email: str, answer: Answer) -> SignedUp:
    assert answer.status in {200, 201}, answer.text
    user = answer.body["user"]
    return SignedUp(email, answer.body["token"], user["id"], user["tenant_id"])
