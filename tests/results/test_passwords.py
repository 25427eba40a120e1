"""Passwords of reports: keyed, bound to their report, forgiving about spaces around them."""

import re

from hypothesis import given
from hypothesis import strategies as some

from herald.results.passwords import ReportPasswords
from tests.support.results import PASSWORDS

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
    other_installation = ReportPasswords(lambda: "another key")

    assert not other_installation.matches("report-1", "4821", PASSWORDS.hash("report-1", "4821"))


def test_a_generated_password_is_eight_digits_and_another_for_each_message() -> None:
    passwords = [PASSWORDS.generate(f"message-{number}") for number in range(20)]

    assert all(re.fullmatch(r"\d{8}", password) for password in passwords)
    assert len(set(passwords)) > 1


def test_a_generated_password_is_the_same_when_its_request_is_tried_again() -> None:
    assert PASSWORDS.generate("message-1") == PASSWORDS.generate("message-1")
