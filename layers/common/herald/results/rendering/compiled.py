"""Templates compiled once while a worker is warm."""

from collections.abc import Callable

from cachetools import LRUCache

from herald.results.ports import FillableTemplate, ObjectStore

_TEMPLATES_KEPT = 4


class CompiledTemplates:
    """Keeps the last few templates compiled."""

    def __init__(self, objects: ObjectStore, compile_template: Callable[[bytes], FillableTemplate]) -> None:
        self._objects = objects
        self._compile = compile_template
        self._kept: LRUCache[str, FillableTemplate] = LRUCache(_TEMPLATES_KEPT)

    def get(self, key: str) -> FillableTemplate:
        """The template whose file has this key.

        Raises:
            NotFound: there is no such file.
            Invalid: it is no good template.
        """
        if key not in self._kept:
            self._kept[key] = self._compile(self._objects.get(key))
        return self._kept[key]
