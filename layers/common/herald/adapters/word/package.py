"""What a Word file may hold before anything else of Herald opens it.

A .docx is a zip of XML parts. It comes from outside, so everything that could reach another file or machine, run
code, or blow up while it is unpacked is refused here, with a code of its own and a sentence its author can act on.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Final

from herald.adapters.word.content import SAFE_LINKS, check_tree, parse_xml
from herald.adapters.word.embedded_fonts import EMBEDDED_FONT, without_embedded_fonts
from herald.adapters.word.images import PictureAllowance
from herald.adapters.word.references import check_references
from herald.adapters.word.relationships import relationships_name, relationships_of, write_relationships
from herald.errors import Invalid

MAX_ZIPPED_BYTES: Final = 10 * 1024 * 1024
MAX_INFLATED_BYTES: Final = 100 * 1024 * 1024
MAX_PARTS: Final = 2_000
_PACKAGE: Final = ""
_CHUNK_BYTES: Final = 64 * 1024

_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_MAIN_PART: Final = f"{_WORD}document.main+xml"
_FILLED_PARTS: Final = frozenset(f"{_WORD}{kind}+xml" for kind in ("header", "footer", "footnotes", "endnotes"))
_HARMLESS_BINARIES: Final = frozenset({EMBEDDED_FONT, f"{_WORD}printerSettings"})
# How Word shows the file in a folder, often as EMF: on no page, so it is left out instead of refused.
_THUMBNAIL: Final = "docprops/thumbnail."

# ECMA-376 part 1, relationship types by their last word, which is the same in the transitional and strict forms.
_EMBEDDING_RELATIONSHIPS: Final = frozenset({"oleObject", "package", "control", "activeXControlBinary"})
_MACRO_RELATIONSHIPS: Final = frozenset({"vbaProject", "wordVbaData", "keyMapCustomizations", "attachedToolbars"})
_IMPORTING_RELATIONSHIPS: Final = frozenset({"aFChunk", "subDocument", "frame", "mailMergeSource"})

_DISGUISES: Final = (
    (b"\xd0\xcf\x11\xe0", "template_legacy_format", "This is an old .doc file or a password-protected one."),
    (b"{\\rtf", "template_rtf", "This is an RTF file with another name."),
    (b"<", "template_html", "This is a web page or an XML file with another name."),
)


class Package:
    """The parts of a checked Word file.

    Attributes:
        parts: Every part's name and its inflated content, in the order of the file.
        main: The name of the part that holds the document itself.
        embedded_fonts: The names of the fonts that the file brought along, and that are in none of the parts.
        filled: The names of the parts that may hold placeholders: document, headers, footers and notes.
    """

    def __init__(
        self, parts: Mapping[str, bytes], content_types: "_ContentTypes", main: str, embedded_fonts: tuple[str, ...]
    ) -> None:
        self.parts = parts
        self.embedded_fonts = embedded_fonts
        self.main = main
        self._content_types = content_types
        self.filled = (main, *(name for name in parts if content_types.of(name) in _FILLED_PARTS))

    def with_parts(self, parts: Mapping[str, bytes]) -> "Package":
        """The same document made of these parts, which are as safe as the checked ones they were made from."""
        return Package(parts, self._content_types, self.main, self.embedded_fonts)


def open_package(content: bytes) -> Package:
    """The parts of a Word file; one that is hostile, broken or something else in disguise is refused.

    Raises:
        Invalid: With a code that begins with ``template_`` and, where one part is to blame, its name in ``fields``.
    """
    _refuse_disguises(content)
    parts = _without_thumbnail(_inflate(content))
    content_types = _ContentTypes(parts)
    allowance = PictureAllowance()
    for name, part in parts.items():
        content_type = content_types.of(name)
        _check_part(name, part, content_type)
        if _is_picture(name, content_type):
            allowance.spend(name, part, content_type)
    _check_references(parts, content_types)
    main = _main_part(parts)
    _check_main_type(content_types.of(main))
    kept, embedded_fonts = without_embedded_fonts(
        parts,
        [name for name in parts if _is_xml(name, content_types.of(name))],
        [name for name in parts if content_types.of(name) == EMBEDDED_FONT],
    )
    return Package(kept, content_types, main, embedded_fonts)


def _refuse_disguises(content: bytes) -> None:
    if len(content) > MAX_ZIPPED_BYTES:
        raise Invalid(
            f"The Word file is larger than {MAX_ZIPPED_BYTES // 1024 // 1024} MB. Make its pictures smaller.",
            code="template_too_large",
        )
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    for magic, code, sentence in _DISGUISES:
        if start.startswith(magic):
            raise Invalid(f"{sentence} Save it in Word as a .docx file and upload that.", code=code)
    if not content.startswith(b"PK\x03\x04"):
        raise _not_word()


def _inflate(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return dict(_inflated_parts(archive))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise _not_word() from error


def _without_thumbnail(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    kept = {name: part for name, part in parts.items() if not name.casefold().startswith(_THUMBNAIL)}
    called = relationships_of(kept, _PACKAGE) if len(kept) < len(parts) else []
    if called:
        left = [entry for entry in called if not entry.part_from(_PACKAGE).casefold().startswith(_THUMBNAIL)]
        kept[relationships_name(_PACKAGE)] = write_relationships(left)
    return kept


def _inflated_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MAX_PARTS:
        raise Invalid(f"The Word file has more than {MAX_PARTS} parts.", code="template_too_large")
    if len({entry.filename.casefold() for entry in entries}) != len(entries):
        raise _broken("The Word file holds two parts of the same name.")
    left = MAX_INFLATED_BYTES
    for entry in entries:
        part = _inflate_entry(archive, entry, left)
        left -= len(part)
        yield entry.filename, part


def _inflate_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes:
    if entry.filename.startswith("/") or "\\" in entry.filename or ".." in entry.filename.split("/"):
        raise _broken("A part of the Word file has a name that leads outside of the file.")
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise _broken("The Word file is packed in a way that Word does not use.")
    inflated = bytearray()
    with archive.open(entry) as stream:
        # The sizes written in a zip are claims: what counts is what comes out.
        while chunk := stream.read(_CHUNK_BYTES):
            inflated += chunk
            if len(inflated) > left:
                raise Invalid(
                    f"The Word file unpacks to more than {MAX_INFLATED_BYTES // 1024 // 1024} MB.",
                    code="template_too_large",
                )
    return bytes(inflated)


class _ContentTypes:
    """What kind each part declares itself to be, from the package's own list."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        name = "[Content_Types].xml"
        if name not in parts:
            raise _not_word()
        root = parse_xml(name, parts[name])
        self._by_extension: dict[str, str] = {}
        self._by_name: dict[str, str] = {}
        for element in root:
            content_type = element.get("ContentType", "")
            self._by_extension[element.get("Extension", "").casefold()] = content_type
            self._by_name[element.get("PartName", "").lstrip("/").casefold()] = content_type

    def of(self, name: str) -> str:
        by_extension = self._by_extension.get(name.rpartition(".")[2].casefold(), "")
        return self._by_name.get(name.casefold(), by_extension)


