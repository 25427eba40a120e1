# mypy: disable-error-code="no-untyped-call"
# PynamoDB leaves its map attributes untyped.
"""A document model reads a row as a stock PynamoDB model does, over the one shared client."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.models import Model

from herald.runtime.document_models import DocumentModel, shared_connection
from herald.runtime.document_shapes import dynamodb_client

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
ATTRIBUTES = st.fixed_dictionaries(
    {},
    optional={
        "name": TEXTS,
        "age": st.integers(-(10**15), 10**15),
        "active": st.booleans(),
        "tags": st.sets(TEXTS, min_size=1, max_size=3),
        "details": st.dictionaries(TEXTS, TEXTS, max_size=3),
        "extra": st.dictionaries(TEXTS, st.integers(0, 9), max_size=3),
        "history": st.lists(TEXTS, max_size=3),
    },
)


class Person(DocumentModel):
    class Meta:
        table_name = "PEOPLE_TABLE"

    key = UnicodeAttribute(hash_key=True, attr_name="pk")
    name = UnicodeAttribute(null=True, default="nobody")
    age = NumberAttribute(null=True)
    active = BooleanAttribute(default=True)
    tags = UnicodeSetAttribute(null=True)
    details = JSONAttribute(null=True)
    extra = MapAttribute[str, Any](null=True)
    history: ListAttribute[Any] = ListAttribute(null=True)


def as_stock(stored: dict[str, Any]) -> Person:
    """The row as PynamoDB's own method reads it."""
    row: Person = Model.from_raw_data.__func__(Person, stored)  # type: ignore[attr-defined]  # a class method has one
    return row


@given(ATTRIBUTES)
def test_a_row_is_read_as_a_stock_model_reads_it(attributes: dict[str, Any]) -> None:
    stored = Person("a key", **attributes).to_dynamodb_dict()

    read, expected = Person.from_raw_data(stored), as_stock(stored)

    assert read.to_dynamodb_dict() == expected.to_dynamodb_dict()
    assert (read.name, read.age, read.active, read.tags, read.details, read.history) == (
        expected.name, expected.age, expected.active, expected.tags, expected.details, expected.history,
    )  # fmt: skip


def test_an_explicit_null_reads_as_a_stock_model_reads_it() -> None:
    stored: dict[str, Any] = {"pk": {"S": "a key"}, "name": {"NULL": True}, "extra": {"NULL": True}}

    assert Person.from_raw_data(stored).attribute_values == as_stock(stored).attribute_values


@pytest.mark.parametrize("number", [1, 2])
def test_no_model_and_no_connection_makes_a_client_of_its_own(number: int, cloud: None) -> None:
    meta = type("Meta", (), {"table_name": f"TABLE_{number}"})
    kind = type(f"Row{number}", (Person,), {"Meta": meta, "__module__": __name__})

    clients: list[object] = [kind._get_connection().connection.client, shared_connection().client]  # type: ignore[attr-defined]  # made above

    assert clients == [dynamodb_client()] * 2
