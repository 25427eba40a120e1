"""What a template does with each of its values, so that sample values can be made which suit it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from jinja2 import nodes

FieldKind: TypeAlias = Literal["text", "number", "date", "picture"]
_KIND_OF_FILTER: Mapping[str, FieldKind] = {"number": "number", "date": "date", "image": "picture"}


@dataclass(slots=True)
class TemplateField:
    """One value that a template reads.

    Attributes:
        kind: What the template takes it for.
        repeated: Whether a loop walks over it: then it is a list of records.
        fields: What is read of each record.
        compared: The constants that conditions compare it with.
    """

    kind: FieldKind = "text"
    repeated: bool = False
    fields: "dict[str, TemplateField]" = field(default_factory=dict)
    compared: list[str | int | float] = field(default_factory=list)


def add_fields(tree: "nodes.Node", found: dict[str, TemplateField]) -> None:
    """Add what a template's tree reads to what its other parts read.

    Args:
        tree: A parsed template within the language (see `language.restrict`).
        found: The fields by their names, changed in place.
    """
    _walk(tree, {}, found)


def _walk(node: "nodes.Node", scope: Mapping[str, TemplateField], found: dict[str, TemplateField]) -> None:
    from jinja2 import nodes

    if isinstance(node, nodes.For):
        walked = _field(node.iter, scope, found)
        if walked is not None:
            walked.repeated = True
        for inner in [*node.body, *filter(None, [node.test])]:
            _walk(inner, {**scope, **_targets(node, walked)}, found)
        for inner in node.else_:
            _walk(inner, scope, found)
        return
    place = _field(node, scope, found)
    if place is not None and isinstance(node, nodes.Filter):
        place.kind = _KIND_OF_FILTER.get(node.name, place.kind)
    if isinstance(node, nodes.Compare):
        _add_comparison(node, scope, found)
    for child in node.iter_child_nodes():
        _walk(child, scope, found)


def _field(
    node: "nodes.Node | None", scope: Mapping[str, TemplateField], found: dict[str, TemplateField]
) -> TemplateField | None:
    """The field that an expression reads, if it reads a single one."""
    from jinja2 import nodes

    if isinstance(node, nodes.Name):
        return scope[node.name] if node.name in scope else found.setdefault(node.name, TemplateField())
    if isinstance(node, nodes.Filter):
        return _field(node.node, scope, found)
    if isinstance(node, nodes.Getattr):
        record = _field(node.node, scope, found)
        return record and record.fields.setdefault(node.attr, TemplateField())
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
        record = _field(node.node, scope, found)
        return record and record.fields.setdefault(node.arg.value, TemplateField())
    return None


def _targets(loop: "nodes.For", walked: TemplateField | None) -> dict[str, TemplateField]:
    from jinja2 import nodes

    # What is read of ``loop`` itself (its index, say) is no value that anybody gives.
    named = {"loop": TemplateField()}
    if isinstance(loop.target, nodes.Name):
        named[loop.target.name] = walked or TemplateField()
    return named


def _add_comparison(node: "nodes.Compare", scope: Mapping[str, TemplateField], found: dict[str, TemplateField]) -> None:
    from jinja2 import nodes

    constants = [value for constant in node.find_all(nodes.Const) for value in _scalars(constant.value)]
    readable = (nodes.Name, nodes.Getattr, nodes.Getitem)
    compared = [_field(read, scope, found) for read in node.find_all(readable)]
    for read in filter(None, compared):
        read.compared += [constant for constant in constants if constant not in read.compared]
    first = _field(node.expr, scope, found)
    if first is not None and any(_is_number(operand.expr) for operand in node.ops):
        first.kind = "number"


def _scalars(constant: object) -> Iterator[str | int | float]:
    """The texts and numbers of a constant: Jinja makes one of a list of them."""
    if isinstance(constant, list | tuple):
        for inner in constant:
            yield from _scalars(inner)
    elif isinstance(constant, str | int | float) and not isinstance(constant, bool):
        yield constant


def _is_number(node: "nodes.Expr") -> bool:
    from jinja2 import nodes

    return isinstance(node, nodes.Const) and isinstance(node.value, int | float) and not isinstance(node.value, bool)
