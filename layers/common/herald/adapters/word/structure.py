"""Where a template's tags may stand, so that every filling of it is a well-formed document.

Word splits a tag over runs as it likes; the tags are rejoined here and checked against the XML around them.
"""

import io
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final

from herald.adapters.word.content import WORD_NAMESPACES, Element, check_tree, parse_xml
from herald.adapters.word.tags import MARK, MAX_TAG_LENGTH, Tag, broken_tag, read_tags
from herald.errors import Invalid

if TYPE_CHECKING:
    from jinja2 import nodes

MAX_TEMPLATE_PART_BYTES: Final = 2 * 1024 * 1024
MAX_TAGS: Final = 2_000

_XML_TAG: Final = re.compile(r"<(?P<closing>/?)(?P<name>[^\s/>]+)[^>]*?(?P<empty>/?)>")
_ANY_XML_TAG: Final = re.compile(r"<[^>]*>")


def check_tags(name: str, root: Element) -> list[Tag]:
    """The tags of a part, after making sure that each is whole and stands in a paragraph's text.

    Args:
        name: The part's name, for the error.
        root: The part's root element; see `read_tags` for what changes in it.

    Raises:
        Invalid: What `read_tags` raises, or ``template_too_large``.
    """
    from lxml import etree

    if root.nsmap.get("w") not in WORD_NAMESPACES:
        raise Invalid(
            "The document is written in a way Word does not write. Open it in Word and save it again.",
            code="template_broken_package",
            fields={"part": name},
        )
    tags = read_tags(name, root)
    if len(tags) > MAX_TAGS:
        raise _too_large(name, f"more than {MAX_TAGS} placeholders")
    text = f"{{{root.nsmap['w']}}}t"
    paragraph = f"{{{root.nsmap['w']}}}p"
    _refuse_tags_outside_of_text(
        name,
        root,
        lambda element: element.tag == text and next(element.iterancestors(paragraph), None) is not None,
    )
    if len(etree.tostring(root)) > MAX_TEMPLATE_PART_BYTES:
        raise _too_large(name, f"more than {MAX_TEMPLATE_PART_BYTES // 1024 // 1024} MB of text and formatting")
    return tags


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
            raise broken_tag(name, _ANY_XML_TAG.sub("", xml), "A condition or loop begins and ends in different places")
    skeleton = "".join(_literal_texts([tree]))
    check_tree(name, parse_xml(name, skeleton.encode()))


def paragraph_text(source: str, line: int) -> str:
    """The text of the paragraph on a line of what `rejoin_tags` gave, without its XML; lines count from 1."""
    lines = source.splitlines()
    if not 1 <= line <= len(lines):
        return ""
    return _ANY_XML_TAG.sub("", lines[line - 1]).strip()[:MAX_TAG_LENGTH]


def refuse_tags(name: str, root: Element) -> None:
    """Refuse tags in a part that is shown and not filled: a chart, a diagram, the numbers of a list, the properties.

    Args:
        name: The part's name, for the error.
        root: The part's root element.

    Raises:
        Invalid: ``template_broken_tag``.
    """
    _refuse_tags_outside_of_text(name, root, is_filled=lambda _: False)


def _refuse_tags_outside_of_text(name: str, root: Element, is_filled: Callable[[Element], bool]) -> None:
    # In a drawing a tag can be divided over runs as well; what is between them is space alone.
    texts = [element.text for element in root.iter("*") if element.text and not is_filled(element)]
    together = "".join(text for text in texts if text.strip())
    tails = [element.tail for element in root.iter("*") if element.tail]
    attributes = [value for element in root.iter("*") for value in element.attrib.values()]
    for text in (together, *tails, *attributes):
        mark = MARK.search(text)
        if mark is not None:
            raise broken_tag(
                name,
                text[max(0, mark.start() - 20) :],
                "A placeholder is hidden where none is filled in: in a drawing, a chart, deleted text or a property. "
                "Write it into the text of a paragraph",
            )


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


def _too_large(name: str, what: str) -> Invalid:
    return Invalid(f"A part of the template holds {what}.", code="template_too_large", fields={"part": name})
