"""Numbers and dates that somebody wrote as text."""

from datetime import datetime
from decimal import Decimal

import pytest

from herald.errors import Invalid
from herald.values.notation import Notation, notation_of, require_date_format, require_language


@pytest.mark.parametrize(
    ("text", "mark", "number"),
    [
        ("1240.5", "", "1240.5"),
        ("1,240.50", "", "1240.50"),
        ("1.240,50", "", "1240.50"),
        ("5,43", "", "5.43"),
        ("1.234", "", "1.234"),
        ("1,234", "", None),
        ("1,234,567", "", "1234567"),
        ("1,234", ".", "1234"),
        ("1,234", ",", "1.234"),
        ("1.234", ",", "1234"),
        ("1 240,50", ",", "1240.50"),
        ("1\u202f240,50", ",", "1240.50"),
        ("1'240.50", ".", "1240.50"),
        (" -7 ", "", "-7"),
        ("\u22127,5", ",", "-7.5"),
        (".5", "", "0.5"),
        ("12,34,56", ".", None),
        ("1.240,50", ".", None),
        ("a lot", "", None),
        ("nan", "", None),
        ("1_000", "", None),
        ("", "", None),
    ],
)
def test_a_number_is_read_by_its_decimal_mark_and_not_guessed(text: str, mark: str, number: str | None) -> None:
    assert Notation(mark).number(text) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("language", "country", "mark"),
    [
        ("", "KE", ""),
        ("en", "KE", "."),
        ("sw", "TZ", "."),
        ("fr", "", ","),
        ("pt", "MZ", ","),
        ("es", "CO", ","),
        ("es", "MX", "."),
        ("es-MX", "", "."),
        ("es-ES", "MX", ","),
    ],
)
def test_a_language_and_its_country_say_which_the_decimal_mark_is(language: str, country: str, mark: str) -> None:
    assert notation_of(language, country, "").decimal_mark == mark


@pytest.mark.parametrize(
    ("date_format", "text", "date"),
    [
        ("DD/MM/YYYY", "15/03/1985", "1985-03-15"),
        ("DD/MM/YYYY", "5/3/1985", "1985-03-05"),
        ("MM/DD/YYYY", "03/15/1985", "1985-03-15"),
        ("D.M.YY", "15.3.85", "1985-03-15"),
        ("D.M.YY", "15.3.26", "2026-03-15"),
        ("DD/MM/YYYY", "1985-03-15", "1985-03-15"),
        ("DD/MM/YYYY", "03/15/1985", None),
        ("DD/MM/YYYY", "31/02/1985", None),
        ("", "15/03/1985", None),
    ],
)
def test_a_date_is_read_by_the_format_that_was_stated(date_format: str, text: str, date: str | None) -> None:
    assert Notation(date_format=date_format).moment(text) == (None if date is None else datetime.fromisoformat(date))


@pytest.mark.parametrize("written", ["DD/MM", "DD/MM/YYYY/DD", "dd of MM, YYYY", "%d/%m/%Y", "DDDD/MM/YYYY"])
def test_a_date_format_that_cannot_be_is_refused(written: str) -> None:
    with pytest.raises(Invalid, match="DD/MM/YYYY") as refused:
        require_date_format(written)
    assert "date_format" in refused.value.fields


def test_a_date_format_may_be_written_in_small_letters() -> None:
    assert (require_date_format(" dd/mm/yyyy "), require_date_format(" ")) == ("DD/MM/YYYY", "")


def test_a_language_is_one_of_those_that_are_known() -> None:
    assert [require_language(written) for written in ("es_mx", "FR", "")] == ["es-MX", "fr", ""]
    with pytest.raises(Invalid, match="en, es, fr, pt, sw"):
        require_language("de")
