"""Between a row and its entity: every field comes back as what it was, and a forgotten one is an error."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from herald.storage import (
    EnumAttribute,
    EpochAttribute,
    IncompleteRow,
    IntegerAttribute,
    JsonAttribute,
    Row,
    TimestampAttribute,
    dynamodb_client,
)
from tests.support.cloud import make_table, stored_items
from tests.support.soak import few_examples


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Address:
    street: str
    floor: int = 0


@dataclass(frozen=True, slots=True)
class Fault:
    code: str
    row: int | None = None


@dataclass(frozen=True, slots=True)
class House:
    house_id: str
    address: Address
    colour: Colour
    built_at: datetime
    sold_at: datetime | None = None
    insured_until: datetime | None = None
    empty: bool = False
    fault: Fault | None = None
    words: tuple[str, ...] = ()


class HouseRow(Row):
    class Meta:
        table_name = "HOUSES_TABLE"

    house_id = UnicodeAttribute()
    street = UnicodeAttribute()
    floor = IntegerAttribute(null=True)
    colour = EnumAttribute(Colour)
    built_at = TimestampAttribute()
    sold_at = TimestampAttribute(null=True)
    insured_until = EpochAttribute(null=True)
    empty = BooleanAttribute(null=True)
    fault = JsonAttribute[Fault](Fault, null=True)
    words = JsonAttribute[tuple[str, ...]](tuple[str, ...], null=True)


@dataclass(frozen=True, slots=True)
class Sale:
    sold_at: datetime | None


@dataclass(frozen=True, slots=True)
class HouseWithGarden:
    house_id: str
    garden: str = "none"


MOMENTS = some.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001 - the zone comes next
    lambda moment: moment.replace(tzinfo=UTC, microsecond=moment.microsecond // 1000 * 1000)
)
HOUSES = some.builds(
    House,
    house_id=some.text(min_size=1),
    address=some.builds(Address, street=some.text(), floor=some.integers(-(10**9), 10**9)),
    colour=some.sampled_from(Colour),
    built_at=MOMENTS,
    sold_at=some.none() | MOMENTS,
    insured_until=some.none() | MOMENTS.map(lambda moment: moment.replace(microsecond=0)),
    empty=some.booleans(),
    fault=some.none() | some.builds(Fault, code=some.text(), row=some.none() | some.integers()),
    words=some.lists(some.text()).map(tuple),
)


def make_item(table: str, **attributes: str) -> None:
    item = {name: {"S": value} for name, value in attributes.items()}
    dynamodb_client().put_item(TableName=table, Item=item)


@pytest.fixture(autouse=True)
def houses(cloud: None) -> None:
    make_table("HOUSES_TABLE")


@few_examples
@given(house=HOUSES)
def test_an_entity_comes_back_as_it_was_stored(house: House) -> None:
    HouseRow.from_entity(house, "tenant#houses", "house").save()

    row = HouseRow.find("tenant#houses", "house")

    assert row is not None
    assert row.to_entity(House) == house


def test_what_is_absent_has_the_default_of_the_entity() -> None:
    HouseRow(
        "tenant#houses",
        "old",
        house_id="1",
        street="Main",
        colour=Colour.BLUE,
        built_at=datetime(2026, 1, 1, tzinfo=UTC),
    ).save()

    row = HouseRow.find("tenant#houses", "old")

    assert row is not None
    assert row.to_entity(House) == House("1", Address("Main"), Colour.BLUE, datetime(2026, 1, 1, tzinfo=UTC))


def test_a_row_that_lacks_what_its_entity_must_have_names_its_table_and_the_attribute() -> None:
    make_item("HOUSES_TABLE", pk="tenant#houses", sk="+14155550123", house_id="1", street="Main", colour="blue")
    row = HouseRow.find("tenant#houses", "+14155550123")
    assert row is not None

    with pytest.raises(
        IncompleteRow, match="HouseRow of the table HOUSES_TABLE lacks its attribute built_at"
    ) as raised:
        row.to_entity(House)

    assert raised.value.fields == {"table": "HOUSES_TABLE", "attribute": "built_at"}
    assert "+14155550123" not in str(raised.value)


def test_a_field_without_a_default_that_may_be_none_is_none_where_it_is_absent() -> None:
    make_item("HOUSES_TABLE", pk="tenant#houses", sk="sold", sold_at="2026-01-02T03:04:05.678Z")
    make_item("HOUSES_TABLE", pk="tenant#houses", sk="unsold")

    sales = [row.to_entity(Sale) for row in HouseRow.query("tenant#houses")]

    assert sales == [Sale(datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)), Sale(None)]


def test_attributes_are_stored_as_text_and_numbers_that_sort() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
    house = House("1", Address("Main", 2), Colour.RED, moment, insured_until=moment, fault=Fault("broken"))

    HouseRow.from_entity(house, "tenant#houses", "1", expires_at=moment + timedelta(days=1)).save()

    [item] = stored_items("HOUSES_TABLE")
    assert item["built_at"] == {"S": "2026-01-02T03:04:05.678Z"}
    assert item["insured_until"] == {"N": "1767323045"}
    assert item["expires_at"] == {"N": "1767409445"}
    assert item["colour"] == {"S": "red"}
    assert item["floor"] == {"N": "2"}
    assert item["fault"] == {"S": '{"code":"broken"}'}
    assert "sold_at" not in item


def test_a_field_that_the_row_has_no_attribute_for_is_named() -> None:
    row = HouseRow("tenant#houses", "1", house_id="1")

    with pytest.raises(TypeError, match=r"HouseRow has no attribute for HouseWithGarden\.garden"):
        row.to_entity(HouseWithGarden)
    with pytest.raises(TypeError, match=r"HouseRow has no attribute for HouseWithGarden\.garden"):
        HouseRow.from_entity(HouseWithGarden("1"), "tenant#houses", "1")


def test_a_field_without_an_attribute_may_be_given_by_hand() -> None:
    row = HouseRow("tenant#houses", "1", house_id="1")

    assert row.to_entity(HouseWithGarden, garden="roses") == HouseWithGarden("1", "roses")
