"""Mifumo's API keys: generated, listed and revoked."""

from datetime import datetime

import pytest

from herald.errors import Unauthenticated
from herald.identity.composition import identity
from herald.identity.keys.model import ApiKey
from herald.identity.model import Role
from tests.support.cloud import stored_items
from tests.support.functions import ask_sample
from tests.support.people import SignedUp, hire, sign_up, visitor
from tests.support.requests import Answer


@pytest.fixture
def account(cloud: None) -> SignedUp:
    return sign_up()


def generate(account: SignedUp, body: object = None, *, key: str = "") -> Answer:
    return ask_sample("mifumo/keys/generate", token=account.token, body=body, idempotency_key=key)


def listed(account: SignedUp) -> list[dict[str, object]]:
    keys: list[dict[str, object]] = ask_sample("mifumo/keys/list", token=account.token).body["data"]
    return keys


def revoke(account: SignedUp, key_id: object) -> Answer:
    return ask_sample("mifumo/keys/revoke", token=account.token, body={"key_id": key_id})


def verified(text: str) -> ApiKey:
    return identity().api_keys.verify(text)


def is_good(text: str) -> bool:
    try:
        verified(text)
    except Unauthenticated:
        return False
    return True


def test_a_key_is_shown_once_and_recognised_by_its_beginning(account: SignedUp) -> None:
    answer = generate(account)

    assert answer.status == 201
    key = answer.body["data"]
    text = key.pop("api_key")
    assert (key["name"], key["scopes"]) == ("Online shop", ["audience:write", "campaigns:send"])
    assert listed(account) == [key]
    assert verified(text).tenant_id == account.tenant_id
    assert text not in str(stored_items("IDENTITY_TABLE"))
    assert text not in str(stored_items("IDEMPOTENCY_TABLE"))


def test_a_key_needs_no_more_than_to_be_asked_for(account: SignedUp) -> None:
    key = generate(account, {}).body["data"]

    assert key["name"] == "API key"
    assert key["expires_at"]
    assert "campaigns:send" in key["scopes"]
    assert "keys:manage" not in key["scopes"]


def test_a_key_cannot_have_what_is_for_people(account: SignedUp) -> None:
    answer = generate(account, {"scopes": ["keys:manage"]})

    assert (answer.status, list(answer.body["errors"])) == (400, ["scopes"])


def test_a_revoked_key_is_good_no_more(account: SignedUp) -> None:
    key = generate(account).body["data"]

    assert revoke(account, key["id"]).body["data"] == {"id": key["id"], "revoked": True}

    assert not is_good(key["api_key"])
    assert listed(account) == []
    assert revoke(account, key["id"]).status == 404


def test_another_organisations_key_is_neither_seen_nor_revoked(account: SignedUp) -> None:
    key = generate(account).body["data"]
    other = sign_up("joseph@clinic.example")

    assert listed(other) == []
    assert revoke(other, key["id"]).status == 404
    assert is_good(key["api_key"])


def test_a_repeated_request_is_one_key_and_its_last_text_is_good(account: SignedUp) -> None:
    first, second = (generate(account, key="shop").body["data"] for _ in range(2))

    assert first["id"] == second["id"]
    assert len(listed(account)) == 1
    assert (is_good(first["api_key"]), is_good(second["api_key"])) == (False, True)


def hand_over(caller: SignedUp, key_id: object, user_id: str) -> Answer:
    body = {"key_id": key_id, "user_id": user_id}
    return ask_sample("mifumo/keys/hand_over", token=caller.token, body=body)


def second_admin(account: SignedUp) -> SignedUp:
    return hire(account, "bola@greenfield.example", Role.ADMIN)


def calls(text: str) -> int:
    return visitor("mifumo/tenants").with_token(text).get("/api/tenants").status


@pytest.mark.parametrize("change", [{"is_active": False}, {"role_id": 5}], ids=str)
def test_a_key_ends_with_the_work_of_its_maker_as_an_administrator(
    change: dict[str, object], account: SignedUp
) -> None:
    maker = second_admin(account)
    text, kept = generate(maker).body["data"]["api_key"], generate(account).body["data"]["api_key"]
    assert calls(text) == 403  # it is known, and no person

    assert account.at("platform/users").put(f"/api/v1/users/{maker.number}", change).status == 200

    assert not is_good(text)
    assert (calls(text), calls(kept)) == (401, 403)
    assert [key["created_by"] for key in listed(account)] == [account.user_id]


def test_a_key_that_was_handed_over_ends_with_whoever_has_it_now(account: SignedUp) -> None:
    maker, third = second_admin(account), hire(account, "carol@greenfield.example", Role.ADMIN)
    key = generate(maker).body["data"]

    answer = hand_over(maker, key["id"], third.user_id)

    assert answer.status == 200
    assert (answer.body["data"]["created_by"], answer.body["data"]["owner"]) == (maker.user_id, third.user_id)
    account.at("platform/users").delete(f"/api/v1/users/{maker.number}")
    assert is_good(key["api_key"])
    account.at("platform/users").delete(f"/api/v1/users/{third.number}")
    assert not is_good(key["api_key"])


def test_a_key_is_handed_only_to_an_administrator_of_its_organisation(account: SignedUp) -> None:
    agent = hire(account, "agent@greenfield.example")
    stranger, gone = sign_up("omar@example.com"), second_admin(account)
    account.at("platform/users").delete(f"/api/v1/users/{gone.number}")
    key_id = generate(account).body["data"]["id"]

    for person in (agent, stranger, gone):
        assert hand_over(account, key_id, person.user_id).status == 404
    assert hand_over(account, "nothing", account.user_id).status == 404
    assert hand_over(stranger, key_id, stranger.user_id).status == 404
    assert hand_over(agent, key_id, agent.user_id).status == 403
    assert [key["owner"] for key in listed(account)] == [account.user_id]


def test_a_key_shows_that_it_ends_in_a_year_where_nothing_else_was_said(account: SignedUp) -> None:
    key = generate(account, {}).body["data"]

    lifetime = datetime.fromisoformat(key["expires_at"]) - datetime.fromisoformat(key["created_at"])
    assert lifetime.days in {364, 365}  # whole seconds
