"""Which ways the conditions and loops of a template go for a row, so that samples can be made which go all of them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, cast

from herald.adapters.word.language import BRANCHES, CONDITION_FILTER, LOOP_FILTER, environment, restrict
from herald.adapters.word.media import Media, Pictures
from herald.adapters.word.pictures import PICTURES
from herald.adapters.word.values import loop_way

if TYPE_CHECKING:
    from jinja2 import Template, nodes

CONDITION_WAYS: Final = ("true", "false")
LOOP_WAYS: Final = tuple(loop_way(count) for count in (0, 1, 2))


class Branches:
    """The conditions and loops of one part.

    Attributes:
        all: Every way that each of them can go, as ``<part>:<number>:<way>``.
    """

    def __init__(self, name: str, source: str) -> None:
        """Read the source of a part that is known to compile."""
        language = environment()
        tree = language.parse(source)
        restrict(tree)
        self.all = frozenset(_marked(tree, name))
        tree.set_environment(language)
        self._template: Template = language.template_class.from_code(language, language.compile(tree), {})

    def taken(self, values: Mapping[str, object]) -> frozenset[str]:
        """The ways that are gone with values, as `cells.cells_of` gives them, which are known to suit the template."""
        taken: set[str] = set()
        given = {**values, PICTURES: Pictures(Media()), BRANCHES: taken}
        for _ in self._template.root_render_func(self._template.new_context(given)):
            pass
        return frozenset(taken)


def _marked(tree: "nodes.Template", name: str) -> list[str]:
    """Have every condition and loop tell which way it goes; gives all the ways there are."""
    from jinja2 import nodes

    ways: list[str] = []
    # Lists first: the tree is changed while it is walked.
    for number, loop in enumerate(list(tree.find_all(nodes.For))):
        place = f"{name}:loop {number}"
        loop.iter = _marked_expression(loop.iter, LOOP_FILTER, place)
        ways += [f"{place}:{way}" for way in LOOP_WAYS]
        if loop.test is not None:
            loop.test = _marked_expression(loop.test, CONDITION_FILTER, place)
            ways += [f"{place}:{way}" for way in CONDITION_WAYS]
    conditions: list[nodes.If | nodes.CondExpr] = [*tree.find_all(nodes.If), *tree.find_all(nodes.CondExpr)]
    for number, condition in enumerate(conditions):
        place = f"{name}:condition {number}"
        condition.test = _marked_expression(condition.test, CONDITION_FILTER, place)
        ways += [f"{place}:{way}" for way in CONDITION_WAYS]
    return ways


def _marked_expression(expression: "nodes.Node", filter_name: str, place: str) -> "nodes.Filter":
    from jinja2 import nodes

    arguments: list[nodes.Expr] = [nodes.Const(place, lineno=expression.lineno)]
    return nodes.Filter(
        cast("nodes.Expr", expression), filter_name, arguments, [], None, None, lineno=expression.lineno
    )
