"""From the titles people write to the placeholders of a template."""

import datetime
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as some

from herald.errors import Invalid
from herald.results.ingesting.columns import Layout, arrange, cell_text
from herald.values.placeholder import placeholder_name
from herald.values.sheet import CellText

TITLES = some.text(max_size=40)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Date of birth", "date_of_birth"),
        ("  E-mail  ", "e_mail"),
        ("Preço (R$)", "preco_r"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("2nd visit", "_2nd_visit"),
        ("Größe / Gewicht", "grosse_gewicht"),
        ("名前", "名前"),
    ],
)
def test_a_title_becomes_a_name_that_a_template_can_use(title: str, name: str) -> None:
    assert placeholder_name(title) == name


@given(title=TITLES)
def test_a_name_holds_lower_case_letters_digits_and_single_underscores(title: str) -> None:
    name = placeholder_name(title)

    assert re.fullmatch(r"\w*", name)
    assert not name[:1].isdigit()
    assert not name.endswith("_")
    assert name == name.lower() or name == name.casefold()


@given(title=TITLES)
def test_naming_a_name_changes_nothing(title: str) -> None:
    assert placeholder_name(placeholder_name(title)) == placeholder_name(title)


@given(title=TITLES)
def test_spelling_a_title_in_capitals_or_with_more_spaces_changes_nothing(title: str) -> None:
    plain = re.sub(r"[^A-Za-z0-9 ]", "", title)

    assert placeholder_name(f"  {plain.upper().replace(' ', '  ')} ") == placeholder_name(plain)


def test_numbered_columns_become_a_list_without_its_empty_elements() -> None:
    layout = arrange(["Phone", "Test 1 name", "Test 1 value", "Test 2 name", "Test 2 value", "Test 10 name"])

    values = layout.values(["+12025550123", "Iron", 14, None, "", "Zinc"])

    assert values["tests"] == [{"name": "Iron", "value": 14}, {"name": "Zinc"}]
    assert layout.names == {"phone", "tests"}


@given(numbers=some.lists(some.integers(1, 99), unique=True, min_size=1, max_size=12))
def test_elements_of_a_list_come_in_the_order_of_their_numbers(numbers: list[int]) -> None:
    layout = arrange(["Phone", *(f"Test {number} name" for number in numbers)])

    values = layout.values(["+12025550123", *numbers])

    assert values["tests"] == [{"name": number} for number in sorted(numbers)]


@pytest.mark.parametrize("title", ["Test 1", "Address 1", "1 name", "Test 0 name", "Test 100 name"])
def test_a_title_that_only_looks_numbered_stays_a_column_of_its_own(title: str) -> None:
    assert arrange(["Phone", title]).names == {"phone", placeholder_name(title)}


@pytest.mark.parametrize(
    ("titles", "phone"),
    [
        (["Name", "Phone"], "+1"),
        (["Nome", "Telefone"], "+1"),
        (["Jina", "Simu"], "+1"),
        (["Nom", "Téléphone"], "+1"),
        (["CUSTOMER NAME", "Mobile-Number"], "+1"),
    ],
)
def test_recipients_are_found_in_the_words_people_use(titles: list[str], phone: str) -> None:
    layout = arrange(titles)

    assert layout.recipient_text("phone", ["Zoë", phone]) == phone
    assert layout.recipient_text("name", ["Zoë", phone]) == "Zoë"
    assert layout.recipient_text("email", ["Zoë", phone]) == ""


@pytest.mark.parametrize("title", ["Name", "Patient", " PATIENT ", "Patient name", "Paciente", "Nom complet"])
def test_a_column_with_names_is_known_by_its_title(title: str) -> None:
    assert arrange(["Phone", title]).recipient_text("name", ["+1", "Zoë"]) == "Zoë"


def test_a_column_titled_name_comes_before_one_titled_patient() -> None:
    assert arrange(["Patient", "Name", "Phone"]).recipient_text("name", ["P-17", "Zoë", "+1"]) == "Zoë"


def test_the_password_is_no_placeholder() -> None:
    layout = arrange(["Phone", "Password"])

    assert layout.names == {"phone"}
    assert layout.values(["+1", "river"]) == {"phone": "+1"}
    assert layout.recipient_text("password", ["+1", 4821]) == "4821"


@pytest.mark.parametrize("titles", [["Name", "E-mail"], [], ["Phone 1 number", "Name"]])
def test_a_workbook_without_phone_numbers_is_refused(titles: list[str]) -> None:
    with pytest.raises(Invalid) as refusal:
        arrange(titles)

    assert refusal.value.code == "workbook_no_phone"


@pytest.mark.parametrize(
    "titles",
    [
        ["Phone", "Date of birth", "date-of-birth"],
        ["Phone", "Test 1 name", "TEST 1 NAME"],
        ["Phone", "Tests", "Test 1 name"],
        ["Phone", "Test 1 name", "Tests"],
    ],
)
def test_two_columns_of_one_name_are_refused_with_the_titles_as_written(titles: list[str]) -> None:
    with pytest.raises(Invalid) as refusal:
        arrange(titles)

    assert refusal.value.code == "workbook_header_duplicate"
    assert titles[1] in refusal.value.message
    assert titles[2] in refusal.value.message


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (4821, "4821"),
        (4821.0, "4821"),
        (0.5, "0.5"),
        ("  river ", "  river "),
        (datetime.date(1984, 3, 9), "1984-03-09"),
    ],
)
def test_a_cell_as_text_reads_as_it_looks_in_the_sheet(cell: CellText, text: str) -> None:
    assert cell_text(cell) == text


@given(titles=some.lists(TITLES, max_size=8), cells=some.data())
def test_whatever_the_titles_a_row_has_a_value_for_every_name(titles: list[str], cells: some.DataObject) -> None:
    layout = _arranged(["Phone", *titles])
    assume(layout is not None)
    assert layout is not None
    row = cells.draw(
        some.lists(some.none() | some.integers() | some.text(), min_size=len(titles), max_size=len(titles))
    )

    assert layout.values(["+1", *row]).keys() == layout.names


def _arranged(titles: list[str]) -> Layout | None:
    try:
        return arrange(titles)
    except Invalid:
        return None
