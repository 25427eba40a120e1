"""Where a template's tags may stand, so that every filling of it is a well-formed document.

Word splits a tag over runs as it likes; the tags are rejoined here and checked against the XML around them.
"""

import io
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from herald.adapters.word.content import WORD_NAMESPACES, Element, check_tree, parse_xml
from herald.errors import Invalid

if TYPE_CHECKING:
    from jinja2 import nodes

MAX_TEMPLATE_PART_BYTES: Final = 2 * 1024 * 1024
MAX_TAGS: Final = 2_000
MAX_TAG_LENGTH: Final = 500

_MARK: Final = re.compile(r"{{|{%|{#|}}|%}|#}")
_CLOSING_MARK: Final = {"{{": "}}", "{%": "%}"}
_XML_TAG: Final = re.compile(r"<(?P<closing>/?)(?P<name>[^\s/>]+)[^>]*?(?P<empty>/?)>")
_ANY_XML_TAG: Final = re.compile(r"<[^>]*>")


def check_tags(name: str, root: Element) -> bool:
    """Tell whether a part holds tags, after making sure that each is whole and stands in a paragraph's text.

    Args:
        name: The part's name, for the error.
        root: The part's root element.

    Returns:
        Whether there is any tag.

    Raises:
        Invalid: ``template_broken_tag`` with the paragraph's text, or ``template_too_large``.
    """
    if root.nsmap.get("w") not in WORD_NAMESPACES:
        raise Invalid(
            "The document is written in a way Word does not write. Open it in Word and save it again.",
            code="template_broken_package",
            fields={"part": name},
        )
    found = 0
    for paragraph in root.iter(f"{{{root.nsmap['w']}}}p"):
        found += _check_paragraph(name, "".join(_texts(paragraph)))
    if found > MAX_TAGS:
        raise _too_large(name, f"more than {MAX_TAGS} placeholders")
    _refuse_tags_outside_of_text(name, root)
    return found > 0


def rejoin_tags(root: Element) -> str:
    """The part's XML with every tag in one piece, each paragraph beginning on a line of its own."""
    from docxtpl import DocxTemplate
    from lxml import etree

    xml = etree.tostring(root, encoding="unicode")
    rejoined: str = DocxTemplate(io.BytesIO()).patch_xml(xml.replace("\n", " "))
    return re.sub(r"<w:p(?=[ >])", "\n<w:p", rejoined)


def check_structure(name: str, tree: "nodes.Template") -> None:
    """Refuse conditions and loops that cut through the document's structure, and what hides behind the tags.

    Every branch and loop body must close what it opens, or close and reopen the same elements (a condition between two
    runs of one line). Then each filling of the template is as well formed as the document without its tags.

    Args:
        name: The part's name, for the error.
        tree: The parsed template.

    Raises:
        Invalid: ``template_broken_tag``, or what `check_tree` raises.
    """
    from jinja2 import nodes

    branches = [branch for block in tree.find_all(nodes.If) for branch in (block.body, block.else_)]
    branches += [branch for loop in tree.find_all(nodes.For) for branch in (loop.body, loop.else_)]
    for branch in branches:
        xml = "".join(_literal_texts(branch))
        if not _is_neutral(xml):
            raise _broken(name, _ANY_XML_TAG.sub("", xml), "A condition or loop begins and ends in different places")
    skeleton = "".join(_literal_texts([tree]))
    check_tree(name, parse_xml(name, skeleton.encode()))


def paragraph_text(source: str, line: int) -> str:
    """The text of the paragraph on a line of what `rejoin_tags` gave, without its XML; lines count from 1."""
    lines = source.splitlines()
    if not 1 <= line <= len(lines):
        return ""
    return _ANY_XML_TAG.sub("", lines[line - 1]).strip()[:MAX_TAG_LENGTH]


def _texts(paragraph: Element) -> Iterator[str]:
    """The texts of a paragraph, but not those of a text box inside of it, which has paragraphs of its own."""
    namespace = paragraph.nsmap[paragraph.prefix]
    for text in paragraph.iter(f"{{{namespace}}}t"):
        nearest = next(text.iterancestors(f"{{{namespace}}}p"))
        if nearest is paragraph:
            yield text.text or ""


def _check_paragraph(name: str, text: str) -> int:
    """Check that marks come in pairs; gives the number of tags."""
    opened: re.Match[str] | None = None
    tags = 0
    for mark in _MARK.finditer(text):
        if mark[0] in {"{#", "#}"}:
            raise _broken(name, text, "Comments ({# ... #}) are not part of the template language")
        if opened is None and mark[0] in _CLOSING_MARK:
            opened = mark
        elif opened is not None and mark[0] == _CLOSING_MARK[opened[0]]:
            if mark.end() - opened.start() > MAX_TAG_LENGTH:
                raise _broken(name, text, f"A placeholder is longer than {MAX_TAG_LENGTH} characters")
            opened, tags = None, tags + 1
        else:
            raise _broken(name, text, "A placeholder is opened and not closed, or closed and not opened")
    if opened is not None:
        raise _broken(name, text, "A placeholder is opened and not closed in the same paragraph")
    return tags


def _refuse_tags_outside_of_text(name: str, root: Element) -> None:
    from lxml import etree

    namespace = root.nsmap["w"]
    for element in root.iter("*"):
        is_text = (
            element.tag == f"{{{namespace}}}t" and next(element.iterancestors(f"{{{namespace}}}p"), None) is not None
        )
        outside = [*element.attrib.values(), element.tail or "", "" if is_text else element.text or ""]
        if any(_MARK.search(text) for text in outside):
            raise _broken(name, etree.tostring(element, method="text", encoding="unicode"), "A placeholder is hidden")
    if len(etree.tostring(root)) > MAX_TEMPLATE_PART_BYTES:
        raise _too_large(name, f"more than {MAX_TEMPLATE_PART_BYTES // 1024 // 1024} MB of text and formatting")


def _literal_texts(trees: Iterable["nodes.Node"]) -> Iterator[str]:
    from jinja2 import nodes

    for tree in trees:
        if isinstance(tree, nodes.TemplateData):
            yield tree.data
        yield from _literal_texts(tree.iter_child_nodes())


def _is_neutral(xml: str) -> bool:
    """Whether text can be left out or repeated without changing which elements are open around it."""
    opened: list[str] = []
    closed: list[str] = []
    for tag in _XML_TAG.finditer(xml):
        if tag["empty"]:
            continue
        if not tag["closing"]:
            opened.append(tag["name"])
        elif not opened:
            closed.append(tag["name"])
        elif opened.pop() != tag["name"]:
            return False
    return closed == opened[::-1]


def _broken(name: str, paragraph: str, sentence: str) -> Invalid:
    text = paragraph.strip()[:MAX_TAG_LENGTH]
    return Invalid(
        f"{sentence}, near “{text[:80]}”.",
        code="template_broken_tag",
        fields={"paragraph": text, "part": name},
    )


def _too_large(name: str, what: str) -> Invalid:
    return Invalid(f"A part of the template holds {what}.", code="template_too_large", fields={"part": name})
