"""Pictures out of a workbook's cells: stored once however many rows show them, and loaded again to be rendered.

A row keeps a picture's name, which is made of its content; where it is stored follows from the row's own batch, so that
no name leads to another batch's pictures.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Protocol, cast

from herald.errors import Invalid, NotFound
from herald.results.batches.model import Batch
from herald.results.rendering.compiled import Template
from herald.results.rendering.samples import SampleField
from herald.results.reports.model import CellText, Value
from herald.values.picture import Picture
from herald.values.sheet import CellValue

_UPLOADS_AT_ONCE = 8
_LOADED_BYTES_KEPT = 64 * 1024 * 1024


class Documents(Protocol):
    """Where pictures are put."""

    def put_once(self, key: str, content: bytes, *, content_type: str, tags: Mapping[str, str] | None = None) -> bool:
        """Stores a file unless its key is taken; False where it was."""
        ...


class Objects(Protocol):
    """Where pictures are kept."""

    def get(self, key: str) -> bytes:
        """A file's content, or NotFound."""
        ...


def picture_key(batch: Batch, picture: Picture) -> str:
    """Where a batch's picture is kept."""
    return f"{batch.tenant_id}/{batch.batch_id}/pictures/{picture.name}"


class StoringPictures:
    """Stores the pictures of one batch while its sheet is read."""

    def __init__(self, batch: Batch, documents: Documents) -> None:
        self._batch = batch
        self._documents = documents
        self._stored: set[str] = set()

    def store(self, cells: Iterable[CellValue]) -> None:
        """Stores the pictures among these cells, as far as that was not done yet."""
        new = {cell.name: cell for cell in cells if isinstance(cell, Picture) and cell.name not in self._stored}
        if not new:
            return
        with ThreadPoolExecutor(_UPLOADS_AT_ONCE, thread_name_prefix="pictures") as uploads:
            list(uploads.map(self._put, new.values()))
        self._stored |= new.keys()

    def _put(self, picture: Picture) -> None:
        self._documents.put_once(
            picture_key(self._batch, picture),
            picture.content,
            content_type=picture.content_type,
            tags={"retention": str(self._batch.retention_days)},
        )


class LoadedPictures:
    """Keeps the contents that were needed last."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0

    def content(self, key: str) -> bytes:
        """What is stored under a key, or NotFound."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        content = self._objects.get(key)
        self._kept[key] = content
        self._size += len(content)
        while self._size > _LOADED_BYTES_KEPT and len(self._kept) > 1:
            self._size -= len(self._kept.popitem(last=False)[1])
        return content


class PicturedTemplate:
    """A template that is given the contents of the pictures it shows."""

    def __init__(self, template: Template, batch: Batch, loaded: LoadedPictures) -> None:
        self._template = template
        self._batch = batch
        self._loaded = loaded

    @property
    def fields(self) -> Mapping[str, SampleField]:
        """What it does with each of its values."""
        return self._template.fields

    @property
    def mergeable(self) -> bool:
        """Whether several rows can be put into one document at all."""
        return self._template.mergeable

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
