"""Mifumo's API keys: generated, listed and revoked."""

import pytest

from herald.errors import Unauthenticated
from herald.identity.composition import identity
from herald.identity.keys.model import ApiKey
from tests.support.cloud import stored_items
from tests.support.functions import ask_sample
from tests.support.people import SignedUp, sign_up
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
    assert key["expires_at"] is None
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
