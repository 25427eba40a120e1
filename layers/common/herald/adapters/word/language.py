"""The small language a Word template is written in: Jinja without anything that could run, reach or grow.

A template is written by a customer, so it is checked twice: its syntax tree may hold only the nodes listed here, and
what it reads at run time are the given values alone, never an attribute of a Python object.
"""

import functools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from herald.adapters.word import pictures as word_pictures
from herald.adapters.word import values as word_values
from herald.adapters.word.broken_value import BrokenValue
from herald.adapters.word.calendar import LANGUAGES, language_of

if TYPE_CHECKING:
    from jinja2 import Environment, Undefined, nodes
    from jinja2.runtime import Context

MAX_LOOPS: Final = 20
MAX_LOOP_DEPTH: Final = 2

_ALLOWED_NODES: Final = frozenset(
    {
        *(
            "Template",
            "Output",
            "TemplateData",
            "Name",
            "Const",
            "Tuple",
            "List",
            "Getattr",
            "Getitem",
            "Filter",
            "Test",
        ),
        *("For", "If", "CondExpr", "Compare", "Operand", "And", "Or", "Not", "Add", "Sub", "Neg", "Pos", "Concat"),
    }
)
_NAMES_OF_NODES: Final = {
    "Call": "calling something with brackets",
    "Keyword": "an argument with a name and =",
    "Slice": "a part of a list",
    "Dict": "an entry in braces",
    "Div": "dividing (/)",
    "FloorDiv": "dividing (//)",
    "Mul": "multiplying (*)",
    "Mod": "a remainder (%)",
    "Pow": "a power (**)",
}
_ALLOWED_TESTS: Final = frozenset({"defined", "undefined", "none"})
_LOOP_FACTS: Final = frozenset(
    {"index", "index0", "revindex", "revindex0", "first", "last", "length", "depth", "depth0"}
)
_UNPARSED_TEXT: Final = frozenset({"raw_begin", "comment_begin", "linecomment_begin"})
# Put into the tree by `restrict` alone; no template can write these names.
_ROWS_FILTER: Final = "__rows_of"
_SEARCHED_FILTER: Final = "__searched"
# Put there by `branches` alone: they note which way a condition or a loop goes, in the set of this name.
CONDITION_FILTER: Final = "__condition"
LOOP_FILTER: Final = "__loop"
BRANCHES: Final = "__branches"
# The filters that can fail on a value: `restrict` tells them the placeholder to blame, as their first argument.
_BLAMING_FILTERS: Final = frozenset({"date", "number", *word_pictures.PICTURE_FILTERS})

_WITHOUT_ARGUMENTS: Final = frozenset({"upper", "lower", "defined", "undefined", "none"})

# A format and a language.
_DATE_ARGUMENTS: Final = 2


class ForbiddenSyntax(Exception):
    """The template asks for something the language does not have.

    Attributes:
        reason: What is not allowed.
        line: The line of the template it stands in.
    """

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


@functools.cache
def environment() -> "Environment":
    """The one Jinja environment: sandboxed, escaping, strict about what is missing, with our filters alone."""
    from jinja2 import pass_context

    language = _sandbox()(
        autoescape=True, undefined=_missing_value(), finalize=word_values.printed, auto_reload=False, optimized=False
    )
    language.globals.clear()
    language.tests = {name: test for name, test in language.tests.items() if name in _ALLOWED_TESTS}
    language.tests["none"] = word_values.is_empty
    language.filters = {
        "default": word_values.default,
        "date": word_values.format_date,
        "number": word_values.format_number,
        "upper": word_values.upper,
        "lower": word_values.lower,
        "image": pass_context(word_pictures.image),
        "qr": pass_context(word_pictures.qr),
        _ROWS_FILTER: word_values.rows_of,
        CONDITION_FILTER: pass_context(_noted_condition),
        LOOP_FILTER: pass_context(_noted_loop),
        _SEARCHED_FILTER: word_values.searched,
    }
    return language


