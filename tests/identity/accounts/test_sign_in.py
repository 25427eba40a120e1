"""Signing up, in, on and out at the endpoints that PyTake and ResultFlow share."""

from typing import Any
from uuid import UUID

import pytest

from tests.support.cloud import stored_items
from tests.support.functions import function
from tests.support.requests import Answer, Caller, new_address

REGISTRATION = {"email": "user@example.com", "password": "securePassword123", "name": "John Doe"}


@pytest.fixture
def visitor(cloud: None) -> Caller:
    from functions.platform.auth import app

    return Caller(app.handler)


@pytest.fixture
def registered(visitor: Caller) -> Answer:
    answer = visitor.post("/api/v1/auth/register", REGISTRATION)
    assert answer.status == 201
    return answer


def renew(visitor: Caller, refresh_token: str) -> Answer:
    return visitor.post("/api/v1/auth/refresh", {"refresh_token": refresh_token})


def test_registering_opens_a_session_for_the_administrator_of_a_new_organisation(registered: Answer) -> None:
    body = registered.body

    assert set(body) == {"token", "token_type", "refresh_token", "expires_in", "user"}
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 86_400)
    assert set(body["user"]) == {"id", "email", "name", "roles", "tenant_id"}
    assert str(UUID(body["user"]["id"])) == body["user"]["id"]
    assert str(UUID(body["user"]["tenant_id"])) == body["user"]["tenant_id"]
    assert (body["user"]["email"], body["user"]["name"]) == ("user@example.com", "John Doe")
    assert body["user"]["roles"] == ["admin"]


def test_the_token_shows_who_is_asking(visitor: Caller, registered: Answer) -> None:
    me = visitor.with_token(registered.body["token"]).get("/api/v1/auth/me")

    assert (me.status, me.body) == (200, registered.body["user"])


def test_no_password_nor_secret_is_stored_as_such(registered: Answer) -> None:
    stored = str(stored_items("IDENTITY_TABLE"))

    assert REGISTRATION["password"] not in stored
    assert registered.body["refresh_token"].rpartition(".")[2] not in stored
    assert registered.body["token"] not in stored


def test_two_who_register_are_in_organisations_of_their_own(visitor: Caller, registered: Answer) -> None:
    other = visitor.post("/api/v1/auth/register", REGISTRATION | {"email": "other@example.com"})

    assert other.body["user"]["tenant_id"] != registered.body["user"]["tenant_id"]


@pytest.mark.parametrize("email", ["user@example.com", " USER@Example.com "])
def test_an_address_can_be_registered_once(email: str, visitor: Caller, registered: Answer) -> None:
    before = _stored()

    answer = visitor.post("/api/v1/auth/register", REGISTRATION | {"email": email})

    assert answer.status == 409
    assert set(answer.body) == {"error", "message", "code"}
    assert answer.body["error"]["code"] == "email_taken"
    assert answer.body["error"]["details"] == {"email": "already registered"}
    assert _stored() == before


def test_which_addresses_are_registered_is_not_found_out_faster_than_five_a_minute(registered: Answer) -> None:
    stranger = Caller(function("platform/auth").handler, source_ip=new_address())
    answers = [stranger.post("/api/v1/auth/register", REGISTRATION).status for _ in range(11)]

    assert set(answers) == {409, 429}
    assert answers.count(409) <= 10  # a minute may have begun anew


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"password": "short"}, "password"),
        ({"password": "user@example.com"}, "password"),
        ({"password": "x" * 257}, "password"),
        ({"email": "nobody"}, "email"),
        ({"email": "x" * 300 + "@example.com"}, "email"),
        ({"name": ""}, "name"),
        ({"email": None}, "email"),
    ],
)
def test_a_registration_that_will_not_do_names_the_field(
    changed: dict[str, object], field: str, visitor: Caller
) -> None:
    answer = visitor.post("/api/v1/auth/register", REGISTRATION | changed)

    assert answer.status == 400
    assert set(answer.body["error"]["details"]) == {field}
    assert stored_items("IDENTITY_TABLE") == []


@pytest.mark.parametrize("email", ["user@example.com", " User@Example.COM"])
def test_who_knows_the_password_comes_in(email: str, visitor: Caller, registered: Answer) -> None:
    answer = visitor.post("/api/v1/auth/login", {"email": email, "password": REGISTRATION["password"]})

    assert answer.status == 200
    assert set(answer.body) == set(registered.body)
    assert answer.body["user"] == registered.body["user"]
    assert visitor.with_token(answer.body["token"]).get("/api/v1/auth/me").status == 200


def test_an_unknown_address_and_a_wrong_password_look_the_same(visitor: Caller, registered: Answer) -> None:
    unknown = visitor.post("/api/v1/auth/login", {"email": "nobody@example.com", "password": "securePassword123"})
    wrong = visitor.post("/api/v1/auth/login", {"email": "user@example.com", "password": "securePassword124"})

    assert unknown.status == wrong.status == 401
    assert unknown.body == wrong.body
    assert wrong.body["error"]["code"] == "invalid_credentials"
    assert set(unknown.headers) == set(wrong.headers)


