"""Searching without regard to case and accents."""

import pytest

from herald.values.search import folded, search_term


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("ZOE", "Zoë"), ("nandu", "ÑANDÚ"), ("strasse", "Straße"), ("ﬁona", "Fiona"), ("آمنه", "آمنه"), ("ii", "İI")],
)
def test_what_looks_alike_is_found(typed: str, stored: str) -> None:
    assert search_term(typed) in folded(stored)


@pytest.mark.parametrize("typed", ["+1 (202) 555-0100", "202.555.0100", " 2025550100 ", "555/0100"])
def test_a_number_is_found_however_its_digits_are_grouped(typed: str) -> None:
    assert search_term(typed) in folded("+12025550100")


@pytest.mark.parametrize(
    "typed",
    [
        "0712 345678",
        "0712-345-678",
        "712345678",
        "254712345678",
        "+254712345678",
        "00254 712 345678",
        "+254 (0)712 345678",
        "(0712) 345678",
        "tel:+254712345678",
        "+254 712\u2013345\u2013678",
        "\uff0b254\uff17\uff11\uff12345678",
        "345 678",
    ],
)
def test_a_number_is_found_in_every_form_it_is_written_or_dialled_in(typed: str) -> None:
    assert search_term(typed) in folded("+254712345678")


def test_the_zeros_of_a_part_of_a_number_count() -> None:
    assert search_term("0100") == "0100"


def test_words_with_digits_are_no_number() -> None:
    assert search_term("Ward 4 B") == "ward 4 b"
