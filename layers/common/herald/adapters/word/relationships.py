"""The lists that hold a Word package together: what a part refers to, and what kind each part is."""

import posixpath
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple
from xml.sax.saxutils import quoteattr

from herald.adapters.word.content import parse_xml

CONTENT_TYPES: Final = "[Content_Types].xml"
OFFICE_RELATIONSHIPS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_RELATIONSHIPS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES: Final = "http://schemas.openxmlformats.org/package/2006/content-types"


class Relationship(NamedTuple):
    """How a part calls something else: by ``id``; ``target`` is as the file writes it."""

    id: str
    type: str
    target: str
    mode: str = ""

    @property
    def kind(self) -> str:
        """The last word of the type, which is the same in the transitional and the strict form."""
        return self.type.rstrip("/").rpartition("/")[2]

    def part_from(self, source: str) -> str:
        """The name of the part it leads to from a part called ``source``; empty where it leads out of the package."""
        if self.mode.casefold() == "external":
            return ""
        return posixpath.normpath(posixpath.join("/", posixpath.dirname(source), self.target)).lstrip("/")


class ContentTypes(NamedTuple):
    """What kind each part is: by its extension or by its name."""

    defaults: Mapping[str, str]
    overrides: Mapping[str, str]

    def written(self) -> bytes:
        """The bytes of ``[Content_Types].xml``."""
        defaults = "".join(
            f"<Default Extension={quoteattr(extension)} ContentType={quoteattr(kind)}/>"
            for extension, kind in self.defaults.items()
        )
        overrides = "".join(
            f"<Override PartName={quoteattr(f'/{name}')} ContentType={quoteattr(kind)}/>"
            for name, kind in self.overrides.items()
        )
        return f'{_DECLARATION}<Types xmlns="{_TYPES}">{defaults}{overrides}</Types>'.encode()


def content_types_of(parts: Mapping[str, bytes]) -> ContentTypes:
    """Read ``[Content_Types].xml``."""
    defaults: dict[str, str] = {}
    overrides: dict[str, str] = {}
    for element in parse_xml(CONTENT_TYPES, parts[CONTENT_TYPES]):
        if element.get("PartName"):
            overrides[element.get("PartName").lstrip("/")] = element.get("ContentType", "")
        else:
            defaults[element.get("Extension", "")] = element.get("ContentType", "")
    return ContentTypes(defaults, overrides)


def relationships_name(part: str) -> str:
    """The name of the part that lists what this part refers to."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def relationships_of(parts: Mapping[str, bytes], part: str) -> list[Relationship]:
    """Read what a part refers to."""
    name = relationships_name(part)
    if name not in parts:
        return []
    return [
        Relationship(
            element.get("Id", ""), element.get("Type", ""), element.get("Target", ""), element.get("TargetMode", "")
        )
        for element in parse_xml(name, parts[name])
    ]


def write_relationships(relationships: Iterable[Relationship]) -> bytes:
    """The bytes of a part that lists these."""
    lines = "".join(
        f"<Relationship Id={quoteattr(entry.id)} Type={quoteattr(entry.type)} Target={quoteattr(entry.target)}"
        + (f" TargetMode={quoteattr(entry.mode)}/>" if entry.mode else "/>")
        for entry in relationships
    )
    return f'{_DECLARATION}<Relationships xmlns="{_RELATIONSHIPS}">{lines}</Relationships>'.encode()
