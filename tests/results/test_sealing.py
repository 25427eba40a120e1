"""A sealed password opens for its own report, under its own secret, and for nobody else."""

import pytest

from herald.errors import Unavailable
from herald.results.sealing import SealedPasswords

SEALED = SealedPasswords(lambda: "the secret of this installation")


def test_a_sealed_password_can_be_read_again() -> None:
    sealed = SEALED.seal("report-1", "río-4821")

    assert SEALED.open("report-1", sealed) == "río-4821"
    assert "4821" not in sealed


def test_equal_passwords_look_different_when_sealed() -> None:
    assert SEALED.seal("report-1", "river") != SEALED.seal("report-1", "river")


@pytest.mark.parametrize(
    ("seals", "report", "change"),
    [
        (SEALED, "report-2", ""),
        (SealedPasswords(lambda: "another secret"), "report-1", ""),
        (SEALED, "report-1", "A"),
        (SEALED, "report-1", "not base64"),
    ],
)
def test_what_was_sealed_for_another_report_or_with_another_secret_stays_shut(
    seals: SealedPasswords, report: str, change: str
) -> None:
    sealed = SEALED.seal("report-1", "river")

    with pytest.raises(Unavailable, match="set it anew"):
        seals.open(report, change + sealed[len(change) :])
