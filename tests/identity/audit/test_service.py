"""The audit log: what is in it, who finds it, and what never gets into it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta, timezone
from urllib.parse import quote

import pytest

from herald.errors import Invalid
from herald.identity.audit.model import KEPT_FOR, PASSWORD_RESET, SIGN_IN, AuditEntry, AuditEvent, AuditFilter
from herald.identity.audit.service import AuditLog
from herald.identity.audit.store import AuditStore
from herald.identity.composition import identity
from herald.identity.model import Role
from herald.invocations import logged_invocation
from herald.values.clock import from_text
from herald.values.page import encode_cursor
from tests.support.clock import FakeClock
from tests.support.cloud import stored_items
from tests.support.functions import function
from tests.support.log import ReadLog
from tests.support.mails import deliver_mails
from tests.support.people import BETTER, EMAIL, PASSWORD, SignedUp, sign_up
from tests.support.requests import Answer, Caller

TENANT = "11111111-1111-4111-8111-111111111111"
OTHER = "22222222-2222-4222-8222-222222222222"
ALL = AuditFilter()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def log(cloud: None, clock: FakeClock) -> AuditLog:
    return AuditLog(AuditStore(), clock=clock)


@pytest.fixture
def account(cloud: None) -> SignedUp:
    return sign_up()


def event(number: int, *, tenant: str = TENANT) -> AuditEvent:
    """Something that one of two people did to a report of its own."""
    return AuditEvent(tenant, f"person-{number % 2}", "ADMIN", f"DELETE /reports/<{number % 3}>", (f"report-{number}",))


def numbers(entries: Iterator[AuditEntry] | list[AuditEntry]) -> list[int]:
    return [int(entry.event.record[0].removeprefix("report-")) for entry in entries]


def everything(log: AuditLog, wanted: AuditFilter = ALL, *, size: int = 100) -> list[AuditEntry]:
    """Every page of a list, put together."""
    page = log.page(TENANT, wanted, size=size, cursor=None)
    found = list(page.items)
    while page.next_cursor is not None:
        page = log.page(TENANT, wanted, size=size, cursor=page.next_cursor)
        assert len(page.items) <= size
        found += page.items
    return found


def ask(account: SignedUp, query: str = "") -> Answer:
    caller = Caller(function("platform/audit").handler, token=account.token)
    return caller.get(f"/api/v1/admin/audit?{query}")


@contextmanager
def broken_table(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr(AuditStore, "add", _fail)
        yield


def _fail(_store: AuditStore, _entry: AuditEntry) -> None:
    raise ConnectionError("the table is away")


def test_entries_come_latest_first_page_by_page(log: AuditLog, clock: FakeClock) -> None:
    for number in range(7):
        log.record(event(number))
        clock.advance(seconds=1)

    assert numbers(everything(log, size=3)) == [6, 5, 4, 3, 2, 1, 0]


def test_what_is_done_in_one_moment_makes_an_entry_each(log: AuditLog) -> None:
    for number in range(5):
        log.record(event(number))

    assert sorted(numbers(everything(log, size=2))) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (AuditFilter(actor="person-1"), [5, 3, 1]),
        (AuditFilter(action="DELETE /reports/<2>"), [5, 2]),
        (AuditFilter(action="DELETE"), [6, 5, 4, 3, 2, 1, 0]),
        (AuditFilter(record="report-4"), [4]),
        (AuditFilter(record="report"), []),
        (AuditFilter(actor="person-1", action="DELETE /reports/<0>"), [3]),
    ],
)
@pytest.mark.parametrize("size", [1, 100])
def test_a_filter_finds_what_it_says_and_nothing_else(
    wanted: AuditFilter, found: list[int], size: int, log: AuditLog, clock: FakeClock
) -> None:
    for number in range(7):
        log.record(event(number))
        clock.advance(seconds=1)

    assert numbers(everything(log, wanted, size=size)) == found


def test_from_is_included_and_to_is_not(log: AuditLog, clock: FakeClock) -> None:
    began = clock()
    for number in range(5):
        log.record(event(number))
        clock.advance(seconds=1)
    wanted = AuditFilter(since=began + timedelta(seconds=1), until=began + timedelta(seconds=3))

    assert numbers(everything(log, wanted, size=1)) == [2, 1]


def test_a_rare_entry_is_found_behind_thousands_of_others_by_bounded_requests(cloud: None, clock: FakeClock) -> None:
    log = AuditLog(AuditStore(entries_per_query=2), clock=clock)
    log.record(event(1))
    for _ in range(60):
        clock.advance(seconds=1)
        log.record(event(0))

    first = log.page(TENANT, AuditFilter(actor="person-1"), size=20, cursor=None)

    assert not first.items
    assert first.next_cursor
    assert numbers(everything(log, AuditFilter(actor="person-1"))) == [1]


def test_nobody_sees_another_tenants_entries_not_even_with_its_cursor(log: AuditLog, clock: FakeClock) -> None:
    for number in range(3):
        log.record(event(number, tenant=OTHER))
        clock.advance(seconds=1)
    cursor = log.page(OTHER, ALL, size=1, cursor=None).next_cursor

    assert not everything(log)
    assert not log.page(TENANT, ALL, size=10, cursor=cursor).items


@pytest.mark.parametrize("text", ["nonsense", "sk", "2026-01-01T00:00:00.000Z", "row#7", "~"])
def test_a_cursor_of_another_kind_is_refused(text: str, log: AuditLog) -> None:
    with pytest.raises(Invalid):
        log.page(TENANT, ALL, size=10, cursor=encode_cursor(text))


def test_a_cursor_from_outside_of_the_time_that_is_asked_for_is_refused(log: AuditLog, clock: FakeClock) -> None:
    log.record(event(1))
    log.record(event(2))
    cursor = log.page(TENANT, ALL, size=1, cursor=None).next_cursor

    with pytest.raises(Invalid):
        log.page(TENANT, AuditFilter(since=clock() + timedelta(days=1)), size=1, cursor=cursor)


def test_an_entry_goes_by_itself_after_two_years(log: AuditLog, clock: FakeClock) -> None:
    log.record(event(1))

    [item] = stored_items("IDENTITY_TABLE")
    assert item["expires_at"] == {"N": str(int((clock() + KEPT_FOR).timestamp()))}


def test_an_entry_is_never_written_over(log: AuditLog, clock: FakeClock) -> None:
    store, entry = AuditStore(), AuditEntry("0123456789abcdef", clock(), "request-1", event(1))
    store.add(entry)

    store.add(AuditEntry(entry.entry_id, entry.at, "request-2", event(2)))

    [kept] = everything(log)
    assert kept == entry


def test_what_a_caller_sends_cannot_make_an_entry_endless(log: AuditLog) -> None:
    log.record(AuditEvent(TENANT, "p", "ADMIN", "x" * 5000, ("y" * 5000,) * 50, address="z" * 5000))

    [item] = stored_items("IDENTITY_TABLE")
    assert len(str(item)) < 4000


def test_a_lost_entry_is_told_by_the_line_of_its_invocation(
    log: AuditLog, monkeypatch: pytest.MonkeyPatch, read_log: ReadLog
) -> None:
    with broken_table(monkeypatch), logged_invocation("request-1"):
        log.record(event(1))

    [line] = read_log()
    assert (line["level"], line["audit"], line["outcome"]) == ("ERROR", "lost", "ok")
    assert "the table is away" in line["stack"]


def test_outside_of_an_invocation_a_lost_entry_is_an_error(log: AuditLog, monkeypatch: pytest.MonkeyPatch) -> None:
    with broken_table(monkeypatch), pytest.raises(ConnectionError):
        log.record(event(1))


def test_signing_up_and_in_is_told_to_the_tenant_that_is_entered(account: SignedUp) -> None:
    Caller(function("platform/auth").handler, source_ip="192.0.2.9").post(
        "/api/v1/auth/login", {"email": EMAIL, "password": PASSWORD}
    )

    second, first = identity().audit.page(account.tenant_id, ALL, size=10, cursor=None).items
    assert {first.event.action, second.event.action} == {SIGN_IN}
    assert {first.event.actor, second.event.actor} == {account.user_id}
    assert {first.event.address, second.event.address} == {"192.0.2.7", "192.0.2.9"}
    assert second.event.role == Role.ADMIN.value
    assert second.request_id == "request-1"


def test_a_sign_in_that_fails_leaves_the_same_whoever_it_was_and_no_entry_there_and_then(account: SignedUp) -> None:
    visitor, before = Caller(function("platform/auth").handler), stored_items("IDENTITY_TABLE")

    for email in (EMAIL, "nobody@example.com"):
        assert visitor.post("/api/v1/auth/login", {"email": email, "password": "wrong"}).status == 401

    known, unknown = [item for item in stored_items("IDENTITY_TABLE") if item not in before]
    assert known.keys() == unknown.keys()
    assert known["kind"] == unknown["kind"] == {"S": "failed_sign_in"}


def test_a_sign_in_whose_entry_is_lost_succeeds(account: SignedUp, monkeypatch: pytest.MonkeyPatch) -> None:
    with broken_table(monkeypatch):
        answer = Caller(function("platform/auth").handler).post(
            "/api/v1/auth/login", {"email": EMAIL, "password": PASSWORD}
        )

    assert answer.status == 200


def test_a_password_set_by_mail_is_told_and_not_which(account: SignedUp) -> None:
    deliver_mails()
    recovery = identity().recovery
    recovery.ask_for_reset(EMAIL)
    [mail] = deliver_mails()
    recovery.reset(mail.token, BETTER, address="192.0.2.8")

    wanted = AuditFilter(action=PASSWORD_RESET)
    [entry] = identity().audit.page(account.tenant_id, wanted, size=9, cursor=None).items
    assert (entry.event.actor, entry.event.address) == (account.user_id, "192.0.2.8")
    assert BETTER not in str(stored_items("IDENTITY_TABLE"))


def test_the_endpoint_lists_what_was_done(account: SignedUp) -> None:
    staff = Caller(function("platform/users").handler, token=account.token)
    body = {"username": "grace", "email": "grace@greenfield.example", "password": BETTER, "role_id": 3}
    assert staff.post("/api/v1/users", body).status == 201
    assert staff.put("/api/v1/users/2", {"role_id": 2}).status == 200

    answer = ask(account, f"actor={account.user_id}&action={quote('PUT /api/v1/users')}")

    assert (answer.status, answer.body["next_cursor"]) == (200, None)
    [entry] = answer.body["entries"]
    assert entry | {"id": "", "at": "", "address": ""} == {
        "id": "",
        "at": "",
        "actor": account.user_id,
        "role": "ADMIN",
        "action": "PUT /api/v1/users/<user_id>",
        "record": ["2"],
        "address": "",
        "request_id": "request-1",
        "status": 200,
    }
    assert entry["address"].startswith("10.")
    [created] = ask(account, "action=POST").body["entries"]
    assert len(created["record"]) == 1
    assert ask(account, f"record={created['record'][0]}").body["entries"] == [created]
    assert BETTER not in ask(account).text


def test_the_endpoints_pages_make_up_the_list(account: SignedUp) -> None:
    for _ in range(3):
        Caller(function("platform/auth").handler).post("/api/v1/auth/login", {"email": EMAIL, "password": PASSWORD})

    ids, cursor = [], ""
    while True:
        page = ask(account, f"limit=2{f'&cursor={cursor}' if cursor else ''}").body
        ids += [entry["id"] for entry in page["entries"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert len(ids) == len(set(ids)) == 4


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "cursor=nonsense",
        "from=yesterday",
        "from=2026-11-22T00:00:00",
        "from=2026-11-22T00:00:00Z&to=2026-11-21T00:00:00Z",
        f"actor={'x' * 101}",
    ],
)
def test_the_endpoint_refuses_what_it_cannot_answer(query: str, account: SignedUp) -> None:
    answer = ask(account, query)

    assert answer.status == 400
    assert set(answer.body) == {"error"}


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00"])
def test_the_ends_of_the_calendar_are_moments_like_others(moment: str, account: SignedUp) -> None:
    assert ask(account, f"from={moment}").status == 200
    assert ask(account, f"to={moment}").status == 200


def test_a_time_in_another_zone_is_the_same_moment(account: SignedUp) -> None:
    [entry] = ask(account).body["entries"]
    moment = from_text(entry["at"])
    elsewhere = quote(moment.astimezone(timezone(timedelta(hours=3))).isoformat())

    assert ask(account, f"from={elsewhere}").body["entries"] == [entry]
    assert ask(account, f"to={elsewhere}").body["entries"] == []
