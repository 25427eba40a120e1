"""From a wrong password through the stream of identity to the audit logs of the organisations that it concerns."""

from datetime import timedelta
from typing import Any

import pytest

from herald.errors import HeraldError
from herald.identity.audit.model import AuditEntry, AuditFilter
from herald.identity.composition import IdentityContainer, identity
from herald.identity.failed_sign_ins.model import MOST_NETWORKS
from herald.identity.sessions.model import Origin
from herald.settings import settings
from tests.support.clock import FakeClock
from tests.support.cloud import stored_items
from tests.support.functions import invoke
from tests.support.people import BETTER, EMAIL, PASSWORD, SignedUp, joined, sign_up
from tests.support.requests import new_address
from tests.support.stream import TableStream

THIEF = "203.0.113.9"
OTHER = "joseph@clinic.example"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def account(cloud: None) -> SignedUp:
    return sign_up()


def fail(clock: FakeClock, login: str = EMAIL, *, times: int = 1, address: str = THIEF) -> None:
    """So many wrong passwords, each as soon as it is let through."""
    accounts, done = IdentityContainer(settings(), clock=clock).accounts, 0
    while done < times:
        try:
            accounts.sign_in(login=login, password="wrong", origin=Origin(address))
        except HeraldError as refusal:
            wait = getattr(refusal, "retry_after", None)
            clock.advance(wait or 0)
            done += wait is None


def new_failures(stream: TableStream) -> list[dict[str, Any]]:
    """What the stream's filter lets through."""
    records = stream.new_records()
    return [
        record
        for record in records
        if record["eventName"] == "INSERT" and record["dynamodb"]["Keys"]["sk"]["S"].startswith("failure#")
    ]


def follow(stream: TableStream) -> list[dict[str, Any]]:
    records = new_failures(stream)
    assert invoke("workers/follow_accounts", {"Records": records}) == {"batchItemFailures": []}
    return records


def failures_of(account: SignedUp) -> list[AuditEntry]:
    """What an organisation's log says of sign-ins that failed, oldest first."""
    audit = identity().audit
    kinds = ("failed_sign_in", "locked_sign_in")
    found = [
        entry
        for kind in kinds
        for entry in audit.page(account.tenant_id, AuditFilter(action=kind), size=100, cursor=None).items
    ]
    return sorted(found, key=lambda entry: entry.at)


def kinds_of(account: SignedUp) -> list[str]:
    return [entry.event.action for entry in failures_of(account)]


def test_the_first_wrong_password_of_an_hour_is_told_with_the_account_and_where_from(
    account: SignedUp, clock: FakeClock
) -> None:
    fail(clock, times=3)
    follow(TableStream("IDENTITY_TABLE"))

    [entry] = failures_of(account)
    assert (entry.event.action, entry.event.record, entry.event.address) == (
        "failed_sign_in",
        (account.user_id,),
        THIEF,
    )
    assert (entry.event.actor, entry.event.role, entry.at) == ("", "", clock())


def test_an_administrator_finds_it_by_whose_account_it_is(account: SignedUp, clock: FakeClock) -> None:
    fail(clock)
    follow(TableStream("IDENTITY_TABLE"))

    answer = account.at("platform/audit").get(f"/api/v1/admin/audit?action=failed_sign_in&record={account.user_id}")

    [entry] = answer.body["entries"]
    assert (entry["action"], entry["record"], entry["address"]) == ("failed_sign_in", [account.user_id], THIEF)


def test_it_is_told_again_in_another_hour_and_from_another_place(account: SignedUp, clock: FakeClock) -> None:
    fail(clock)
    clock.advance(60)
    fail(clock, address="198.51.100.1")
    clock.advance(3600)
    fail(clock)
    follow(TableStream("IDENTITY_TABLE"))

    assert [entry.event.address for entry in failures_of(account)] == [THIEF, "198.51.100.1", THIEF]


def test_a_lock_is_told_once_an_hour(account: SignedUp, clock: FakeClock) -> None:
    fail(clock, times=4)
    follow(stream := TableStream("IDENTITY_TABLE"))
    assert kinds_of(account) == ["failed_sign_in"]

    fail(clock, times=4)
    follow(stream)

    assert kinds_of(account) == ["failed_sign_in", "locked_sign_in"]


def test_a_right_password_is_no_failure(account: SignedUp) -> None:
    identity().accounts.sign_in(login=EMAIL, password=PASSWORD, origin=Origin(THIEF))

    assert new_failures(TableStream("IDENTITY_TABLE")) == []


