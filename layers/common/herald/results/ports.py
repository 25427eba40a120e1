"""What results need of the outside world."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from herald.values.expected_text import ExpectedText
from herald.values.notation import Notation
from herald.values.sheet import SheetRow, Value


class ObjectStore(Protocol):
    """A bucket of files: of those that arrive by upload, or of those that results keep."""

    def put(self, key: str, content: bytes, *, content_type: str) -> None:
        """Stores a file."""
        ...

    def put_once(self, key: str, content: bytes, *, content_type: str, tags: Mapping[str, str] | None = None) -> bool:
        """Stores a file unless its key is taken; False where it was."""
        ...

    def get(self, key: str) -> bytes:
        """A file's content, or NotFound."""
        ...

    def get_bounded(self, key: str, *, at_most: int) -> bytes:
        """A file's content, NotFound, or TooLarge."""
        ...

    def download(self, key: str, path: Path, *, etag: str, at_most: int) -> None:
        """One version of a file onto the disk; NotFound, Conflict where it was replaced, or TooLarge."""
        ...

    def delete(self, key: str) -> None:
        """Removes a file; harmless where there is none."""
        ...

    def delete_many(self, keys: Sequence[str]) -> None:
        """Removes up to a thousand files; harmless for those there are not."""
        ...

    def delete_under(self, prefix: str, *, at_most: int) -> int:
        """Removes files; fewer than ``at_most`` means that none is left."""
        ...

    def upload_url(self, key: str, *, seconds: int, content_type: str, size: int | None = None) -> str:
        """A URL that takes a file of this type, and of this many bytes where it is told."""
        ...

    def download_url(self, key: str, *, seconds: int, content_type: str, disposition: str) -> str:
        """A URL that gives a file."""
        ...


class Queue(Protocol):
    """A queue that work is put on."""

    def send(self, messages: Sequence[Mapping[str, object]], *, delay_seconds: int = 0) -> None:
        """Puts work on the queue, to be seen after the delay."""
        ...


class Schedule(Protocol):
    """What puts a message on the delivery queue at a moment."""

    def put_once(self, name: str, moment: datetime, message: Mapping[str, object]) -> bool:
        """Sends a message at a moment; False where one of that name waits already."""
        ...

    def delete(self, name: str) -> None:
        """Takes a message back; harmless where it is gone."""
        ...

    def delete_beginning(self, beginning: str, *, at_most: int) -> int:
        """Takes messages back by how their names begin; fewer than ``at_most`` means that none is left."""
        ...


class Workflow(Protocol):
    """The state machine that renders batches; an execution's name is used once."""

    def start_once(self, name: str, input_: Mapping[str, object]) -> bool:
        """Starts an execution; False where it was started before under this name."""
        ...

    def was_started(self, name: str) -> bool:
        """Whether there is, or was, an execution of this name."""
        ...

    def stop(self, name: str) -> None:
        """Stops an execution; harmless where it has ended."""
        ...


class Renderer(Protocol):
    """The function that renders."""

    def ask(self, payload: Mapping[str, object]) -> Mapping[str, object]:
        """An answer, or Unavailable."""
        ...

    def tell(self, payload: Mapping[str, object]) -> None:
        """Hands over some work, or Unavailable."""
        ...


class TemplateField(Protocol):
    """What a template does with one of its values."""

    @property
    def kind(self) -> str:
        """``text``, ``number``, ``date`` or ``picture``."""
        ...

    @property
    def repeated(self) -> bool:
        """Whether it is a list of records."""
        ...

    @property
    def fields(self) -> "Mapping[str, TemplateField]":
        """What is read of each record."""
        ...

    @property
    def compared(self) -> Sequence[str | int | float]:
        """The constants that conditions compare it with."""
        ...


class FillableTemplate(Protocol):
    """A Word template, compiled, as rows are put into it."""

    @property
    def fields(self) -> Mapping[str, TemplateField]:
        """What it does with each of its values."""
        ...

    @property
    def mergeable(self) -> bool:
        """Whether several rows can be put into one document at all."""
        ...

    @property
    def branches(self) -> frozenset[str]:
        """Every way that its conditions and loops can go."""
        ...

    def branches_taken(self, values: Mapping[str, Value]) -> frozenset[str]:
        """The ways that they go with values which it takes."""
        ...

    def expected_text(self, values: Mapping[str, Value]) -> ExpectedText:
        """What one person's document says."""
        ...

    def fill(self, values: Mapping[str, Value]) -> bytes:
        """One person's Word document, or Invalid."""
        ...

    def merge(self, rows: Sequence[Mapping[str, Value]]) -> bytes:
        """One Word document with everybody's pages one after another, or Invalid, or TooLarge."""
        ...


class TemplateFile(FillableTemplate, Protocol):
    """The same, before it is known whose values will come."""

    def in_notation(self, notation: Notation) -> FillableTemplate:
        """The template for values whose texts spell numbers and dates in this way."""
        ...


class CompiledTemplate(TemplateFile, Protocol):
    """The same, with what its author is told of it."""

    @property
    def placeholders(self) -> frozenset[str]:
        """The names that it asks for."""
        ...

    @property
    def fonts(self) -> frozenset[str]:
        """The fonts that its text is set in."""
        ...

    @property
    def embedded_fonts(self) -> tuple[str, ...]:
        """The fonts that its file brought along, which are left out."""
        ...

    @property
    def warnings(self) -> tuple[str, ...]:
        """What its author should know of it, in a sentence each."""
        ...


class ConversionFailure(Protocol):
    """Why a document did not become a PDF: a code for programs, a message for people."""

    @property
    def code(self) -> str: ...

    @property
    def message(self) -> str: ...


class Converter(Protocol):
    """Makes PDFs of Word documents."""

    def convert(self, documents: Sequence[bytes], *, deadline_seconds: float) -> Sequence[bytes | ConversionFailure]:
        """A PDF or a failure for each document, in order."""
        ...

    def convert_merged(self, document: bytes, rows: int, *, deadline_seconds: float) -> list[bytes] | ConversionFailure:
        """A PDF for each row of a merged document, in order, or the failure of all."""
        ...

    def close(self) -> None:
        """Ends LibreOffice; the next conversion begins with a new one."""
        ...


class OpenWorkbook(Protocol):
    @property
    def header(self) -> tuple[str, ...]:
        """The titles of its columns."""
        ...

    @property
    def rows(self) -> Iterator[SheetRow]:
        """Its rows, once."""
        ...


class WorkbookReader(Protocol):
    def __call__(self, path: Path, *, sheet: str) -> AbstractContextManager[OpenWorkbook]:
        """The named sheet, or the first visible one where ``sheet`` is empty."""
        ...
