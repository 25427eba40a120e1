"""Word templates: checked and compiled once, then filled for one person after another.

In a template stand ``{{ name }}``, table rows repeated between ``{%tr for test in tests %}`` and ``{%tr endfor %}``,
paragraphs kept or dropped between ``{%p if follow_up %}`` and ``{%p endif %}``, and the filters ``default("-")``,
``date("d MMMM yyyy")``, ``number("#,##0.00")``, ``upper`` and ``lower``.
"""

import re
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Final

from herald.adapters import word_content, word_language
from herald.adapters.word_archive import ArchiveBase
from herald.adapters.word_package import check_package, open_package
from herald.adapters.word_structure import check_structure, check_tags, paragraph_text, rejoin_tags
from herald.adapters.word_values import LINE_BREAK, TAB, BrokenValue, TemplateValue
from herald.errors import Invalid

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["CompiledTemplate", "TemplateValue", "check_package", "compile_template"]

MAX_FILLED_PART_BYTES: Final = 20 * 1024 * 1024
_XML_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TEXT_ELEMENT: Final = re.compile(r"<w:t(?: [^>]*)?>[^<]*</w:t>")
_BREAK: Final = '</w:t><w:br/><w:t xml:space="preserve">'
_TAB: Final = '</w:t><w:tab/><w:t xml:space="preserve">'
_TAG: Final = re.compile(r"{[{%].*?[}%]}")


class CompiledTemplate:
    """A Word template ready to be filled, as often as there are rows.

    Attributes:
        placeholders: The top-level names the template reads, to be compared with the columns of a workbook.
    """

    def __init__(self, base: ArchiveBase, parts: "Mapping[str, _CompiledPart]") -> None:
        self._base = base
        self._parts = parts
        self.placeholders: frozenset[str] = frozenset().union(*(part.placeholders for part in parts.values()))

    def fill(self, values: Mapping[str, TemplateValue]) -> bytes:
        """Fill the template for one person.

        Args:
            values: A value for each placeholder; a list of records for each loop.

        Returns:
            The bytes of a .docx file. Line ends in values are line breaks in it.

        Raises:
            Invalid: ``template_value_missing`` or ``template_value_broken``, naming the placeholder or the paragraph.
        """
        return self._base.with_parts({name: part.render(values) for name, part in self._parts.items()})


def compile_template(content: bytes) -> CompiledTemplate:
    """Check a Word file from outside and compile the parts of it that hold placeholders.

    Args:
        content: The bytes of the uploaded .docx file.

    Returns:
        The compiled template; it holds nothing of the file that was not checked.

    Raises:
        Invalid: What `check_package` raises; ``template_broken_tag`` or ``template_forbidden_tag`` with ``paragraph``
            (its text) and ``part`` in ``fields``.
    """
    package = open_package(content)
    compiled = {}
    for name in package.filled:
        part = _compile_part(name, package.parts[name])
        if part is not None:
            compiled[name] = part
    unchanged = {name: part for name, part in package.parts.items() if name not in compiled}
    return CompiledTemplate(ArchiveBase(unchanged), compiled)


class _CompiledPart:
    """One part's template, and the source it came from, to say where something went wrong."""

    def __init__(self, name: str, source: str, template: "Template", placeholders: frozenset[str]) -> None:
        self._name = name
        self._source = source
        self._template = template
        self.placeholders = placeholders

    def render(self, values: Mapping[str, TemplateValue]) -> bytes:
        """The part's bytes with the values filled in."""
        from jinja2 import TemplateError, UndefinedError

        try:
            xml = self._rendered(values)
        except UndefinedError as error:
            raise self._missing(str(error), error.__traceback__) from error
        except BrokenValue as error:
            raise self._broken(error.reason, error.placeholder, error.__traceback__) from error
        except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
            raise self._broken(
                "the value is of another kind than the template expects", None, error.__traceback__
            ) from error
        return xml.encode()

    def _rendered(self, values: Mapping[str, TemplateValue]) -> str:
        template = self._template
        pieces = [_XML_DECLARATION]
        size = 0
        for piece in template.root_render_func(template.new_context(dict(values))):
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

    def _broken(self, reason: str, placeholder: str | None, trace: TracebackType | None) -> Invalid:
        paragraph = self._paragraph(trace)
        blamed = placeholder or ", ".join(_TAG.findall(paragraph))
        return Invalid(
            f"The placeholder “{blamed}” cannot be filled: {reason}.",
            code="template_value_broken",
            fields={"placeholder": blamed, "paragraph": paragraph, "part": self._name},
        )

    def _paragraph(self, trace: TracebackType | None) -> str:
        line = 0
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == "<template>":
                line = self._template.get_corresponding_lineno(trace.tb_lineno)
            trace = trace.tb_next
        return paragraph_text(self._source, line) if line else ""


def _compile_part(name: str, part: bytes) -> _CompiledPart | None:
    from jinja2 import TemplateSyntaxError, meta, nodes

    root = word_content.parse_xml(name, part)
    if not check_tags(name, root):
        return None
    source = rejoin_tags(root)
    language = word_language.environment()
    try:
        word_language.refuse_unparsed_text(source)
        tree = language.parse(source)
        check_structure(name, tree)
        # Before anything else looks at the tree: looking for names already computes 'a' * 1000000000.
        word_language.restrict(tree)
        placeholders = frozenset(meta.find_undeclared_variables(tree))
        # One paragraph per line served the errors' line numbers; the document itself has none.
        for text in tree.find_all(nodes.TemplateData):
            text.data = text.data.replace("\n<w:p", "<w:p")
        template = language.template_class.from_code(language, language.compile(tree), {})
    except TemplateSyntaxError as error:
        raise _broken_tag(name, source, error.lineno, error.message or "it is not written correctly") from error
    except word_language.ForbiddenSyntax as error:
        raise _forbidden_tag(name, source, error) from error
    except RecursionError as error:
        raise _broken_tag(name, source, 0, "it is nested too deeply") from error
    return _CompiledPart(name, source, template, placeholders)


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


def _forbidden_tag(name: str, source: str, error: word_language.ForbiddenSyntax) -> Invalid:
    paragraph = paragraph_text(source, error.line)
    return Invalid(
        f"A placeholder in the template does something that is not allowed, near “{paragraph[:80]}”: {error.reason}.",
        code="template_forbidden_tag",
        fields={"paragraph": paragraph, "part": name},
    )
