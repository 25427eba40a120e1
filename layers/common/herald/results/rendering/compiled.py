"""Templates compiled once while a worker is warm."""

from collections.abc import Callable

from cachetools import LRUCache

from herald.results.ports import ObjectStore, TemplateFile
from herald.results.templates.model import Slimming, TemplateVersion

_TEMPLATES_KEPT = 4

Compile = Callable[[bytes], TemplateFile]


class CompiledTemplates:
    """Keeps the last few templates compiled."""

    def __init__(self, objects: ObjectStore, compile_whole: Compile, compile_slimmed: Compile) -> None:
        self._objects = objects
        self._compile_whole = compile_whole
        self._compile_slimmed = compile_slimmed
        self._kept: LRUCache[tuple[Compile, str], TemplateFile] = LRUCache(_TEMPLATES_KEPT)

    def of(self, version: TemplateVersion) -> TemplateFile:
        """A version as it is rendered: slimmed where that is known to change nothing.

        Raises:
            NotFound: its file is gone.
            Invalid: it is no good template.
        """
        known = version.slimming is Slimming.FAITHFUL
        return self.slimmed(version.object_key) if known else self.whole(version.object_key)

    def whole(self, key: str) -> TemplateFile:
        """The template whose file has this key, with all that the file carries; raises as `of`."""
        return self._compiled(self._compile_whole, key)

    def slimmed(self, key: str) -> TemplateFile:
        """The same without what no page shows, which nobody has proved yet; raises as `of`."""
        return self._compiled(self._compile_slimmed, key)

    def _compiled(self, compile_template: Compile, key: str) -> TemplateFile:
        if (compile_template, key) not in self._kept:
            self._kept[compile_template, key] = compile_template(self._objects.get(key))
        return self._kept[compile_template, key]
