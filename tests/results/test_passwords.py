"""Passwords of reports: keyed, bound to their report, forgiving about spaces around them; sealed for protected PDFs."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from herald.errors import Unavailable
from herald.results.passwords import ReportPasswords
from tests.support.results import PASSWORDS

OTHERS = ReportPasswords(lambda: "another secret")
WORDS = some.text(some.characters(exclude_categories=["Cs"]), max_size=200)


@given(password=WORDS)
def test_a_password_opens_what_it_was_set_for_also_with_spaces_around_it(password: str) -> None:
    assert PASSWORDS.matches("report-1", f" {password}\n", PASSWORDS.hash("report-1", password))


@given(password=WORDS)
def test_equal_passwords_of_two_reports_differ(password: str) -> None:
    assert PASSWORDS.hash("report-1", password) != PASSWORDS.hash("report-2", password)


def test_a_wrong_password_opens_nothing() -> None:
    assert not PASSWORDS.matches("report-1", "river-4822", PASSWORDS.hash("report-1", "river-4821"))


def test_without_the_key_a_stolen_hash_says_nothing() -> None:
    assert not OTHERS.matches("report-1", "4821", PASSWORDS.hash("report-1", "4821"))


def test_a_generated_password_is_eight_digits_and_another_for_each_message() -> None:
    passwords = [PASSWORDS.generate(f"message-{number}") for number in range(20)]

    assert all(re.fullmatch(r"\d{8}", password) for password in passwords)
    assert len(set(passwords)) > 1


def test_a_generated_password_is_the_same_when_its_request_is_tried_again() -> None:
    assert PASSWORDS.generate("message-1") == PASSWORDS.generate("message-1")


def test_a_sealed_password_can_be_read_again() -> None:
    sealed = PASSWORDS.seal("report-1", "río-4821")

    assert PASSWORDS.unseal("report-1", sealed) == "río-4821"
    assert "4821" not in sealed


def test_equal_passwords_look_different_when_sealed() -> None:
    assert PASSWORDS.seal("report-1", "river") != PASSWORDS.seal("report-1", "river")


@pytest.mark.parametrize(
    ("passwords", "report", "change"),
    [
        (PASSWORDS, "report-2", ""),
        (OTHERS, "report-1", ""),
        (PASSWORDS, "report-1", "A"),
        (PASSWORDS, "report-1", "not base64"),
    ],
)
def test_what_was_sealed_for_another_report_or_with_another_secret_stays_shut(
    passwords: ReportPasswords, report: str, change: str
) -> None:
    sealed = PASSWORDS.seal("report-1", "river")

    with pytest.raises(Unavailable, match="set it anew"):
        passwords.unseal(report, change + sealed[len(change) :])
