"""A sealed password opens for its own report, under its own secret, and for nobody else."""

import pytest

from herald.errors import Unavailable
from herald.results.passwords import ReportPasswords

PASSWORDS = ReportPasswords(lambda: "the secret of this installation")


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
        (ReportPasswords(lambda: "another secret"), "report-1", ""),
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
