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


def test_words_with_digits_are_no_number() -> None:
    assert search_term("Ward 4 B") == "ward 4 b"