def refuse_unparsed_text(source: str) -> None:
    """Refuse raw blocks and comments: what looks like a tag inside of them is not one, and could hide XML.

    Args:
        source: The part's XML with whole tags.

    Raises:
        ForbiddenSyntax: For the first of them.
        jinja2.TemplateSyntaxError: A tag cannot be read at all.
    """
    for line, token, _ in environment().lex(source):
        if token in _UNPARSED_TEXT:
            raise ForbiddenSyntax("raw blocks and comments are not part of the template language", line)


def restrict(tree: "nodes.Template") -> None:
    """Refuse every node outside of the language, and teach the tree to name its placeholders in errors.

    Loops are wrapped so that they walk over bounded lists alone; what can fail gets its placeholder's name.

    Args:
        tree: The parsed template, changed in place.

    Raises:
        ForbiddenSyntax: For the first node that is not in the language.
    """
    from jinja2 import nodes

    if _check_node(tree, 0) > MAX_LOOPS:
        raise ForbiddenSyntax(f"there are more than {MAX_LOOPS} loops in one part of the document", 1)
    # Lists first: the trees are changed while they are walked.
    for used in [used for used in tree.find_all(nodes.Filter) if used.name in _BLAMING_FILTERS]:
        used.args.insert(0, _name_of(used.node or tree))
    for loop in list(tree.find_all(nodes.For)):
        name = _name_of(loop.iter)
        loop.iter = nodes.Filter(loop.iter, _ROWS_FILTER, [name], [], None, None, lineno=loop.lineno)
    for compared in [operand for operand in tree.find_all(nodes.Operand) if operand.op in {"in", "notin"}]:
        compared.expr = nodes.Filter(compared.expr, _SEARCHED_FILTER, [], [], None, None, lineno=compared.lineno)
    tree.set_environment(environment())


def _noted_condition(context: "Context", value: object, place: str) -> bool:
    outcome = bool(value)
    _note(context, f"{place}:{'true' if outcome else 'false'}")
    return outcome


def _noted_loop(context: "Context", records: Sequence[object], place: str) -> Sequence[object]:
    _note(context, f"{place}:{word_values.loop_way(len(records))}")
    return records


def _note(context: "Context", way: str) -> None:
    noted = context.resolve(BRANCHES)
    if isinstance(noted, set):
        noted.add(way)


def _sandbox() -> "type[Environment]":
    from jinja2.runtime import LoopContext
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class GivenValuesOnly(ImmutableSandboxedEnvironment):
        """Reads the given records and what a loop knows of itself; no attribute of any other object."""

        def getattr(self, obj: object, attribute: str) -> object:
            return self.getitem(obj, attribute)

        def getitem(self, obj: object, argument: object) -> object:
            if isinstance(obj, Mapping) and argument in obj:
                return obj[argument]
            if isinstance(obj, list | tuple) and type(argument) is int and -len(obj) <= argument < len(obj):
                return obj[argument]
            if isinstance(obj, LoopContext) and argument in _LOOP_FACTS:
                return getattr(obj, str(argument))
            return self.undefined(obj=obj, name=str(argument))

        def call(self, *_: object, **__: object) -> object:
            raise BrokenValue("a template cannot call anything")

    return GivenValuesOnly


def _missing_value() -> "type[Undefined]":
    from jinja2 import StrictUndefined

    class MissingValue(StrictUndefined):
        """Says nothing but its name when it is used, so that the error can be put in our own words."""

        __slots__ = ()

        @property
        def _undefined_message(self) -> str:
            return self._undefined_name or ""

    return MissingValue


