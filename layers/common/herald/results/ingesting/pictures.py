"""Pictures out of a workbook's cells: stored once however many rows show them.

A row keeps a picture's name, which is made of its content; where it is stored follows from the row's own batch, so that
no name leads to another batch's pictures.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from herald.results.batches.model import Batch
from herald.results.ports import ObjectStore
from herald.values.picture import Picture
from herald.values.sheet import CellValue

_UPLOADS_AT_ONCE = 8


def picture_key(batch: Batch, picture: Picture) -> str:
    """Where a batch's picture is kept."""
    return f"{batch.tenant_id}/{batch.batch_id}/pictures/{picture.name}"


class StoringPictures:
    """Stores the pictures of one batch while its sheet is read."""

    def __init__(self, batch: Batch, documents: ObjectStore) -> None:
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