def test_a_wrong_present_password_is_told_too(account: SignedUp) -> None:
    with pytest.raises(HeraldError):
        identity().recovery.change_password(account.principal, old="wrong", new=BETTER, address=THIEF)
    follow(TableStream("IDENTITY_TABLE"))

    assert kinds_of(account) == ["failed_sign_in"]


def test_records_that_come_again_are_told_once(account: SignedUp, clock: FakeClock) -> None:
    fail(clock, times=6)
    records = follow(TableStream("IDENTITY_TABLE"))
    before = failures_of(account)

    for record in [*records, *reversed(records)]:
        invoke("workers/follow_accounts", {"Records": [record]})

    assert failures_of(account) == before
    assert len(before) == 2


def test_every_organisation_is_told_in_which_somebody_works_and_no_other(account: SignedUp, clock: FakeClock) -> None:
    other, stranger = sign_up(OTHER), sign_up("nobody@clinic.example")
    here = joined(account, OTHER)
    fail(clock, OTHER)
    follow(stream := TableStream("IDENTITY_TABLE"))
    assert [len(failures_of(one)) for one in (account, other, stranger)] == [1, 1, 0]

    identity().staff.deactivate(account.principal, here.number)
    fail(clock, OTHER, address=new_address())
    follow(stream)

    assert [len(failures_of(one)) for one in (account, other, stranger)] == [1, 2, 0]


def test_a_login_that_nobody_has_costs_as_many_writes_and_is_told_to_nobody(
    account: SignedUp, clock: FakeClock
) -> None:
    stream = TableStream("IDENTITY_TABLE")
    stream.new_records()
    fail(clock, times=6)
    known = new_failures(stream)
    fail(clock, "nobody@greenfield.example", times=6, address="198.51.100.1")
    unknown = new_failures(stream)

    assert len(known) == len(unknown) == 2
    invoke("workers/follow_accounts", {"Records": unknown})
    assert failures_of(account) == []


def test_a_user_name_leads_to_the_same_account(account: SignedUp, clock: FakeClock) -> None:
    accounts = identity().accounts
    accounts.register(email=OTHER, password=PASSWORD, name="Joseph", username="joseph.m")
    signed_in = accounts.sign_in(login=OTHER, password=PASSWORD)
    fail(clock, "joseph.m")
    follow(TableStream("IDENTITY_TABLE"))

    [entry] = failures_of(SignedUp(OTHER, signed_in.access_token, signed_in.refresh_token))
    assert entry.event.record == (signed_in.user.user_id,)


def test_an_attack_from_everywhere_fills_no_log(account: SignedUp, clock: FakeClock) -> None:
    for _ in range(MOST_NETWORKS + 15):
        fail(clock, address=new_address())
    stream = TableStream("IDENTITY_TABLE")
    follow(stream)
    assert len(failures_of(account)) == MOST_NETWORKS

    for _ in range(70):
        fail(clock, address=new_address())
    follow(stream)

    assert kinds_of(account).count("failed_sign_in") == MOST_NETWORKS
    assert kinds_of(account).count("locked_sign_in") == 1
    clock.advance(3600)
    fail(clock, address=new_address())
    follow(stream)
    assert kinds_of(account).count("failed_sign_in") == MOST_NETWORKS + 1


def test_a_record_whose_failure_cannot_be_written_comes_again(account: SignedUp, clock: FakeClock) -> None:
    fail(clock)
    records = new_failures(TableStream("IDENTITY_TABLE"))
    missing = dict(records[0]["dynamodb"], Keys={"pk": {"S": ""}, "sk": {"S": "failure#"}})

    answer = invoke("workers/follow_accounts", {"Records": [records[0], records[0] | {"dynamodb": missing}]})

    assert answer == {"batchItemFailures": [{"itemIdentifier": missing["SequenceNumber"]}]}
    assert kinds_of(account) == ["failed_sign_in"]


def test_what_is_kept_to_tell_it_goes_by_itself(account: SignedUp, clock: FakeClock) -> None:
    before = {item["sk"]["S"] for item in stored_items("IDENTITY_TABLE")}  # type: ignore[index]
    fail(clock, times=6)
    follow(TableStream("IDENTITY_TABLE"))

    new = [item for item in stored_items("IDENTITY_TABLE") if item["sk"]["S"] not in before]  # type: ignore[index]
    latest = clock() + timedelta(days=3)
    kept = [item for item in new if not str(item["pk"]).endswith("#audit'}")]
    assert len(kept) == 3
    assert all(int(item["expires_at"]["N"]) < latest.timestamp() for item in kept)  # type: ignore[index]
    assert EMAIL not in str(kept)
