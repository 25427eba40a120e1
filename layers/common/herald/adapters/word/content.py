"""What the XML inside a Word file may say: parsed without entities, searched for whatever acts on its own."""

import re
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from herald.errors import Invalid
from herald.values.placeholder import placeholder_name

# lxml brings no types; one name for its elements keeps that in one place.
Element: TypeAlias = Any

MAX_XML_PART_BYTES: Final = 10 * 1024 * 1024
WORD_NAMESPACES: Final = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_VML_NAMESPACE: Final = "urn:schemas-microsoft-com:vml"
_TAG_MARKS: Final = ("{{", "{%", "{#", "}}", "%}", "#}")

SAFE_LINKS: Final = ("http://", "https://", "mailto:", "tel:")
_FIELD_WORDS: Final = re.compile(r'"([^"]*)"|(\S+)')
# What says something else of a link than where it goes, followed by a word: a bookmark, a hint, a frame.
_LINK_SWITCHES: Final = frozenset({"\\l", "\\o", "\\t"})

_IMPORTING_ELEMENTS: Final = frozenset({"altChunk", "subDoc", "mailMerge", "attachedTemplate", "frameset"})
_EMBEDDING_ELEMENTS: Final = frozenset({"OLEObject", "object", "control", "objectEmbed", "objectLink"})

# The fields that only count, date or repeat what is in the document itself (ECMA-376 part 1, 17.16.5). An allow-list,
# because nested fields can spell the name of a forbidden one (DDEAUTO, INCLUDEPICTURE, LINK ...) letter by letter.
_SAFE_FIELDS: Final = frozenset(
    [
        "ADVANCE",
        "AUTHOR",
        "AUTONUM",
        "AUTONUMLGL",
        "AUTONUMOUT",
        "BIBLIOGRAPHY",
        "CITATION",
        "COMMENTS",
        "COMPARE",
        "CREATEDATE",
        "DATE",
        "DOCPROPERTY",
        "DOCVARIABLE",
        "EDITTIME",
        "EQ",
        "FORMCHECKBOX",
        "FORMDROPDOWN",
        "FORMTEXT",
        "HYPERLINK",
        "IF",
        "INDEX",
        "KEYWORDS",
        "LASTSAVEDBY",
        "LISTNUM",
        "NOTEREF",
        "NUMCHARS",
        "NUMPAGES",
        "NUMWORDS",
        "PAGE",
        "PAGEREF",
        "PRINTDATE",
        "QUOTE",
        "REF",
        "REVNUM",
        "SAVEDATE",
        "SECTION",
        "SECTIONPAGES",
        "SEQ",
        "STYLEREF",
        "SUBJECT",
        "SYMBOL",
        "TC",
        "TIME",
        "TITLE",
        "TOC",
        "XE",
    ]
)

# What Word fills from a list of recipients (ECMA-376 part 1, 17.16.5); here nobody does.
_MERGE_FIELDS: Final = frozenset(
    {"MERGEFIELD", "MERGEREC", "MERGESEQ", "ADDRESSBLOCK", "GREETINGLINE", "NEXT", "NEXTIF", "SKIPIF"}
)


def parse_xml(name: str, part: bytes) -> Element:
    """Parse one XML part without entities, network, comments or processing instructions.

    Args:
        name: The part's name, for the error.
        part: Its bytes.

    Returns:
        The root element.

    Raises:
        Invalid: The part is too large, not well formed, not UTF-8, or declares a document type.
    """
    from lxml import etree

    if len(part) > MAX_XML_PART_BYTES:
        raise Invalid(
            f"One part of the Word file is larger than {MAX_XML_PART_BYTES // 1024 // 1024} MB of text.",
            code="template_too_large",
            fields={"part": name},
        )
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise _declares_entities(name)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(part, parser)
    except etree.XMLSyntaxError as error:
        raise _malformed(name) from error
    document = root.getroottree().docinfo
    if (document.encoding or "UTF-8").upper() not in {"UTF-8", "US-ASCII", "ASCII"}:
        raise _malformed(name)
    # The search above reads ASCII; this one sees through every other encoding of the bytes.
    if document.doctype or document.internalDTD is not None:
        raise _declares_entities(name)
    return root


def write_xml(root: Element) -> bytes:
    """The bytes of one XML part."""
    from lxml import etree

    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written


def check_tree(name: str, root: Element) -> None:
    """Refuse a part that embeds, imports, or holds a field that reaches outside of the document.

    Args:
        name: The part's name, for the error.
        root: The part's root element.

    Raises:
        Invalid: ``template_embedded_object``, ``template_imports_file``, ``template_external_link`` or
            ``template_dangerous_field``.
    """
    for element in root.iter("*"):
        _check_element(name, element)
    for instruction in field_instructions(root):
        _check_field(name, instruction)