def _check_node(node: "nodes.Node", loop_depth: int) -> int:
    """Check a node and everything below it; gives the number of loops found."""
    from jinja2 import nodes

    kind = type(node).__name__
    if kind not in _ALLOWED_NODES:
        what = _NAMES_OF_NODES.get(kind, f"“{kind.lower()}”")
        raise ForbiddenSyntax(f"{what} is not part of the template language", node.lineno or 1)
    if _written_name(node).startswith("_") or "__" in _written_name(node):
        raise ForbiddenSyntax("names may not begin with an underscore or hold two in a row", node.lineno)
    if isinstance(node, nodes.Getitem) and not isinstance(node.arg, nodes.Const):
        raise ForbiddenSyntax("between square brackets only a number or a quoted name may stand", node.lineno)
    if isinstance(node, nodes.Filter | nodes.Test):
        _check_name(node)
        _check_arguments(node)
    if isinstance(node, nodes.Output):
        _check_output(node)
    if isinstance(node, nodes.For):
        _check_loop(node)
    is_loop = isinstance(node, nodes.For)
    if isinstance(node, nodes.For) and (node.recursive or loop_depth >= MAX_LOOP_DEPTH):
        raise ForbiddenSyntax(f"loops may be nested {MAX_LOOP_DEPTH} deep and may not be recursive", node.lineno)
    return is_loop + sum(_check_node(child, loop_depth + is_loop) for child in node.iter_child_nodes())


def _check_name(used: "nodes.Filter | nodes.Test") -> None:
    from jinja2 import nodes

    known, kind = (environment().filters, "filter") if isinstance(used, nodes.Filter) else (_ALLOWED_TESTS, "test")
    if used.name not in known:
        there_are = ", ".join(sorted(name for name in known if not name.startswith("_")))
        raise ForbiddenSyntax(f"there is no {kind} “{used.name}”, but {there_are}", used.lineno)


def _check_output(output: "nodes.Output") -> None:
    from jinja2 import nodes

    for printed in output.nodes:
        if isinstance(printed, nodes.List | nodes.Tuple):
            raise ForbiddenSyntax("a list cannot be printed", printed.lineno or output.lineno)


def _check_loop(loop: "nodes.For") -> None:
    from jinja2 import nodes

    if not isinstance(loop.target, nodes.Name):
        raise ForbiddenSyntax("a loop gives one name to each element", loop.lineno)
    if isinstance(loop.iter, nodes.Const):
        raise ForbiddenSyntax("a loop goes over a list of the workbook", loop.lineno)


def _check_arguments(used: "nodes.Filter | nodes.Test") -> None:
    from jinja2 import nodes

    if used.name in _WITHOUT_ARGUMENTS and used.args:
        raise ForbiddenSyntax(f"“{used.name}” takes nothing in brackets", used.lineno)
    if used.name != "date" and len(used.args) > 1:
        raise ForbiddenSyntax(f"“{used.name}” takes one argument at most", used.lineno)
    if len(used.args) > _DATE_ARGUMENTS or used.dyn_args or used.dyn_kwargs:
        raise ForbiddenSyntax(f"“{used.name}” takes a format and a language at most", used.lineno)
    picture = used.args[0] if used.args else None
    if used.name in {"date", "number"} and isinstance(picture, nodes.Const):
        _check_picture(used, picture.value)
    language = used.args[-1] if len(used.args) == _DATE_ARGUMENTS else None
    if isinstance(language, nodes.Const) and language_of(str(language.value)) is None:
        known = ", ".join(LANGUAGES)
        raise ForbiddenSyntax(f"dates can be written in {known}, and not in “{language.value}”", used.lineno)


def _check_picture(used: "nodes.Filter | nodes.Test", picture: object) -> None:
    if not isinstance(picture, str):
        raise ForbiddenSyntax(f"what “{used.name}” takes stands in quotes", used.lineno)
    if used.name == "number":
        try:
            word_values.format_number(0, "", picture)
        except BrokenValue as error:
            raise ForbiddenSyntax(error.reason, used.lineno) from error


def _written_name(node: "nodes.Node") -> str:
    from jinja2 import nodes

    if isinstance(node, nodes.Getattr):
        return node.attr
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        return str(node.arg.value)
    return node.name if isinstance(node, nodes.Name | nodes.Filter | nodes.Test) else ""


def _name_of(node: "nodes.Node") -> "nodes.Const":
    from jinja2 import nodes

    return nodes.Const(_dotted_name(node), lineno=node.lineno)


def _dotted_name(node: "nodes.Node") -> str:
    from jinja2 import nodes

    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{_dotted_name(node.node)}.{node.attr}"
    return next(filter(None, map(_dotted_name, node.iter_child_nodes())), "")
