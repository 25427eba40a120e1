"""Pictures of a batch's rows, loaded to be rendered."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from cachetools import LRUCache

from herald.errors import Invalid, NotFound
from herald.results.batches.model import Batch
from herald.results.ingesting.pictures import picture_key
from herald.results.ports import FillableTemplate, ObjectStore, TemplateField
from herald.values.expected_text import ExpectedText
from herald.values.picture import Picture
from herald.values.sheet import CellText, Value

_LOADED_BYTES_KEPT = 64 * 1024 * 1024


class LoadedPictures:
    """Keeps the contents that were needed last."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects
        self._kept: LRUCache[str, bytes] = LRUCache(_LOADED_BYTES_KEPT, getsizeof=len)

    def content(self, key: str) -> bytes:
        """What is stored under a key, or NotFound."""
        if key not in self._kept:
            self._kept[key] = self._objects.get(key)
        return self._kept[key]


class PicturedTemplate:
    """A template that is given the contents of the pictures it shows."""

    def __init__(self, template: FillableTemplate, batch: Batch, loaded: LoadedPictures) -> None:
        self._template = template
        self._batch = batch
        self._loaded = loaded

    @property
    def fields(self) -> Mapping[str, TemplateField]:
        return self._template.fields

    @property
    def mergeable(self) -> bool:
        return self._template.mergeable

    @property
    def branches(self) -> frozenset[str]:
        return self._template.branches

    def branches_taken(self, values: Mapping[str, Value]) -> frozenset[str]:
        """As its template's; nothing depends on what a picture shows."""
        return self._template.branches_taken(self._with_contents(values))

    def expected_text(self, values: Mapping[str, Value]) -> ExpectedText:
        """As its template's."""
        return self._template.expected_text(self._with_contents(values))

    def fill(self, values: Mapping[str, Value]) -> bytes:
        """One person's Word document.

        Raises:
            Invalid: the values do not suit the template, or a picture is gone (``template_picture_missing``).
        """
        return self._template.fill(self._with_contents(values))

    def merge(self, rows: Sequence[Mapping[str, Value]]) -> bytes:
        """One Word document with everybody's pages one after another, or Invalid."""
        return self._template.merge([self._with_contents(values) for values in rows])

    def _with_contents(self, values: Mapping[str, Value]) -> dict[str, Value]:
        shown = self._template.fields
        return {name: self._loaded_value(name, value) if name in shown else value for name, value in values.items()}

    def _loaded_value(self, name: str, value: Value) -> Value:
        if isinstance(value, list):
            records = cast("list[Mapping[str, CellText]]", value)
            return [
                {inner: self._loaded_cell(f"{name}.{inner}", cell) for inner, cell in record.items()}
                for record in records
            ]
        return self._loaded_cell(name, cast("CellText", value))

    def _loaded_cell(self, name: str, cell: CellText) -> CellText:
        if not isinstance(cell, Picture):
            return cell
        try:
            return replace(cell, content=self._loaded.content(picture_key(self._batch, cell)))
        except NotFound as error:
            raise Invalid(
                f"The picture “{name}” is not there any more.",
                code="template_picture_missing",
                fields={"placeholder": name},
            ) from error
