"""Placeholders find their columns by forgiving rules, and what finds none is told with the nearest title."""

import pytest

from herald.errors import Invalid
from herald.results.ingesting.columns import arrange
from herald.results.ingesting.matching import require_columns, spelled
from herald.values.sheet import Value


def refusal(titles: tuple[str, ...], *placeholders: str) -> Invalid:
    layout = arrange((*titles, "Phone"))
    with pytest.raises(Invalid) as caught:
        require_columns(placeholders, layout.names, layout.titles)
    return caught.value


@pytest.mark.parametrize(
    ("title", "placeholder"),
    [
        ("Data de nascimento", "data_de_nascimento"),
        ("  FULL   name ", "full_name"),
        ("First name", "firstName"),
        ("First name", "FirstName"),
        ("Firstname", "first_name"),
        ("Prénom", "prenom"),
        ("Prenom", "prénom"),
        ("Date of birth", "Date_Of_Birth"),
        ("Test 1 name", "tests"),
        ("Test 1 name", "Tests"),
    ],
)
def test_case_spaces_accents_and_underscores_do_not_matter(title: str, placeholder: str) -> None:
    layout = arrange((title, "Phone"))

    require_columns([placeholder], layout.names, layout.titles)


def test_what_finds_no_column_is_told_with_the_nearest_title() -> None:
    error = refusal(("Full name", "Fees"), "name", "fee", "appointment")

    assert error.code == "columns_missing"
    assert error.fields == {
        "missing": ["appointment", "fee", "name"],
        "columns": ["Full name", "Fees", "Phone"],
        "suggestions": {"fee": "Fees", "name": "Full name"},
    }
    assert "Did you mean `Full name` for `name`?" in error.message


def test_one_column_does_not_stand_for_a_list_nor_a_list_for_one_value() -> None:
    assert refusal(("Test",), "tests").fields["suggestions"] == {"tests": "Test"}
    assert refusal(("Test 1 name",), "test").fields["suggestions"] == {"test": "Test 1 name"}


def test_two_columns_that_might_be_meant_are_none() -> None:
    assert refusal(("First name", "Firstname"), "FirstName").fields["missing"] == ["FirstName"]


def test_a_password_is_never_printed() -> None:
    assert refusal(("Password",), "password").fields["missing"] == ["password"]


def test_a_row_has_its_values_under_the_templates_own_spelling() -> None:
    values: dict[str, Value] = {"first_name": "Zoë", "fee": 4}

    assert spelled(values, ["FirstName", "fee"]) == {"first_name": "Zoë", "fee": 4, "FirstName": "Zoë"}
    assert spelled(values, ["first_name"]) is values


def test_titles_without_end_are_shown_in_part() -> None:
    error = refusal(("x" * 30_000,), "name")

    assert error.fields["columns"] == ["x" * 100, "Phone"]
