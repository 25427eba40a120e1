"""One part of a Word template as a Jinja template: compiled once, rendered for one person after another."""

import logging
import re
from collections.abc import Mapping
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Final

from herald.adapters.word.branches import Branches
from herald.adapters.word.broken_value import BrokenValue
from herald.adapters.word.content import Element
from herald.adapters.word.fields import TemplateField, add_fields
from herald.adapters.word.language import ForbiddenSyntax, environment, refuse_unparsed_text, restrict
from herald.adapters.word.media import Pictures
from herald.adapters.word.picture_tags import check_picture_tags
from herald.adapters.word.pictures import PICTURES
from herald.adapters.word.structure import check_structure, check_tags, paragraph_text, rejoin_tags
from herald.adapters.word.syntax import check_syntax
from herald.adapters.word.tags import TAG, refuse_lost_tags
from herald.adapters.word.values import LINE_BREAK, TAB
from herald.errors import HeraldError, Invalid

if TYPE_CHECKING:
    from jinja2 import Template

MAX_FILLED_PART_BYTES: Final = 20 * 1024 * 1024
# What values raise that are of another kind than a template takes them for.
_MISMATCHES: Final = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)
_log = logging.getLogger(__name__)
XML_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TEXT_ELEMENT: Final = re.compile(r"<w:t(?: [^>]*)?>[^<]*</w:t>")
_BREAK: Final = '</w:t><w:br/><w:t xml:space="preserve">'
_TAB: Final = '</w:t><w:tab/><w:t xml:space="preserve">'


class CompiledPart:
    """One part's template, and the source it came from, to say where something went wrong.

    Attributes:
        placeholders: The top-level names it reads.
    """

    def __init__(self, name: str, source: str, template: "Template", placeholders: frozenset[str]) -> None:
        self._name = name
        self._source = source
        self._template = template
        self.placeholders = placeholders

    @cached_property
    def branches(self) -> Branches:
        """Its conditions and loops."""
        return Branches(self._name, self._source)

    def render(self, values: Mapping[str, object], pictures: Pictures) -> str:
        """The part's XML with the values filled in.

        Args:
            values: A value for each placeholder, as `cells.cells_of` gives them.
            pictures: Takes the pictures that the values bring into this part.

        Raises:
            Invalid: ``template_value_missing`` or ``template_value_broken``, naming the placeholder or the paragraph.
        """
        from jinja2 import TemplateError, UndefinedError

        try:
            return self._rendered({**values, PICTURES: pictures})
        except UndefinedError as error:
            raise self._missing(str(error), error.__traceback__) from error
        except BrokenValue as error:
            raise self._broken(error, error.__traceback__) from error
        except (TemplateError, *_MISMATCHES) as error:
            mismatch = BrokenValue("the value is of another kind than the template expects")
            raise self._broken(mismatch, error.__traceback__) from error

    def _rendered(self, values: dict[str, object]) -> str:
        template = self._template
        pieces = []
        size = 0
        for piece in template.root_render_func(template.new_context(values)):
            size += len(piece)
            if size > MAX_FILLED_PART_BYTES:
                raise BrokenValue("the filled document becomes too large")
            pieces.append(piece)
        return _with_breaks("".join(pieces))

    def _missing(self, name: str, trace: TracebackType | None) -> Invalid:
        return Invalid(
            f"The template asks for “{name}”, for which there is no value.",
            code="template_value_missing",
            fields={"placeholder": name, "paragraph": self._paragraph(trace), "part": self._name},
        )

    def _broken(self, broken: BrokenValue, trace: TracebackType | None) -> Invalid:
        paragraph = self._paragraph(trace)
        blamed = broken.placeholder or ", ".join(TAG.findall(paragraph))
        about_value = {"value": broken.value, "kind": broken.kind} if broken.kind else {}
        return Invalid(
            f"The placeholder “{blamed}” cannot be filled: {broken.reason}.",
            code="template_value_broken",
            fields={"placeholder": blamed, "paragraph": paragraph, "part": self._name, **about_value},
        )

    def _paragraph(self, trace: TracebackType | None) -> str:
        line = 0
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == "<template>":
                line = self._template.get_corresponding_lineno(trace.tb_lineno)
            trace = trace.tb_next
        return paragraph_text(self._source, line) if line else ""


def compile_part(name: str, root: Element, fields: dict[str, TemplateField]) -> CompiledPart | None:
    """Check and compile a part of a Word file.

    Args:
        name: The part's name, for errors.
        root: Its root element, changed in place.
        fields: What the template reads of its values is added here.

    Returns:
        The compiled part; None where it holds no placeholder.

    Raises:
        Invalid: ``template_broken_tag`` or ``template_forbidden_tag``, among others, with ``paragraph`` and ``part``.
    """
    tags = check_tags(name, root)
    if not tags:
        return None
    check_syntax(name, tags)
    source = rejoin_tags(root)
    refuse_lost_tags(name, tags, source)
    return compile_source(name, source, fields)


def compile_source(name: str, source: str, fields: dict[str, TemplateField]) -> CompiledPart:
    """Check and compile what `rejoin_tags` gave.

    Raises:
        Invalid: As `compile_part`.
    """
    from jinja2 import TemplateSyntaxError, meta, nodes

    language = environment()
    try:
        refuse_unparsed_text(source)
        tree = language.parse(source)
        check_structure(name, tree)
        # Before anything else looks at the tree: looking for names already computes 'a' * 1000000000.
        restrict(tree)
        check_picture_tags(name, tree)
        placeholders = frozenset(meta.find_undeclared_variables(tree))
        add_fields(tree, fields)
        # One paragraph per line served the errors' line numbers; the document itself has none.
        for text in tree.find_all(nodes.TemplateData):
            text.data = text.data.replace("\n<w:p", "<w:p")
        template = language.template_class.from_code(language, language.compile(tree), {})
    except TemplateSyntaxError as error:
        raise _broken_tag(name, source, error.lineno, "it is not written as the template language has it") from error
    except ForbiddenSyntax as error:
        raise _forbidden_tag(name, source, error) from error
    except (RecursionError, SyntaxError) as error:
        # Of Jinja, or of Python, which compiles what Jinja makes.
        raise _broken_tag(name, source, 0, "a tag is too long or nested too deeply") from error
    except HeraldError:
        raise
    except Exception as error:
        # Whatever Jinja stumbles over, it is this template's: its author is told, and we are.
        _log.warning("A template could not be compiled: %s", name, exc_info=True)
        raise _broken_tag(name, source, 0, "it is not written as the template language has it") from error
    return CompiledPart(name, source, template, placeholders)


def _with_breaks(xml: str) -> str:
    if LINE_BREAK not in xml and TAB not in xml:
        return xml
    broken = _TEXT_ELEMENT.sub(lambda text: text[0].replace(LINE_BREAK, _BREAK).replace(TAB, _TAB), xml)
    return broken.replace(LINE_BREAK, " ")


def _broken_tag(name: str, source: str, line: int, reason: str) -> Invalid:
    paragraph = paragraph_text(source, line)
    return Invalid(
        f"A placeholder in the template is broken, near “{paragraph[:80]}”: {reason}",
        code="template_broken_tag",
        fields={"paragraph": paragraph, "part": name},
    )


def _forbidden_tag(name: str, source: str, error: ForbiddenSyntax) -> Invalid:
    paragraph = paragraph_text(source, error.line)
    return Invalid(
        f"A placeholder in the template does something that is not allowed, near “{paragraph[:80]}”: {error.reason}.",
        code="template_forbidden_tag",
        fields={"paragraph": paragraph, "part": name},
    )
