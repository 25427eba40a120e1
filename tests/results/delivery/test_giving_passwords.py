"""Passwords for those whose sheet has none: made once, shown once, told from each other."""

import pytest

from herald.errors import Invalid, NotFound, Unprocessable
from herald.results.batches.model import Batch
from herald.results.batches.store import BatchStore
from herald.results.delivery.giving_passwords import GivingPasswords
from herald.results.delivery.model import GivenPassword
from herald.results.delivery.store import PasswordStore
from herald.values.ids import new_id
from herald.values.page import Page, encode_cursor
from tests.support.results import (
    OTHER_TENANT,
    PASSWORD,
    PASSWORDS,
    TENANT,
    add_batch,
    all_reports,
    current,
    fill_batch,
    rendered_batch,
    reports_store,
    row_of,
)


@pytest.fixture
def giving(results_cloud: None) -> GivingPasswords:
    return GivingPasswords(BatchStore(), PasswordStore(), PASSWORDS)


def give(giving: GivingPasswords, batch: Batch, request_id: str, cursor: str | None = None) -> Page[GivenPassword]:
    return giving.give(TENANT, batch.batch_id, request_id=request_id, cursor=cursor)


def missing(batch: Batch) -> int:
    return BatchStore().get(TENANT, batch.batch_id).without_password


def test_each_row_gets_a_password_of_its_own_that_opens_its_report(giving: GivingPasswords) -> None:
    batch, reports = rendered_batch(3, password="")

    page = give(giving, batch, new_id())

    assert [given.recipient.report_id for given in page.items] == [report.report_id for report in reports]
    assert len({given.password for given in page.items}) == 3
    for report, given in zip(reports, page.items, strict=True):
        assert PASSWORDS.matches(report.report_id, given.password, current(report).recipient.password_hash)
        assert (given.recipient.row, given.recipient.name, given.recipient.phone) == (
            report.row,
            report.recipient.name,
            report.recipient.phone,
        )
    assert (page.next_cursor, missing(batch)) == (None, 0)


def test_passwords_of_the_sheet_are_neither_changed_nor_shown(giving: GivingPasswords) -> None:
    batch, reports = rendered_batch(2, password=PASSWORD)

    assert give(giving, batch, new_id()).items == []
    assert all_reports(batch) == reports


def test_the_same_request_again_shows_the_same_and_another_shows_nothing(giving: GivingPasswords) -> None:
    batch, _ = rendered_batch(2, password="")
    request_id = new_id()

    first, again, another = (give(giving, batch, each) for each in (request_id, request_id, new_id()))

    passwords = [[given.password for given in page.items] for page in (first, again, another)]
    assert passwords[0] == passwords[1]
    assert passwords[2] == []


def test_pages_follow_each_other_until_everybody_has_one(results_cloud: None) -> None:
    giving = GivingPasswords(BatchStore(), PasswordStore(), PASSWORDS, passwords_per_page=2, rows_per_page=3)
    batch, reports = rendered_batch(5, password="")
    seen: list[int] = []
    counts: list[int] = []
    cursor = None

    for _ in range(3):
        page = give(giving, batch, new_id(), cursor)
        seen += [given.recipient.row for given in page.items]
        counts.append(missing(batch))
        cursor = page.next_cursor

    assert (seen, cursor) == ([report.row for report in reports], None)
    assert counts == [3, 1, 0]


@pytest.mark.parametrize("forged", ["zzz", "row#", "row#12", "row#0000002x", "row#0000002#", "batch"])
def test_a_cursor_of_nobodys_is_refused(giving: GivingPasswords, forged: str) -> None:
    batch, _ = rendered_batch(1, password="")

    with pytest.raises(Invalid, match="cursor"):
        give(giving, batch, new_id(), encode_cursor(forged))

    assert missing(batch) == 1


def test_a_walk_that_began_in_the_middle_does_not_say_that_everybody_has_one(giving: GivingPasswords) -> None:
    batch, _ = rendered_batch(3, password="")

    page = give(giving, batch, new_id(), encode_cursor("row#0000003"))

    assert ([given.recipient.row for given in page.items], page.next_cursor, missing(batch)) == ([4], None, 2)


def test_rows_that_failed_get_none_and_do_not_keep_the_batch_from_being_sent(giving: GivingPasswords) -> None:
    batch, _ = rendered_batch(1, password="")
    reports_store().put_many([row_of(batch, 9, password="", bad=True)])

    page = give(giving, batch, new_id())

    assert [given.recipient.row for given in page.items] == [2]
    assert missing(batch) == 0


def test_many_rows_are_written_together(giving: GivingPasswords) -> None:
    batch, _ = rendered_batch(130, password="")

    assert len(give(giving, batch, new_id()).items) == 130
    assert all(report.recipient.password_hash for report in all_reports(batch))


def test_whoever_comes_first_gives_the_password(results_cloud: None) -> None:
    batch, reports = rendered_batch(3, password="")
    store = PasswordStore()
    assert store.give(reports[1].place, "first")

    assert store.give_many(batch, {report.row: "second" for report in reports}) == {2, 4}

    assert [current(report).recipient.password_hash for report in reports] == ["second", "first", "second"]
    assert missing(batch) == 0
    assert not store.give(reports[1].place, "third")


def test_a_batch_that_is_not_completed_is_refused(giving: GivingPasswords) -> None:
    batch = add_batch()
    fill_batch(batch, [row_of(batch, 2, password="")])

    with pytest.raises(Unprocessable) as refusal:
        give(giving, batch, new_id())

    assert refusal.value.code == "batch_not_completed"


def test_another_tenants_batch_is_not_there(giving: GivingPasswords) -> None:
    batch, _ = rendered_batch(1, password="")

    with pytest.raises(NotFound):
        giving.give(OTHER_TENANT, batch.batch_id, request_id=new_id(), cursor=None)
