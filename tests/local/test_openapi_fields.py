from typing import Generic, TypeVar

from pydantic import BaseModel, Field

from herald.http.schemas import RequestBody, View
from local.openapi.fields import describe_fields, models_of

Content = TypeVar("Content")


class Thing(View):
    name: str
    """What it is called, by
    whoever made it."""
    size: int
    weight: int = Field(description="In grams.")
    """Told by the field itself."""


class LargeThing(Thing):
    size: int
    """In metres."""


class ThingRequest(RequestBody):
    shown_by = Thing

    name: str = ""
    size: int = 0


class Box(BaseModel, Generic[Content]):
    content: Content
    """What is in it."""


def described(model: type[BaseModel]) -> dict[str, str | None]:
    describe_fields([model])
    properties = model.model_json_schema()["properties"]
    return {name: schema.get("description") for name, schema in properties.items()}


def test_what_stands_below_a_field_is_its_description_and_a_field_s_own_description_stands() -> None:
    assert described(Thing) == {
        "name": "What it is called, by\nwhoever made it.",
        "size": None,
        "weight": "In grams.",
    }


def test_a_model_that_extends_another_says_only_what_is_different() -> None:
    assert described(LargeThing) == {
        "name": "What it is called, by\nwhoever made it.",
        "size": "In metres.",
        "weight": "In grams.",
    }


def test_a_request_says_of_a_field_what_is_said_of_it_where_it_is_shown() -> None:
    assert described(ThingRequest)["name"] == "What it is called, by\nwhoever made it."


def test_a_generic_model_describes_its_fields_whatever_stands_in_them() -> None:
    assert described(Box[int]) == {"content": "What is in it."}


def test_what_the_source_says_of_fields_is_not_there_at_run_time() -> None:
    assert Box.model_fields["content"].description is None


def test_models_are_found_by_their_packages_those_that_extend_others_too() -> None:
    assert {Thing, LargeThing, ThingRequest, Box, Box[int]} <= set(models_of(("tests",)))
    assert not [model for model in models_of(("functions",)) if model.__module__.startswith("tests.")]
