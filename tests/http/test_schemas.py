"""What request bodies may hold: the fields they know, and what an answer showed."""

import json

import pytest
from pydantic import ValidationError

from herald.http.schemas import RequestBody, View
from local.stack.running import ROOT
from tests.support.people import SignedUp, sign_up


class CupView(View):
    id: str
    size: int


class CupChanges(RequestBody):
    shown_by = CupView

    size: int | None = None


def test_what_an_answer_showed_may_be_sent_back() -> None:
    shown = CupView(id="cup-1", size=3).model_dump()

    assert CupChanges.model_validate(shown | {"size": 5}).size == 5


def test_a_field_that_nobody_knows_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match="colour"):
        CupChanges.model_validate({"size": 5, "colour": "blue"})


def test_every_json_body_is_closed_in_the_description() -> None:
    document = json.loads((ROOT / "openapi" / "herald.json").read_text(encoding="utf-8"))
    schemas = document["components"]["schemas"]
    bodies = [
        (f"{method} {path}", operation["requestBody"]["content"]["application/json"]["schema"])
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    ]

    named = [
        (label, choice) for label, schema in bodies for choice in schema.get("anyOf", [schema]) if "$ref" in choice
    ]

    assert len(named) > 20
    assert [label for label, choice in named if not _is_closed(schemas[choice["$ref"].rpartition("/")[2]])] == []


def _is_closed(schema: dict[str, object]) -> bool:
    return schema.get("additionalProperties") is False


@pytest.fixture
def admin(cloud: None) -> SignedUp:
    return sign_up()


def test_the_answer_names_the_callers_own_field(admin: SignedUp) -> None:
    path = f"/api/tenants/{admin.tenant_id}"
    desk = admin.at("mifumo/tenants")

    refused = desk.put(path, {"name": "Greenfield", "colour": "blue"})

    assert refused.status == 400
    assert refused.body["errors"] == {"colour": ["there is no such field in this request"]}
    assert desk.put(path, desk.get(path).body["data"] | {"name": "Greenfield"}).body["data"]["name"] == "Greenfield"


def test_a_form_is_told_to_be_json(admin: SignedUp) -> None:
    refused = admin.at("mifumo/tenants").send(
        "PUT",
        f"/api/tenants/{admin.tenant_id}",
        text="name=Greenfield",
        headers={"content-type": "application/x-www-form-urlencoded"},
    )

    assert refused.status == 400
    assert "Content-Type: application/json" in refused.text
