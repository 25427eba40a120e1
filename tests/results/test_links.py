"""A link opens for its password, for a day, and for no more than five wrong tries."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from herald.errors import Unauthenticated
from herald.identity.model import Recipient
from herald.results.link_store import LinkStore
from herald.results.links import OpeningLinks, hash_of, mint_link
from herald.results.model import LINK_LIFETIME, WRONG_PASSWORDS_ALLOWED, Report
from herald.values.ids import compact_id, random_text
from tests.messaging.outbox import settings_with_cloud
from tests.support.clock import FakeClock
from tests.support.cloud import stored_items
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


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def links(results_cloud: None, clock: FakeClock) -> OpeningLinks:
    return OpeningLinks(LinkStore(), reports_store(), PASSWORDS, clock=clock)


@pytest.fixture
def report(results_cloud: None) -> Report:
    return rendered_batch(1)[1][0]


def test_a_link_and_its_password_open_the_report(links: OpeningLinks, report: Report) -> None:
    opened = links.open(give_link(report), PASSWORD)

    assert opened.report == report
    assert opened.expires_at == NOW + LINK_LIFETIME
    assert links.report_of(opened.recipient) == report


def test_whoever_reads_the_table_finds_no_token_and_no_password(report: Report) -> None:
    token = give_link(report)

    assert token[22:] not in str(stored_items("RESULTS_TABLE"))
    assert PASSWORD not in str(stored_items("RESULTS_TABLE"))


def test_every_way_to_be_wrong_looks_alike(links: OpeningLinks, report: Report) -> None:
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


@settings_with_cloud
@given(token=some.text(max_size=60))
def test_no_text_whatsoever_breaks_the_door(links: OpeningLinks, token: str) -> None:
    assert _refusal(links, token, PASSWORD).code == "invalid_credentials"


def test_the_fifth_wrong_password_locks_also_against_the_right_one(links: OpeningLinks, report: Report) -> None:
    token = give_link(report)

    for _ in range(WRONG_PASSWORDS_ALLOWED):
        _refusal(links, token, "wrong")

    assert _refusal(links, token, PASSWORD).code == "invalid_credentials"
    with pytest.raises(Unauthenticated):
        links.check(token)


def test_a_new_link_to_the_same_report_is_not_locked_with_the_old_one(links: OpeningLinks, report: Report) -> None:
    locked = give_link(report)
    for _ in range(WRONG_PASSWORDS_ALLOWED):
        _refusal(links, locked, "wrong")

    assert links.open(give_link(report), PASSWORD).report == report


def test_a_right_password_starts_the_count_anew(links: OpeningLinks, report: Report) -> None:
    token = give_link(report)

    for _ in range(3):
        for _ in range(WRONG_PASSWORDS_ALLOWED - 1):
            _refusal(links, token, "wrong")
        links.open(token, PASSWORD)


def test_many_tries_at_once_are_no_more_than_five(
    links: OpeningLinks, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, looked_at = give_link(report), []
    matches = PASSWORDS.matches

    def watched(report_id: str, password: str, password_hash: str) -> bool:
        if report_id == report.report_id:
            looked_at.append(password)
        return matches(report_id, password, password_hash)

    monkeypatch.setattr(PASSWORDS, "matches", watched)
    with ThreadPoolExecutor(8) as workers:
        list(workers.map(lambda number: _refusal(links, token, f"{number:06}"), range(40)))

    assert len(looked_at) == WRONG_PASSWORDS_ALLOWED


def test_a_link_expires_after_a_day_and_says_so_to_whoever_knows_the_password(
    links: OpeningLinks, report: Report, clock: FakeClock
) -> None:
    token = give_link(report)
    clock.advance(LINK_LIFETIME.total_seconds())

    assert _refusal(links, token, PASSWORD).code == "token_expired"
    assert _refusal(links, token, "wrong").code == "invalid_credentials"


def test_whoever_came_in_is_out_when_the_link_expires(links: OpeningLinks, report: Report, clock: FakeClock) -> None:
    opened = links.open(give_link(report), PASSWORD)
    clock.advance(LINK_LIFETIME.total_seconds())

    with pytest.raises(Unauthenticated, match="expired"):
        links.report_of(opened.recipient)


def test_a_link_is_forgotten_by_the_table_only_after_it_could_be_told_to_be_expired(report: Report) -> None:
    link, _ = mint_link(report, now=NOW)
    LinkStore().put(link)

    (item,) = [item for item in stored_items("RESULTS_TABLE") if "link_id" in item]

    assert float(item["expires_at"]["N"]) > (NOW + LINK_LIFETIME + timedelta(days=1)).timestamp()  # type: ignore[index]


def test_a_recipient_of_another_tenant_finds_nothing_under_the_same_link(links: OpeningLinks, report: Report) -> None:
    token = give_link(report)
    stranger = Recipient(OTHER_TENANT, report.report_id, hash_of(token[22:]))

    with pytest.raises(Unauthenticated):
        links.report_of(stranger)


def test_a_report_without_a_password_opens_for_no_password(links: OpeningLinks) -> None:
    _, (unprotected,) = rendered_batch(1, password="")

    assert _refusal(links, give_link(unprotected), "").code == "invalid_credentials"


def _refusal(links: OpeningLinks, token: str, password: str) -> Unauthenticated:
    with pytest.raises(Unauthenticated) as refusal:
        links.open(token, password)
    return refusal.value