def _check_part(name: str, part: bytes, content_type: str) -> None:
    kind = content_type.casefold()
    if "macroenabled" in kind or "vba" in kind or "vbaproject" in name.casefold():
        raise _macros(name)
    if "oleobject" in kind or "activex" in kind or part.startswith(b"\xd0\xcf\x11\xe0"):
        raise _embedded(name)
    if "svg" in kind or name.casefold().endswith(".svg"):
        raise _svg(name)
    if _is_xml(name, kind):
        _check_xml_part(name, part)
        return
    if not kind.startswith("image/") and content_type not in _HARMLESS_BINARIES:
        raise _embedded(name)


def _is_xml(name: str, content_type: str) -> bool:
    return name.casefold().endswith((".xml", ".rels")) or content_type.casefold().endswith(("+xml", "/xml"))


def _is_picture(name: str, content_type: str) -> bool:
    return content_type.casefold().startswith("image/") and not _is_xml(name, content_type)


def _check_references(parts: Mapping[str, bytes], content_types: "_ContentTypes") -> None:
    binaries = {name.casefold() for name in parts if content_types.of(name) in _HARMLESS_BINARIES}
    for name, part in parts.items():
        relationships = relationships_of(parts, name)
        if relationships and _is_xml(name, content_types.of(name)):
            check_references(name, parse_xml(name, part), relationships, binaries)


