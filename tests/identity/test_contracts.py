"""Five contracts, one identity: what one gives, every other takes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from herald.identity.composition import identity
from herald.identity.model import Role
from herald.identity.staff.changes import NewMember
from herald.values.ids import new_id
from tests.support.people import PASSWORD, sign_up, visitor
from tests.support.requests import Answer

EMAIL = "grace@example.com"
NAME = "Grace Hopeful"
IPERFORM_ERROR = {"status", "message", "error", "details"}


@dataclass(frozen=True)
class Way:
    """How one contract lets somebody in: the function, the path, the body it documents, and where its token stands."""

    function: str
    path: str
    body: dict[str, Any]
    token: Callable[[Answer], str]

    def go(self) -> str:
        """The access token that it gives."""
        answer = visitor(self.function).post(self.path, self.body)
        assert answer.status in {200, 201}, answer.text
        return self.token(answer)


@dataclass(frozen=True)
class Place:
    """What somebody signed in can ask of one contract."""

    function: str
    path: str


def _token(answer: Answer) -> str:
    return str(answer.body["token"])


def _access(answer: Answer) -> str:
    return str(answer.body["data"]["access"])


BY_EMAIL = {"email": EMAIL, "password": PASSWORD}
BY_NAME = {"username": EMAIL, "password": PASSWORD}
NEW = BY_EMAIL | {"name": NAME}
SIGN_UPS = {
    "auth": Way("platform/auth", "/api/v1/auth/register", NEW, _token),
    "auth-db": Way("platform/auth", "/api/v1/auth-db/register", NEW, _token),
    "mifumo": Way("mifumo/auth", "/api/auth/register/", NEW, _access),
}
SIGN_INS = {
    "auth": Way("platform/auth", "/api/v1/auth/login", BY_EMAIL, _token),
    "auth-db": Way("platform/auth", "/api/v1/auth-db/login", BY_EMAIL, _token),
    "i_auth": Way("iperform/auth", "/api/v1/i_auth", BY_NAME | {"user_agent": "Mozilla/5.0"}, _token),
    "ex_auth": Way("iperform/auth", "/api/v1/ex_auth", BY_NAME | {"company_id": 1}, _token),
    "mifumo": Way("mifumo/auth", "/api/auth/login/", BY_EMAIL, _access),
}
PLACES = (
    Place("platform/auth", "/api/v1/auth/me"),
    Place("platform/auth", "/api/v1/auth-db/me"),
    Place("platform/auth", "/api/v1/auth/sessions"),
    Place("platform/users", "/api/v1/users?active=1"),
    Place("iperform/companies", "/api/v1/companies"),
    Place("mifumo/auth", "/api/auth/profile/"),
    Place("mifumo/tenants", "/api/tenants/"),
)
SIGN_OUTS = {
    "auth": Place("platform/auth", "/api/v1/auth/logout"),
    "auth-db": Place("platform/auth", "/api/v1/auth-db/logout"),
    "iperform": Place("iperform/auth", "/api/v1/logout"),
}


def statuses(token: str) -> set[int]:
    """What all places answer to a token."""
    return {visitor(place.function).with_token(token).get(place.path).status for place in PLACES}


@pytest.mark.parametrize("sign_up", SIGN_UPS.values(), ids=SIGN_UPS)
def test_who_signs_up_by_one_contract_comes_in_by_every_contract(sign_up: Way, cloud: None) -> None:
    tokens = [sign_up.go(), *(sign_in.go() for sign_in in SIGN_INS.values())]

    assert [statuses(token) for token in tokens] == [{200}] * len(tokens)


@pytest.mark.parametrize("sign_in", SIGN_INS.values(), ids=SIGN_INS)
def test_each_contract_shows_the_same_person(sign_in: Way, cloud: None) -> None:
    SIGN_UPS["auth"].go()
    token = sign_in.go()

    me = visitor("platform/auth").with_token(token).get("/api/v1/auth/me").body
    profile = visitor("mifumo/auth").with_token(token).get("/api/auth/profile").body["data"]
    [listed] = visitor("platform/users").with_token(token).get("/api/v1/users?company_id=1").body["data"]

    assert me["id"] == profile["id"]
    assert {me["email"], profile["email"], listed["email"]} == {EMAIL}
    assert {me["name"], profile["name"], listed["name"]} == {NAME}
    assert {me["roles"][0].upper(), profile["role"], listed["role"]} == {"ADMIN"}


@pytest.mark.parametrize("sign_out", SIGN_OUTS.values(), ids=SIGN_OUTS)
@pytest.mark.parametrize("sign_in", SIGN_INS.values(), ids=SIGN_INS)
def test_signing_out_by_one_contract_ends_the_session_at_all(sign_in: Way, sign_out: Place, cloud: None) -> None:
    other = SIGN_UPS["auth"].go()
    token = sign_in.go()

    assert visitor(sign_out.function).with_token(token).post(sign_out.path).status == 200

    assert statuses(token) == {401}
    assert statuses(other) == {200}


@pytest.mark.parametrize("sign_in", SIGN_INS.values(), ids=SIGN_INS)
def test_a_wrong_password_is_told_alike_for_somebody_and_nobody(sign_in: Way, cloud: None) -> None:
    SIGN_UPS["auth"].go()
    login = "email" if "email" in sign_in.body else "username"

    wrong = visitor(sign_in.function).post(sign_in.path, sign_in.body | {"password": "not the password"})
    nobody = visitor(sign_in.function).post(sign_in.path, sign_in.body | {login: "nobody@example.com"})

    assert wrong.status == nobody.status == 401
    assert wrong.body == nobody.body


@pytest.mark.parametrize("sign_in", SIGN_INS.values(), ids=SIGN_INS)
def test_a_password_that_an_administrator_set_is_refused_in_the_format_of_each_contract(
    sign_in: Way, cloud: None
) -> None:
    admin = sign_up("admin@example.com")
    identity().staff.add(admin.principal, NewMember(EMAIL, PASSWORD, Role.AGENT), person_id=new_id())

    refused = visitor(sign_in.function).post(sign_in.path, sign_in.body)

    assert refused.status == 403
    assert "Set one of your own first" in refused.text
    assert "password_change_required" in refused.text.lower() or set(refused.body) == IPERFORM_ERROR


def test_a_company_and_a_tenant_are_one_thing(cloud: None) -> None:
    token = SIGN_UPS["mifumo"].go()
    company = {"company_name": "XYZ Corp", "gst_number": "18AABCU1234F1Z0", "website": "https://xyzcorp.com"}
    made = visitor("iperform/companies").with_token(token).post("/api/v1/companies", company).body["data"]

    tenants = visitor("mifumo/tenants").with_token(token).get("/api/tenants").body["data"]["results"]

    found = identity().tenant_store.find_id(made["id"])
    assert found is not None
    assert [(tenant["id"], tenant["name"]) for tenant in tenants][1:] == [(found, "XYZ Corp")]
