"""Reading an OpenAPI document."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]


def operations_of(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def references_in(value: object) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from references_in(item)
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for item in value.values():
            yield from references_in(item)


def schemas_of(document: Json, value: object) -> dict[str, Json]:
    """Every schema that a part of the document refers to, directly or through others, by reference."""
    found: dict[str, Json] = {}
    waiting = list(references_in(value))
    while waiting:
        reference = waiting.pop()
        if reference not in found:
            found[reference] = resolve(document, reference)
            waiting += references_in(found[reference])
    return found


def answers_of(operation: Json) -> Iterator[Json]:
    """The schemas of what an operation answers with where nothing fails."""
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            yield from (content["schema"] for content in answer.get("content", {}).values())


def resolve(document: Json, reference: str) -> Json:
    found: Json = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part.replace("~1", "/").replace("~0", "~")]
    return found
