"""What the committed document tells an integrator; `make check` holds it to the code."""

import importlib
import json
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from local.openapi.fields import models_of
from local.openapi.operations import Undescribable
from local.openapi.start import STEPS, TAG, add_start
from tests.local.descriptions import Json, operations_of, resolve

ROOT = Path(__file__).parents[2]
SHORTEST = len("UUID of it.")


@pytest.fixture(scope="module")
def document() -> Json:
    loaded: Json = json.loads((ROOT / "openapi" / "herald.json").read_text(encoding="utf-8"))
    return loaded


def properties_in(schema: Json, place: str) -> Iterator[tuple[str, Json]]:
    for name, described in schema.get("properties", {}).items():
        yield f"{place}.{name}", described
        yield from properties_in(described, f"{place}.{name}")


def parameters_in(document: Json) -> Iterator[tuple[str, Json]]:
    for path, method, operation in operations_of(document):
        for one in operation.get("parameters", []):
            parameter = resolve(document, one["$ref"]) if "$ref" in one else one
            yield f"{method.upper()} {path}: {parameter['name']}", parameter


def fields_and_parameters(document: Json) -> Iterator[tuple[str, Json]]:
    for name, schema in document["components"]["schemas"].items():
        yield from properties_in(schema, name)
    yield from parameters_in(document)


def test_every_field_and_every_parameter_has_a_description(document: Json) -> None:
    silent = [place for place, one in fields_and_parameters(document) if not one.get("description")]
    assert not silent


def test_a_description_is_a_sentence_and_not_the_name_again(document: Json) -> None:
    for place, one in fields_and_parameters(document):
        description = one["description"]
        assert description.endswith("."), f"{place}: {description}"
        assert len(description) >= SHORTEST, f"{place}: {description}"
        name = place.rpartition(".")[2].replace("_", " ")
        assert description.rstrip(".").casefold() not in {name, f"the {name}"}, place


# Closed values


def values_of(annotation: object) -> set[object]:
    """The values that a type closes, wherever in it they stand; those of a model's own fields are the model's."""
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return {member.value for member in annotation}
    if get_origin(annotation) is Literal:
        return set(get_args(annotation))
    return {value for part in get_args(annotation) for value in values_of(part)}


def values_in(document: Json, schema: object) -> set[object]:
    if isinstance(schema, list):
        return {value for one in schema for value in values_in(document, one)}
    if not isinstance(schema, dict):
        return set()
    if "$ref" in schema:
        return values_in(document, resolve(document, schema["$ref"]))
    closed = {*schema.get("enum", []), *([schema["const"]] if "const" in schema else [])}
    parts = [schema.get(name) for name in ("anyOf", "items", "additionalProperties")]
    return closed | values_in(document, parts)


def models() -> list[type[BaseModel]]:
    for path in sorted(ROOT.glob("functions/*/*/schemas.py")):
        importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return list(models_of(("functions",)))


def test_every_field_of_a_closed_type_shows_its_values(document: Json) -> None:
    schemas, compared = document["components"]["schemas"], 0
    for model in models():
        for name, field in model.model_fields.items():
            closed = values_of(field.annotation)
            if closed and model.__name__ in schemas:
                shown = schemas[model.__name__]["properties"][field.serialization_alias or name]
                assert values_in(document, shown) == closed, f"{model.__name__}.{name}"
                compared += 1
    assert compared > 0


def test_a_text_that_is_a_status_a_role_or_a_kind_by_its_name_shows_its_values(document: Json) -> None:
    closed = re.compile(r"\W(?:\w+_)?(?:status|roles?|kind|state|scopes|disposition|token_type)$")
    texts = [(place, one.get("schema", one)) for place, one in fields_and_parameters(document) if closed.search(place)]
    assert texts
    for place, schema in texts:
        assert not is_text(schema) or values_in(document, schema), place


def is_text(schema: Json) -> bool:
    parts = (schema, schema.get("items", {}), *schema.get("anyOf", []))
    return any(part.get("type") == "string" for part in parts)


# The beginning


def test_the_first_tag_leads_a_newcomer_to_a_sent_report(document: Json) -> None:
    first, *_ = document["tags"]
    assert first["name"] == TAG == "Start here"
    operations = {f"{method.upper()} {path}": one for path, method, one in operations_of(document)}
    linked = re.findall(r"\]\(/redoc#operation/(\w+)\)", first["description"])
    assert linked == [operations[call]["operationId"] for call in STEPS]
    assert [one["operationId"] for one in operations.values() if TAG in one["tags"]] == sorted(
        linked, key=[one["operationId"] for one in operations.values()].index
    )


def test_getting_started_takes_the_same_way(document: Json) -> None:
    text = (ROOT / "docs" / "getting-started.md").read_text(encoding="utf-8")
    for call in STEPS:
        path = call.split()[1].replace("{batch_id}", "$BATCH")
        assert path in text, call


def test_a_beginning_that_leads_nowhere_is_refused() -> None:
    with pytest.raises(Undescribable, match="POST /api/v1/auth/register"):
        add_start({"tags": [], "paths": {}})
