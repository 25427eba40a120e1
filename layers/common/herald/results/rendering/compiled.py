"""Templates compiled once while a worker is warm."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from herald.results.rendering.samples import SampleField
from herald.results.reports.model import Value

_TEMPLATES_KEPT = 4


class Template(Protocol):
    """A compiled template."""

    @property
    def fields(self) -> Mapping[str, SampleField]:
        """What it does with each of its values."""
        ...

    @property
    def mergeable(self) -> bool:
        """Whether several rows can be put into one document at all."""
        ...

    def fill(self, values: Mapping[str, Value]) -> bytes:
        """One person's Word document, or Invalid."""
        ...

    def merge(self, rows: Sequence[Mapping[str, Value]]) -> bytes:
        """One Word document with everybody's pages one after another, or Invalid."""
        ...


class Objects(Protocol):
    """Where files are kept."""

    def get(self, key: str) -> bytes:
        """A file's content, or NotFound."""
        ...


class CompiledTemplates:
    """Keeps the last few templates compiled."""

    def __init__(self, objects: Objects, compile_template: Callable[[bytes], Template]) -> None:
        self._objects = objects
        self._compile = compile_template
        self._kept: dict[str, Template] = {}

    def get(self, key: str) -> Template:
        """The template whose file has this key.

        Raises:
            NotFound: there is no such file.
            Invalid: it is no good template.
        """
        if key not in self._kept:
            while len(self._kept) >= _TEMPLATES_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = self._compile(self._objects.get(key))
        return self._kept[key]
