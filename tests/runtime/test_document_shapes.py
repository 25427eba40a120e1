"""The shapes that hold attribute values are those that we mark, and values pass through them unseen."""

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.loaders import Loader

from herald.runtime.document_shapes import DOCUMENT_SHAPES, dynamodb_client
from tests.support.cloud import make_table

OPERATIONS = (
    "BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "TransactGetItems",
    "TransactWriteItems", "UpdateItem",
)  # fmt: skip
NEVER_SENT = {
    "AttributeValueList", "AttributeValueUpdate", "ExpectedAttributeValue",  # of conditions as they were before 2014
    "ItemCollectionKeyAttributeMap",  # of metrics that are not asked for
}  # fmt: skip
ITEM: dict[str, Any] = {"pk": {"S": "a"}, "sk": {"S": "b"}, "list": {"L": [{"N": "1"}, {"M": {"x": {"NULL": True}}}]}}
KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}


def test_botocore_knows_no_other_shape_that_holds_attribute_values() -> None:
    shapes = _stock_model()["shapes"]
    holding = {name for name in _reachable(_stock_model()) if "AttributeValue" in _parts(shapes[name])}

    inside_of_values = {"ListAttributeValue", "MapAttributeValue"}
    assert holding - inside_of_values - NEVER_SENT == {
        "AttributeMap", "ExpressionAttributeValueMap", "Key", "PutItemInputAttributeMap",
    }  # fmt: skip
    assert set(DOCUMENT_SHAPES) <= _reachable(_stock_model())


@pytest.mark.parametrize("shape", ["AttributeMap", "ItemList", "ExpressionAttributeValueMap"])
def test_the_client_takes_a_shape_of_values_for_a_document(shape: str, cloud: None) -> None:
    assert dynamodb_client().meta.service_model.shape_for(shape).is_document_type  # type: ignore[attr-defined]  # of structures


def test_values_are_written_and_read_in_dynamodbs_own_form(cloud: None) -> None:
    make_table("VALUES_TABLE")
    client = dynamodb_client()

    client.put_item(TableName="VALUES_TABLE", Item=ITEM)

    assert client.get_item(TableName="VALUES_TABLE", Key=KEY)["Item"] == ITEM
    assert client.scan(TableName="VALUES_TABLE")["Items"] == [ITEM]
    found = client.batch_get_item(RequestItems={"VALUES_TABLE": {"Keys": [KEY]}})
    assert found["Responses"] == {"VALUES_TABLE": [ITEM]}


def _stock_model() -> Mapping[str, Any]:
    model: Mapping[str, Any] = Loader().load_service_model("dynamodb", "service-2")
    return model


def _reachable(model: Mapping[str, Any]) -> set[str]:
    """Every shape of what our operations send and get."""
    unseen = [model["operations"][name][side]["shape"] for name in OPERATIONS for side in ("input", "output")]
    reached: set[str] = set()
    while unseen:
        name = unseen.pop()
        if name not in reached:
            reached.add(name)
            unseen += _parts(model["shapes"][name])
    return reached


def _parts(shape: Mapping[str, Any]) -> list[str]:
    members = shape.get("members", {}).values()
    return [
        part["shape"] for part in (*members, *(shape[side] for side in ("member", "key", "value") if side in shape))
    ]