def test_a_session_is_renewed_with_new_tokens(visitor: Caller, registered: Answer) -> None:
    renewed = renew(visitor, registered.body["refresh_token"])

    assert renewed.status == 200
    assert set(renewed.body) == set(registered.body)
    assert renewed.body["refresh_token"] != registered.body["refresh_token"]
    assert renew(visitor, renewed.body["refresh_token"]).status == 200
    assert visitor.with_token(renewed.body["token"]).get("/api/v1/auth/me").status == 200


def test_a_refresh_token_used_twice_ends_the_session(visitor: Caller, registered: Answer) -> None:
    renewed = renew(visitor, registered.body["refresh_token"])

    stolen = renew(visitor, registered.body["refresh_token"])

    assert (stolen.status, stolen.body["error"]["code"]) == (401, "auth_required")
    assert renew(visitor, renewed.body["refresh_token"]).status == 401


def test_a_refresh_token_that_never_was_ends_nothing(visitor: Caller, registered: Answer) -> None:
    token = registered.body["refresh_token"]
    person, session, secret = token.split(".")
    other = visitor.post("/api/v1/auth/register", REGISTRATION | {"email": "other@example.com"})
    foreign = other.body["refresh_token"].rpartition(".")[2]

    for guess in ("guess", f"{secret}x", f"x{secret}", secret[::-1], foreign, "~", "é"):
        assert renew(visitor, f"{person}.{session}.{guess}").status == 401

    assert visitor.with_token(registered.body["token"]).get("/api/v1/auth/me").status == 200
    assert renew(visitor, token).status == 200


def test_any_earlier_refresh_token_ends_the_session(visitor: Caller, registered: Answer) -> None:
    tokens = [registered.body["refresh_token"]]
    for _ in range(3):
        tokens.append(renew(visitor, tokens[-1]).body["refresh_token"])

    assert renew(visitor, tokens[0]).status == 401

    assert renew(visitor, tokens[-1]).status == 401


@pytest.mark.parametrize("token", ["", "x", "a.b", "a.b.c", "a.b.c.d", "..", "#.#.#", "x" * 513])
def test_what_is_no_refresh_token_renews_nothing(token: str, visitor: Caller) -> None:
    assert renew(visitor, token).status in {400, 401}


def test_another_tenants_refresh_token_cannot_be_made_by_changing_its_parts(
    visitor: Caller, registered: Answer
) -> None:
    other = visitor.post("/api/v1/auth/register", REGISTRATION | {"email": "other@example.com"})
    _, session, secret = other.body["refresh_token"].split(".")

    forged = renew(visitor, f"{registered.body['user']['tenant_id']}.{session}.{secret}")

    assert forged.status == 401
    assert renew(visitor, other.body["refresh_token"]).status == 200


def test_signing_out_ends_both_tokens_at_once(visitor: Caller, registered: Answer) -> None:
    user = visitor.with_token(registered.body["token"])
    assert user.get("/api/v1/auth/me").status == 200

    assert user.post("/api/v1/auth/logout").status == 200

    refused = user.get("/api/v1/auth/me")
    assert (refused.status, refused.body["error"]["code"]) == (401, "token_expired")
    assert renew(visitor, registered.body["refresh_token"]).status == 401


def test_signing_out_leaves_the_users_other_sessions_alone(visitor: Caller, registered: Answer) -> None:
    login = {"email": REGISTRATION["email"], "password": REGISTRATION["password"]}
    other = visitor.post("/api/v1/auth/login", login)

    visitor.with_token(registered.body["token"]).post("/api/v1/auth/logout")

    assert visitor.with_token(other.body["token"]).get("/api/v1/auth/me").status == 200
    assert renew(visitor, other.body["refresh_token"]).status == 200


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/v1/auth/me"), ("POST", "/api/v1/auth/logout")])
def test_a_stranger_is_asked_to_sign_in(method: str, path: str, visitor: Caller) -> None:
    answer = visitor.send(method, path)

    assert answer.status == 401
    assert set(answer.body) == {"error", "message", "code"}
    assert (answer.body["error"]["code"], answer.body["code"]) == ("auth_required", 401)


def test_an_old_refresh_token_ends_the_access_tokens_of_its_session_too(visitor: Caller, registered: Answer) -> None:
    old = {"refresh_token": registered.body["refresh_token"]}
    renewed = visitor.post("/api/v1/auth/refresh", old)
    visitor.post("/api/v1/auth/refresh", old)

    assert visitor.with_token(renewed.body["token"]).get("/api/v1/auth/me").status == 401


def test_a_blank_name_is_refused(visitor: Caller) -> None:
    answer = visitor.post("/api/v1/auth/register", {"email": "z@example.com", "password": "long enough 1", "name": " "})

    assert (answer.status, answer.body["error"]["details"]) == (400, {"name": "must not be blank"})


def _stored() -> list[dict[str, Any]]:
    """Everything but the counter, which may lose a number."""
    return [item for item in stored_items("IDENTITY_TABLE") if item["pk"] != {"S": "counters"}]
