"""Organisations of sign-ups that nobody confirmed go with the account, and no others do."""

from typing import Any

import pytest

from herald.identity.composition import identity
from herald.identity.store import person_partition
from herald.storage import dynamodb_client
from tests.support.cloud import stored_items
from tests.support.functions import invoke
from tests.support.mails import deliver_mails
from tests.support.people import BETTER, EMAIL, SignedUp, hire, sign_up, sign_up_unverified
from tests.support.stream import TableStream


@pytest.fixture
def account(cloud: None) -> SignedUp:
    return sign_up_unverified()


def expire(account: SignedUp) -> None:
    """What DynamoDB does some time after a week."""
    key = {"pk": {"S": person_partition(account.user_id)}, "sk": {"S": "person"}}
    dynamodb_client().delete_item(TableName="IDENTITY_TABLE", Key=key)


def people_gone(stream: TableStream) -> list[dict[str, Any]]:
    """What the stream's filter lets through."""
    records = stream.new_records()
    gone = [one for one in records if one["eventName"] == "REMOVE"]
    return [one for one in gone if one["dynamodb"]["Keys"]["sk"]["S"] == "person"]


def follow(records: list[dict[str, Any]]) -> None:
    assert invoke("workers/follow_accounts", {"Records": records}) == {"batchItemFailures": []}


def stream_from_now() -> TableStream:
    stream = TableStream("IDENTITY_TABLE")
    stream.new_records()
    return stream


def keys_left(tenant_id: str) -> list[str]:
    """What still names an organisation, but for its audit log and the sessions that were in it."""
    items = [item for item in stored_items("IDENTITY_TABLE") if tenant_id in str(item)]
    keys = [f"{item['pk']['S']} {item['sk']['S']}" for item in items]  # type: ignore[index]
    return [key for key in keys if "#audit" not in key and "session#" not in key]


def test_all_organisations_of_a_sign_up_that_expired_go(account: SignedUp) -> None:
    second = account.at("mifumo/tenants").post("/api/tenants", {"name": "Second"}).body["data"]["id"]
    stream = stream_from_now()
    expire(account)

    follow(people_gone(stream))

    assert keys_left(account.tenant_id) == keys_left(second) == []


def test_the_organisation_of_a_sign_up_that_its_owner_began_anew_goes_and_theirs_stays(account: SignedUp) -> None:
    deliver_mails()
    identity().recovery.ask_for_reset(EMAIL)
    [mail] = deliver_mails()
    stream = stream_from_now()
    identity().recovery.reset(mail.token, BETTER)

    follow(people_gone(stream))

    assert keys_left(account.tenant_id) == []
    owner = identity().accounts.sign_in(login=EMAIL, password=BETTER).user
    assert identity().tenant_store.find(owner.tenant_id) is not None


def test_records_that_come_again_are_harmless(account: SignedUp) -> None:
    stream = stream_from_now()
    expire(account)
    records = people_gone(stream)

    for _ in range(2):
        follow(records)

    assert keys_left(account.tenant_id) == []


def test_an_organisation_that_had_another_member_stays(cloud: None) -> None:
    admin = sign_up()
    agent = hire(admin, "agent@example.com")
    stream = stream_from_now()
    expire(admin)

    follow(people_gone(stream))

    assert identity().tenant_store.find(admin.tenant_id) is not None
    assert agent.is_signed_in()


def test_nobody_who_exists_loses_an_organisation(account: SignedUp) -> None:
    stream = stream_from_now()
    item = {"pk": {"S": person_partition(account.user_id)}, "sk": {"S": "person"}}

    follow([stream.record(item, None)])

    assert identity().tenant_store.find(account.tenant_id) is not None
    assert account.is_signed_in()
