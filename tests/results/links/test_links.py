"""A link opens for its password, for a day, and for no more than five wrong tries."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar, cast

import pytest
from hypothesis import given
from hypothesis import strategies as some

from herald.errors import Unauthenticated
from herald.identity.model import Recipient
from herald.results.batches.store import BatchStore
from herald.results.links.model import LINK_LIFETIME, WRONG_PASSWORDS_ALLOWED, LinkState
from herald.results.links.service import LinkAccess, hash_of, new_link
from herald.results.links.store import LinkStore
from herald.results.passwords import ReportPasswords
from herald.results.reports.model import Report
from herald.values.ids import compact_id, random_text
from tests.support.clock import FakeClock
from tests.support.cloud import REPORT_PASSWORD_KEY, stored_items
from tests.support.corrections import correct, deletions, use_case
from tests.support.results import (
    NOW,
    OTHER_TENANT,
    PASSWORD,
    PASSWORDS,
    TENANT,
    give_link,
    rendered_batch,
    reports_store,
)
from tests.support.soak import few_examples
from tests.support.tenants import mark, standings

Asked = TypeVar("Asked")
WAYS_TO_WITHDRAW: dict[str, Callable[[Report], object]] = {
    "batch deleted": lambda report: BatchStore().mark_deleted(
        BatchStore().get(report.tenant_id, report.batch_id), now=NOW
    ),
    "report deleted": lambda report: deletions().delete(TENANT, report.report_id),
    "organisation closed": lambda report: mark(report.tenant_id, closed_at=NOW),
    "links withdrawn": lambda report: use_case().withdraw_links(TENANT, report.report_id),
}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def links(results_cloud: None, clock: FakeClock) -> LinkAccess:
    return LinkAccess(LinkStore(), BatchStore(), reports_store(), PASSWORDS, standings(clock), clock=clock)


@pytest.fixture
def report(results_cloud: None) -> Report:
    return rendered_batch(1)[1][0]


def test_a_link_and_its_password_open_the_report(links: LinkAccess, report: Report) -> None:
    opened = links.open(give_link(report), PASSWORD)

    assert opened.report == report
    assert opened.expires_at == NOW + LINK_LIFETIME
    assert links.reopen(opened.recipient).report == report


@pytest.mark.parametrize("way", ["batch deleted", "report deleted", "links withdrawn"])
def test_a_withdrawn_link_leads_nowhere_at_once_and_says_why(links: LinkAccess, report: Report, way: str) -> None:
    token = give_link(report)
    opened = links.open(token, PASSWORD)
    WAYS_TO_WITHDRAW[way](report)

    assert links.inspect(token).state is LinkState.WITHDRAWN
    assert links.attempt(token, PASSWORD) is LinkState.WITHDRAWN
    assert _refusal(links, token, PASSWORD).code == "link_withdrawn"
    with pytest.raises(Unauthenticated) as checked:
        links.check(token)
    with pytest.raises(Unauthenticated) as reopened:
        links.reopen(opened.recipient)
    assert {checked.value.code, reopened.value.code} == {"link_withdrawn"}


def test_a_link_made_after_others_were_withdrawn_is_good(links: LinkAccess, report: Report) -> None:
    withdrawn = use_case().withdraw_links(TENANT, report.report_id)

    assert links.open(give_link(withdrawn), PASSWORD).report == withdrawn


def test_a_text_that_was_under_way_when_links_were_withdrawn_brings_no_good_one(
    links: LinkAccess, report: Report
) -> None:
    use_case().withdraw_links(TENANT, report.report_id)

    assert links.inspect(give_link(report)).state is LinkState.WITHDRAWN


@pytest.mark.parametrize(
    "correction", [{"phone": "+1 202 555 0188"}, {"email": "amara@example.org"}, {"password": "lake-7"}]
)
def test_links_of_before_lead_nowhere_once_the_report_may_be_for_somebody_else(
    links: LinkAccess, report: Report, correction: dict[str, str]
) -> None:
    token = give_link(report)
    opened = links.open(token, PASSWORD)

    correct(report, **correction)

    assert {links.attempt(token, password) for password in (PASSWORD, "lake-7")} == {LinkState.WITHDRAWN}
    with pytest.raises(Unauthenticated, match="withdrawn"):
        links.reopen(opened.recipient)


def test_links_outlive_corrections_of_what_the_report_says(links: LinkAccess, report: Report) -> None:
    token = give_link(report)

    correct(report, name="Amara Okeke", language="sw", phone=report.recipient.phone, password=PASSWORD)

    assert links.inspect(token).state is LinkState.OPEN


def test_whoever_came_in_is_out_when_the_link_is_locked(links: LinkAccess, report: Report) -> None:
    token = give_link(report)
    opened = links.open(token, PASSWORD)

    for _ in range(WRONG_PASSWORDS_ALLOWED):
        links.attempt(token, "wrong")

    with pytest.raises(Unauthenticated) as refusal:
        links.reopen(opened.recipient)
    assert refusal.value.code == "link_locked"


def test_whoever_reads_the_table_finds_no_token_and_no_password(report: Report) -> None:
    token = give_link(report)

    assert token[22:] not in str(stored_items("RESULTS_TABLE"))
    assert PASSWORD not in str(stored_items("RESULTS_TABLE"))


def test_every_way_to_be_wrong_looks_alike(links: LinkAccess, report: Report) -> None:
    token = give_link(report)
    locked = give_link(report)
    for _ in range(WRONG_PASSWORDS_ALLOWED):
        _refusal(links, locked, "wrong")
    attempts = [
        (token, "wrong"),
        (compact_id(TENANT) + random_text(width=22), PASSWORD),
        (compact_id(OTHER_TENANT) + token[22:], PASSWORD),
        (token[:-1], PASSWORD),
        ("", PASSWORD),
        ("!" * 44, PASSWORD),
        ("z" * 44, PASSWORD),
        (locked, PASSWORD),
    ]

    refusals = {(error.code, error.message) for error in (_refusal(links, *attempt) for attempt in attempts)}

    assert len(refusals) == 1
    assert refusals.pop()[0] == "invalid_credentials"


@few_examples
@given(token=some.text(max_size=60))
def test_no_text_whatsoever_breaks_the_door(links: LinkAccess, token: str) -> None:
    assert _refusal(links, token, PASSWORD).code == "invalid_credentials"


def test_the_fifth_wrong_password_locks_also_against_the_right_one(links: LinkAccess, report: Report) -> None:
    token = give_link(report)

    for _ in range(WRONG_PASSWORDS_ALLOWED):
        _refusal(links, token, "wrong")

    assert _refusal(links, token, PASSWORD).code == "invalid_credentials"
    with pytest.raises(Unauthenticated):
        links.check(token)


def test_a_link_that_there_never_was_locks_at_the_fifth_try_as_well(links: LinkAccess, report: Report) -> None:
    tokens = (give_link(report), compact_id(TENANT) + random_text(width=22), "nobody", "", "!" * 44)

    told = [[links.attempt(token, "wrong") for _ in range(WRONG_PASSWORDS_ALLOWED + 2)] for token in tokens]

    assert told == [[LinkState.WRONG] * 4 + [LinkState.LOCKED] * 3] * len(tokens)


def test_tries_at_no_link_are_forgotten_no_sooner_than_a_link_would_be(links: LinkAccess, report: Report) -> None:
    link, _ = new_link(report, now=NOW)
    LinkStore().put(link)
    links.attempt("nobody", "wrong")

    kept, tried = [item for item in stored_items("RESULTS_TABLE") if "wrong_passwords" in item]

    assert kept["expires_at"] == tried["expires_at"]


def test_whatever_is_wrong_the_same_work_is_done(report: Report, clock: FakeClock) -> None:
    tokens = [give_link(report), compact_id(TENANT) + random_text(width=22), "nobody"]
    done: list[str] = []
    links = LinkAccess(
        _noting(LinkStore(), done),
        BatchStore(),
        _noting(reports_store(), done),
        _noting(PASSWORDS, done),
        standings(clock),
        clock=clock,
    )

    work = []
    for token in tokens * WRONG_PASSWORDS_ALLOWED:
        done.clear()
        links.attempt(token, "wrong")
        work.append(tuple(done))

    assert set(work) == {("get", "count_attempt", "at_row", "matches")}


def test_looking_at_a_link_tells_how_it_stands_and_counts_nothing(
    links: LinkAccess, report: Report, clock: FakeClock
) -> None:
    fresh, locked, old = give_link(report), give_link(report), give_link(report, now=NOW - LINK_LIFETIME)
    for _ in range(WRONG_PASSWORDS_ALLOWED):
        links.attempt(locked, "wrong")
    before = stored_items("RESULTS_TABLE")

    states = [links.inspect(token).state for token in (fresh, locked, old, "nobody", "")]

    assert states == ["open", "locked", "expired", "wrong", "wrong"]
    assert stored_items("RESULTS_TABLE") == before


def test_whoever_has_the_link_is_known_by_their_language(links: LinkAccess, report: Report) -> None:
    reports_store().put_many([replace(report, recipient=replace(report.recipient, language="sw"))])

    assert links.inspect(give_link(report)).language == "sw"


def test_a_new_link_to_the_same_report_is_not_locked_with_the_old_one(links: LinkAccess, report: Report) -> None:
    locked = give_link(report)
    for _ in range(WRONG_PASSWORDS_ALLOWED):
        _refusal(links, locked, "wrong")

    assert links.open(give_link(report), PASSWORD).report == report


def test_a_right_password_starts_the_count_anew(links: LinkAccess, report: Report) -> None:
    token = give_link(report)

    for _ in range(3):
        for _ in range(WRONG_PASSWORDS_ALLOWED - 1):
            _refusal(links, token, "wrong")
        links.open(token, PASSWORD)


def test_of_many_tries_five_are_looked_at(report: Report, clock: FakeClock) -> None:
    token, looked_at = give_link(report), []

    class Watched(ReportPasswords):
        def matches(self, report_id: str, password: str, password_hash: str) -> bool:
            if report_id == report.report_id:
                looked_at.append(password)
            return super().matches(report_id, password, password_hash)

    watched = Watched(lambda: REPORT_PASSWORD_KEY)
    links = LinkAccess(LinkStore(), BatchStore(), reports_store(), watched, standings(clock), clock=clock)
    for number in range(20):
        _refusal(links, token, f"{number:06}")

    assert len(looked_at) == WRONG_PASSWORDS_ALLOWED


def test_a_link_expires_after_a_day_and_says_so_to_whoever_knows_the_password(
    links: LinkAccess, report: Report, clock: FakeClock
) -> None:
    token = give_link(report)
    clock.advance(LINK_LIFETIME.total_seconds())

    assert _refusal(links, token, PASSWORD).code == "token_expired"
    assert _refusal(links, token, "wrong").code == "invalid_credentials"


def test_whoever_came_in_is_out_when_the_link_expires(links: LinkAccess, report: Report, clock: FakeClock) -> None:
    opened = links.open(give_link(report), PASSWORD)
    clock.advance(LINK_LIFETIME.total_seconds())

    with pytest.raises(Unauthenticated, match="expired"):
        links.reopen(opened.recipient)


def test_a_link_is_forgotten_by_the_table_only_after_it_could_be_told_to_be_expired(report: Report) -> None:
    link, _ = new_link(report, now=NOW)
    LinkStore().put(link)

    (item,) = [item for item in stored_items("RESULTS_TABLE") if "link_id" in item]

    assert float(item["expires_at"]["N"]) > (NOW + LINK_LIFETIME + timedelta(days=1)).timestamp()  # type: ignore[index]


def test_a_recipient_of_another_tenant_finds_nothing_under_the_same_link(links: LinkAccess, report: Report) -> None:
    token = give_link(report)
    stranger = Recipient(OTHER_TENANT, report.report_id, hash_of(token[22:]))

    with pytest.raises(Unauthenticated):
        links.reopen(stranger)


def test_a_report_without_a_password_opens_for_no_password(links: LinkAccess) -> None:
    _, (unprotected,) = rendered_batch(1, password="")

    assert _refusal(links, give_link(unprotected), "").code == "invalid_credentials"


def _noting(asked: Asked, done: list[str]) -> Asked:
    """The same thing, which notes the names of what it is asked to do."""

    class Noting:
        def __getattr__(self, name: str) -> object:
            done.append(name)
            return getattr(asked, name)

    return cast("Asked", Noting())


def _refusal(links: LinkAccess, token: str, password: str) -> Unauthenticated:
    with pytest.raises(Unauthenticated) as refusal:
        links.open(token, password)
    return refusal.value
