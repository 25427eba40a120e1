"""Where a picture may stand in a template: in the text of a line, and at the end of its tag."""

import secrets
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from herald.adapters.word.broken_value import BrokenValue
from herald.adapters.word.content import parse_xml
from herald.adapters.word.language import ForbiddenSyntax
from herald.adapters.word.pictures import PICTURE_FILTERS, length

if TYPE_CHECKING:
    from jinja2 import nodes

# The placeholder's name, which `language.restrict` has put there, and a width.
_MOST_ARGUMENTS: Final = 2


def check_picture_tags(name: str, tree: "nodes.Template") -> None:
    """Refuse pictures that are anything but printed into a line of text.

    Args:
        name: The part's name, for errors.
        tree: A parsed template within the language (see `language.restrict`).

    Raises:
        ForbiddenSyntax: For the first tag that asks for something else.
    """
    from jinja2 import nodes

    pictures = [used for used in tree.find_all(nodes.Filter) if used.name in PICTURE_FILTERS]
    if not pictures:
        return
    for picture in pictures:
        _check_width(picture)
    printed = {id(drawn) for output in tree.find_all(nodes.Output) for drawn in map(_drawn, output.nodes)}
    for picture in pictures:
        if id(picture) not in printed:
            raise ForbiddenSyntax(
                f"“{picture.name}” stands last in its tag, and only “default” may follow", picture.lineno
            )
    _check_places(name, tree, pictures)


def _drawn(node: "nodes.Node | None") -> "nodes.Node | None":
    """What an output prints where its value is not empty."""
    from jinja2 import nodes

    return _drawn(node.node) if isinstance(node, nodes.Filter) and node.name == "default" else node


def _check_width(picture: "nodes.Filter") -> None:
    from jinja2 import nodes

    if picture.kwargs or len(picture.args) > _MOST_ARGUMENTS:
        raise ForbiddenSyntax(f'“{picture.name}” takes a width, such as "3cm", and nothing else', picture.lineno)
    try:
        for width in picture.args[1:]:
            length(str(width.value) if isinstance(width, nodes.Const) else "")
    except BrokenValue as error:
        raise ForbiddenSyntax(error.reason, picture.lineno) from error


def _check_places(name: str, tree: "nodes.Template", pictures: "list[nodes.Filter]") -> None:
    """Let stand-ins take the pictures' places in the document without its other tags, and look where they are."""
    mark = f"picture{secrets.token_hex(8)}n"
    stand_ins = {id(picture): f"{mark}{index}e" for index, picture in enumerate(pictures)}
    root = parse_xml(name, "".join(_skeleton(tree, stand_ins)).encode())
    text_tag = f"{{{root.nsmap['w']}}}t"
    misplaced = "".join(
        (element.tail or "") + ("" if element.tag == text_tag else element.text or "") for element in root.iter("*")
    )
    for picture in pictures:
        if stand_ins[id(picture)] in misplaced:
            raise ForbiddenSyntax(f"“{picture.name}” can only stand in the text of a line", picture.lineno)


def _skeleton(node: "nodes.Node", stand_ins: Mapping[int, str]) -> Iterator[str]:
    from jinja2 import nodes

    if id(node) in stand_ins:
        yield stand_ins[id(node)]
    elif isinstance(node, nodes.TemplateData):
        yield node.data
    else:
        for child in node.iter_child_nodes():
            yield from _skeleton(child, stand_ins)