def _check_xml_part(name: str, part: bytes) -> None:
    # LibreOffice takes whatever begins like this for a drawing, if a picture calls it.
    if b"<svg" in part.lower():
        raise _svg(name)
    root = parse_xml(name, part)
    if not name.casefold().endswith(".rels"):
        check_tree(name, root)
        return
    for relationship in root.iter("*"):
        _check_relationship(name, relationship.attrib)


def _check_relationship(name: str, attributes: Mapping[str, str]) -> None:
    kind = attributes.get("Type", "").rstrip("/").rpartition("/")[2]
    target = attributes.get("Target", "")
    if kind in _MACRO_RELATIONSHIPS:
        raise _macros(name)
    if kind in _EMBEDDING_RELATIONSHIPS:
        raise _embedded(name)
    if kind in _IMPORTING_RELATIONSHIPS:
        raise Invalid(
            "The Word file brings in another file (a chunk, a frame, a sub-document or a mail merge source). "
            "Copy what you need into the document itself.",
            code="template_imports_file",
            fields={"part": name},
        )
    is_outside = (
        attributes.get("TargetMode", "").casefold() == "external" or ":" in target or target.startswith(("\\", "//"))
    )
    is_safe_link = kind == "hyperlink" and target.casefold().startswith(SAFE_LINKS)
    if is_outside and not is_safe_link:
        raise Invalid(
            "The Word file points to something outside of itself: a linked picture, an attached template or a link "
            "to a file. Insert pictures instead of linking them, and link only to web, mail or phone addresses.",
            code="template_external_link",
            fields={"part": name, "target": target[:200]},
        )


def _main_part(parts: Mapping[str, bytes]) -> str:
    if "_rels/.rels" not in parts:
        raise _not_word()
    root = parse_xml("_rels/.rels", parts["_rels/.rels"])
    targets = [
        relationship.get("Target", "").lstrip("/")
        for relationship in root
        if relationship.get("Type", "").rpartition("/")[2] == "officeDocument"
    ]
    if len(targets) != 1 or targets[0] not in parts:
        raise _not_word()
    return str(targets[0])


def _check_main_type(content_type: str) -> None:
    if content_type != _MAIN_PART:
        raise Invalid(
            "This is not a plain Word document but a Word template or another kind of Office file. "
            "Save it in Word as “Word Document (.docx)”.",
            code="template_not_word",
        )


def _not_word() -> Invalid:
    return Invalid(
        "This is not a Word document, or it is damaged. Save it in Word as a .docx file and upload that.",
        code="template_not_word",
    )


def _svg(name: str) -> Invalid:
    return Invalid(
        "The Word file holds an SVG drawing, which can point to other files. Insert it as a PNG picture.",
        code="template_unsupported_part",
        fields={"part": name},
    )


def _broken(sentence: str) -> Invalid:
    return Invalid(f"{sentence} Open it in Word, save it again and upload that.", code="template_broken_package")


def _macros(name: str) -> Invalid:
    return Invalid(
        "The Word file contains macros. Save it as a .docx file without macros.",
        code="template_macros",
        fields={"part": name},
    )


def _embedded(name: str) -> Invalid:
    return Invalid(
        "The Word file has another file or object embedded in it. Remove it, or paste it as a picture.",
        code="template_embedded_object",
        fields={"part": name},
    )
