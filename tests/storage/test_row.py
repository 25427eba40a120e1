# mypy: disable-error-code="no-untyped-call"
# PynamoDB leaves its map attributes untyped.
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pynamodb.attributes import (
    Attribute,
    BinaryAttribute,
    BinarySetAttribute,
    BooleanAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    NumberSetAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)

from herald.storage import Row, Transaction, TransactionRefused, dynamodb_client
from tests.support.cloud import make_table, stored_items

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


class Address(MapAttribute[str, Any]):
    street = UnicodeAttribute()
    floors = ListAttribute[int](of=NumberAttribute)  # type: ignore[arg-type]  # PynamoDB types an element as its value


class PersonRow(Row):
    class Meta:
        table_name = "PEOPLE_TABLE"

    name = UnicodeAttribute(null=True)
    age = NumberAttribute(null=True)
    active = BooleanAttribute(null=True)
    tags = UnicodeSetAttribute(null=True)
    scores = NumberSetAttribute(null=True)
    address = Address(null=True)
    attributes = MapAttribute[str, Any](null=True)
    history = ListAttribute[Any](null=True)


class OtherRow(Row):
    class Meta:
        table_name = "OTHER_TABLE"


@pytest.fixture(autouse=True)
def people(cloud: None) -> None:
    make_table("PEOPLE_TABLE")


def stored(row: PersonRow) -> PersonRow:
    row.save()
    return PersonRow.get(row.partition, row.sort, consistent_read=True)


def plain(value: MapAttribute[str, Any] | dict[str, Any]) -> dict[str, Any]:
    return value.as_dict() if isinstance(value, MapAttribute) else value


def test_every_row_class_speaks_through_the_one_client() -> None:
    clients: list[object] = [kind._get_connection().connection.client for kind in (PersonRow, OtherRow)]

    assert all(client is dynamodb_client() for client in clients)


def test_a_transaction_speaks_through_the_one_client_as_well() -> None:
    requests: list[str] = []
    dynamodb_client().meta.events.register("before-call.dynamodb", lambda model, **_: requests.append(str(model.name)))

    with Transaction() as writes:
        writes.save(PersonRow("tenant#people", "person#1"))

    assert requests == ["TransactWriteItems"]


def test_a_full_row_comes_back_as_it_was_stored() -> None:
    row = stored(
        PersonRow(
            "tenant#people",
            "person#1",
            name="Žofie 🦊",
            age=41.5,
            active=False,
            tags={"a", "b"},
            scores={1, 2.5},
            address=Address(street="Main", floors=[0, -1]),
            attributes={"nested": {"deep": [1, "two", None, True, {"three": 3}]}, "empty": {}, "list": []},
            history=[{"at": "noon"}, [], "text", 7],
            expires_at=datetime(2026, 11, 22, 19, 56, 44, tzinfo=UTC),
        )
    )

    assert (row.name, row.age, row.active) == ("Žofie 🦊", 41.5, False)
    assert (row.tags, row.scores) == ({"a", "b"}, {1, 2.5})
    assert (row.address.street, row.address.floors) == ("Main", [0, -1])
    assert plain(row.attributes) == {
        "nested": {"deep": [1, "two", None, True, {"three": 3}]},
        "empty": {},
        "list": [],
    }
    assert row.history == [{"at": "noon"}, [], "text", 7]
    assert row.expires_at == datetime(2026, 11, 22, 19, 56, 44, tzinfo=UTC)


def test_what_a_row_does_not_have_is_none() -> None:
    row = stored(PersonRow("tenant#people", "person#1"))

    assert {row.name, row.age, row.active, row.tags, row.address, row.history, row.expires_at} == {None}


def test_a_key_of_a_map_may_look_like_a_type_of_dynamodb() -> None:
    row = stored(PersonRow("tenant#people", "person#1", attributes={"S": "x", "N": {"M": {"L": [1]}}, "NULL": None}))

    assert plain(row.attributes) == {"S": "x", "N": {"M": {"L": [1]}}, "NULL": None}


def test_a_row_that_was_read_can_be_written_again() -> None:
    row = stored(
        PersonRow("tenant#people", "person#1", address=Address(street="Main", floors=[1]), attributes={"a": {}})
    )
    before = stored_items("PEOPLE_TABLE")

    row.save()

    assert stored_items("PEOPLE_TABLE") == before


def test_a_row_learns_what_an_update_changed() -> None:
    row = stored(PersonRow("tenant#people", "person#1", name="old", attributes={"a": 1}))

    row.update(actions=[PersonRow.name.set("new"), PersonRow.attributes["a"].set(2)])

    assert (row.name, plain(row.attributes)) == ("new", {"a": 2})