def _check_element(name: str, element: Element) -> None:
    namespace, _, local_name = element.tag.rpartition("}")
    if local_name in _IMPORTING_ELEMENTS and namespace[1:] in WORD_NAMESPACES:
        raise Invalid(
            "The Word file brings in another file (a chunk, a sub-document, an attached template or a mail merge). "
            "Make it a normal Word document and copy what you need into it.",
            code="template_imports_file",
            fields={"part": name},
        )
    if local_name == "OLEObject" or (local_name in _EMBEDDING_ELEMENTS and namespace[1:] in WORD_NAMESPACES):
        raise Invalid(
            "The Word file has an object of another program embedded in it. Paste it as a picture.",
            code="template_embedded_object",
            fields={"part": name},
        )
    if namespace[1:] == _VML_NAMESPACE and _points_outside(element):
        raise Invalid(
            "A drawing in the Word file points to a file or address outside of it. Insert the picture itself.",
            code="template_external_link",
            fields={"part": name},
        )


def _points_outside(element: Element) -> bool:
    sources = (value for key, value in element.attrib.items() if key.rpartition("}")[2] in {"src", "href", "althref"})
    return any(":" in source or source.startswith(("\\", "/")) for source in sources)


def field_instructions(root: Element) -> Iterator[str]:
    """The code of every field in the part; a nested field's code belongs to the inner field alone."""
    outside_of_fields: list[str] = []
    open_fields = [outside_of_fields]
    for element in root.iter("*"):
        namespace, _, local_name = element.tag.rpartition("}")
        if local_name == "fldSimple":
            yield _attribute(element, namespace, "instr")
        elif local_name in {"instrText", "delInstrText"}:
            open_fields[-1].append(element.text or "")
        elif local_name == "fldChar" and _attribute(element, namespace, "fldCharType") == "begin":
            open_fields.append([])
        elif local_name == "fldChar" and _attribute(element, namespace, "fldCharType") == "end" and open_fields[1:]:
            yield "".join(open_fields.pop())
    yield from ("".join(instruction) for instruction in open_fields if instruction)


def _attribute(element: Element, namespace: str, name: str) -> str:
    return str(element.get(f"{namespace}}}{name}", ""))


def _check_field(name: str, instruction: str) -> None:
    words = instruction.split()
    field = words[0].upper() if words else ""
    if any(mark in instruction for mark in _TAG_MARKS):
        raise Invalid(
            "A placeholder stands inside a field code. Write it as ordinary text instead.",
            code="template_tag_in_field",
            fields={"part": name, "field": instruction[:200]},
        )
    if field in _MERGE_FIELDS:
        raise _merge_field(name, instruction)
    if field not in _SAFE_FIELDS and not field.startswith("="):
        raise Invalid(
            f"The Word file holds a field that is not allowed here: {field[:40] or 'one without a name'}. "
            "Select it and press Ctrl+Shift+F9 to turn it into text, or delete it.",
            code="template_dangerous_field",
            fields={"part": name, "field": instruction[:200]},
        )
    if field == "HYPERLINK" and not _is_safe_link(instruction):
        raise Invalid(
            "A link in the Word file leads to a file, or to nowhere. Link only to web, mail or phone addresses, or to "
            "a place in the document.",
            code="template_external_link",
            fields={"part": name, "field": instruction[:200]},
        )


def _merge_field(name: str, instruction: str) -> Invalid:
    column = next((quoted or bare for quoted, bare in _FIELD_WORDS.findall(instruction)[1:]), "")
    placeholder = placeholder_name(column) or "name"
    return Invalid(
        f"The Word file holds a field of a mail merge ({instruction.strip()[:80]}), which would be printed as it "
        f"stands for everybody. Delete it and write {{{{ {placeholder} }}}} instead.",
        code="template_merge_field",
        fields={"part": name, "field": instruction[:200]},
    )


def _is_safe_link(instruction: str) -> bool:
    """Whether a HYPERLINK field leads to the web or to a bookmark (ECMA-376 part 1, 17.16.5.25)."""
    words = [quoted or bare for quoted, bare in _FIELD_WORDS.findall(instruction)][1:]
    before = ["", *(word.casefold() for word in words)]
    targets = [
        word
        for word, switch in zip(words, before, strict=False)
        if word and not word.startswith("\\") and switch not in _LINK_SWITCHES
    ]
    # A share of another machine begins with backslashes as well, which no switch does twice.
    if any(word.startswith("\\\\") for word in words):
        return False
    return all(target.casefold().startswith((*SAFE_LINKS, "#")) for target in targets) and bool(
        targets or "\\l" in before
    )


def _declares_entities(name: str) -> Invalid:
    return Invalid(
        "The Word file declares XML entities, which Word never does. Open it in Word and save it again.",
        code="template_xml_entities",
        fields={"part": name},
    )


def _malformed(name: str) -> Invalid:
    return Invalid(
        "A part of the Word file is damaged. Open it in Word, save it again and upload that.",
        code="template_broken_package",
        fields={"part": name},
    )