@given(st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), VALUES, max_size=3))
def test_nested_values_pass_through_a_row_unchanged(values: dict[str, Any]) -> None:
    written = PersonRow("tenant#people", "person#1", attributes=values, history=[values]).to_dynamodb_dict()

    row = PersonRow.from_raw_data(written)

    assert plain(row.attributes) == values
    assert row.history == [values]


def test_values_are_stored_in_dynamodbs_own_form() -> None:
    PersonRow("tenant#people", "person#1", age=3, history=[None, "a"]).save()

    assert stored_items("PEOPLE_TABLE") == [
        {
            "pk": {"S": "tenant#people"},
            "sk": {"S": "person#1"},
            "age": {"N": "3"},
            "history": {"L": [{"NULL": True}, {"S": "a"}]},
        }
    ]


class Photo(MapAttribute[str, Any]):
    picture = BinaryAttribute(legacy_encoding=False)


class Album(MapAttribute[str, Any]):
    photo = Photo()


@pytest.mark.parametrize(
    "attribute",
    [
        BinaryAttribute(legacy_encoding=False),
        BinarySetAttribute(legacy_encoding=False),
        ListAttribute(of=BinaryAttribute),
        Photo(),
        Album(),
        ListAttribute(of=Album),
    ],
    ids=["binary", "binary set", "list of binary", "map with binary", "map in map", "list of maps"],
)
def test_a_row_with_binary_in_it_cannot_be_made(attribute: Attribute[Any]) -> None:
    with pytest.raises(TypeError, match="picture is binary; rows hold text, numbers, lists and maps only"):
        type("PictureRow", (Row,), {"picture": attribute})


def test_many_rows_are_read_a_hundred_at_a_time_and_those_missing_are_left_out() -> None:
    for number in range(150):
        PersonRow("tenant#people", f"person#{number:03}").save()
    keys = [("tenant#people", f"person#{number:03}") for number in range(149, 260)]

    assert [row.sort for row in PersonRow.read_many(keys)] == ["person#149"]
    every = PersonRow.read_many([("tenant#people", f"person#{number:03}") for number in range(150)])
    assert sorted(row.sort for row in every) == [f"person#{number:03}" for number in range(150)]


def test_a_row_asked_for_twice_comes_once() -> None:
    PersonRow("tenant#people", "person#1").save()
    keys = [("tenant#people", f"person#{number}") for number in range(100)] + [("tenant#people", "person#1")]

    assert [row.sort for row in PersonRow.read_many(keys)] == ["person#1"]


def test_nothing_asked_for_is_nothing_read() -> None:
    assert list(PersonRow.read_many([])) == []


def test_a_transaction_happens_as_a_whole_or_not_at_all() -> None:
    PersonRow("tenant#people", "person#2").save()

    def add_both() -> None:
        with Transaction() as writes:
            writes.save(PersonRow("tenant#people", "person#1"))
            writes.save(PersonRow("tenant#people", "person#2"), condition=PersonRow.partition.does_not_exist())

    with pytest.raises(TransactionRefused):
        add_both()

    assert [item["sk"] for item in stored_items("PEOPLE_TABLE")] == [{"S": "person#2"}]


def test_a_raw_query_gives_the_asked_attributes_between_two_keys_inclusively() -> None:
    for number in range(6):
        PersonRow("tenant#people", f"person#{number}", name=f"n{number}", age=number).save()
    PersonRow("other#people", "person#3", name="of another tenant").save()

    items = PersonRow.query_raw(
        partition="tenant#people",
        sort_between=("person#2", "person#4"),
        attributes=["sk", "name"],
    )

    assert list(items) == [
        {"sk": {"S": "person#2"}, "name": {"S": "n2"}},
        {"sk": {"S": "person#3"}, "name": {"S": "n3"}},
        {"sk": {"S": "person#4"}, "name": {"S": "n4"}},
    ]


def test_a_raw_query_follows_every_page() -> None:
    for number in range(5):
        PersonRow("tenant#people", f"person#{number}", name="x" * 390_000).save()  # a page ends after a megabyte

    items = list(PersonRow.query_raw(partition="tenant#people", sort_between=("a", "z"), attributes=["sk"]))

    assert [item["sk"]["S"] for item in items] == [f"person#{number}" for number in range(5)]
    first_page = dynamodb_client().query(
        TableName="PEOPLE_TABLE",
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": "tenant#people"}},
    )
    assert "LastEvaluatedKey" in first_page


def test_a_refused_change_gives_the_row_as_it_stands() -> None:
    PersonRow("tenant#people", "person#1", name="Zoë", age=41).save()
    row = PersonRow("tenant#people", "person#1")

    refused = row.update_or_find([PersonRow.age.add(1)], PersonRow.age > 50)
    changed = row.update_or_find([PersonRow.age.add(1)], PersonRow.age < 50)

    assert refused is not None
    assert (refused.name, refused.age) == ("Zoë", 41)
    assert changed is None
    assert row.age == 42
