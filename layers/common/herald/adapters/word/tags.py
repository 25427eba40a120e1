"""A template's tags as they stand in the document, before they are read: whole, plain, and each in its place.

Nothing that looks like a tag may vanish, or be printed as it stands, without its author hearing of it.
"""

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from herald.adapters.word.content import Element
from herald.errors import Invalid

MAX_TAG_LENGTH: Final = 500
MARK: Final = re.compile(r"{{|{%|{#|}}|%}|#}")
TAG: Final = re.compile(r"{[{%].*?[}%]}", re.DOTALL)
_CLOSING_MARK: Final = {"{{": "}}", "{%": "%}"}

# Quotes are the author's: a space that does not break may group the digits of a number.
_QUOTED_OR_ODD_SPACE: Final = re.compile(
    r"(?P<quoted>\"[^\"]*\"|'[^']*'|“[^”]*”|\u2018[^\u2019]*\u2019)"
    "|(?P<space>[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000])|(?P<unseen>[\u00ad\u200b-\u200d\u2060\ufeff])"
)
# docxtpl's rich text ({{r x}}) and subdocuments ({{p x}}): a plain value stands in their place as in that of {{ x }}.
_PREFIXED_VALUE: Final = re.compile(r"{{(?P<prefix>tr|tc|p|r)(?=\s+(?P<next>\w+|[\"'“\u2018(]))")
_NAMED_AS_PREFIX: Final = re.compile(r"{{(?=(?:tr|tc|p|r)\s)")
_OPERATORS: Final = frozenset({"and", "or", "not", "in", "is", "if", "else"})

_WHOLE: Final = re.compile(r"{%(?P<kind>tr|tc|p)\s")
_WHOLE_NAMES: Final = {"p": "paragraph", "tr": "table row", "tc": "table cell"}
_CELL_TAG: Final = re.compile(r"{%-?\s*(?P<name>vm|hm|colspan|cellbg)\b")
_NOT_WORDS: Final = re.compile(r"\W+")
_CONTROL_PREFIX: Final = re.compile(r"^{%(?:tr|tc|p|r)\s")


class Tag(NamedTuple):
    """A tag, and the text of the paragraph that it stands in."""

    text: str
    paragraph: str


def read_tags(name: str, root: Element) -> list[Tag]:
    """The tags of a part, after making them plain and making sure that each is whole and stands where it can.

    Args:
        name: The part's name, for the error.
        root: The part's root element; its tags are written plainly afterwards, and filled by nobody else.

    Raises:
        Invalid: ``template_broken_tag`` or ``template_forbidden_tag`` with the paragraph's text.
    """
    word = f"{{{root.nsmap['w']}}}"
    found: list[Tag] = []
    for paragraph in root.iter(f"{word}p"):
        texts = list(_texts(paragraph))
        _make_plain(texts)
        text = "".join(element.text or "" for element in texts)
        tags = _tags_of(name, text)
        for tag in tags:
            _check_place(name, paragraph, tag)
        if tags:
            _unbind(paragraph)
        found += [Tag(tag, text) for tag in tags]
    return found


def refuse_lost_tags(name: str, tags: Iterable[Tag], joined: str) -> None:
    """Refuse a part whose tags are not all there any more once they are in one piece.

    Args:
        name: The part's name, for the error.
        tags: What `read_tags` gave.
        joined: The part's XML with whole tags.

    Raises:
        Invalid: ``template_broken_tag``, naming the tag.
    """
    left = Counter(map(_canonical, TAG.findall(joined)))
    for tag in tags:
        canonical = _canonical(tag.text)
        if not left[canonical]:
            raise broken_tag(name, tag.paragraph, "A placeholder is lost where it stands. Type it anew")
        left[canonical] -= 1


def broken_tag(name: str, paragraph: str, sentence: str, *, code: str = "template_broken_tag") -> Invalid:
    """What is wrong near a paragraph's text, said in a sentence without its full stop."""
    text = paragraph.strip()[:MAX_TAG_LENGTH]
    return Invalid(f"{sentence}, near “{text[:80]}”.", code=code, fields={"paragraph": text, "part": name})


def _canonical(tag: str) -> str:
    return _NOT_WORDS.sub("", _CONTROL_PREFIX.sub("", html.unescape(tag)))


def _texts(paragraph: Element) -> Iterator[Element]:
    """The texts of a paragraph, but not those of a text box inside of it, which has paragraphs of its own."""
    namespace = paragraph.nsmap[paragraph.prefix]
    for text in paragraph.iter(f"{{{namespace}}}t"):
        nearest = next(text.iterancestors(f"{{{namespace}}}p"))
        if nearest is paragraph:
            yield text


def _make_plain(texts: list[Element]) -> None:
    text = "".join(element.text or "" for element in texts)
    for tag in reversed(list(TAG.finditer(text))):
        for start, end, replacement in reversed(list(_plainer(tag))):
            _replace(texts, start, end, replacement)


def _plainer(tag: re.Match[str]) -> Iterator[tuple[int, int, str]]:
    """What is to be replaced in a tag: where it begins and ends in the text, and by what."""
    prefixed = _PREFIXED_VALUE.match(tag[0])
    if prefixed is not None and prefixed["prefix"] in {"p", "r"} and prefixed["next"] not in _OPERATORS:
        yield tag.start() + prefixed.start("prefix"), tag.start() + prefixed.end("prefix"), ""
    elif _NAMED_AS_PREFIX.match(tag[0]) and (prefixed is None or prefixed["next"] in _OPERATORS):
        yield tag.start() + 2, tag.start() + 2, " "
    for odd in _QUOTED_OR_ODD_SPACE.finditer(tag[0]):
        if odd["quoted"] is None:
            yield tag.start() + odd.start(), tag.start() + odd.end(), " " if odd["space"] else ""


def _replace(texts: list[Element], start: int, end: int, replacement: str) -> None:
    """Replace a stretch of a paragraph's text, which its runs have divided among them."""
    offset = 0
    for element in texts:
        text = element.text or ""
        first, last = max(start - offset, 0), min(end - offset, len(text))
        if 0 <= start - offset <= len(text) or first < last:
            element.text = f"{text[:first]}{replacement}{text[max(first, last) :]}"
            replacement = ""
        offset += len(text)
        if offset >= end:
            return


def _tags_of(name: str, text: str) -> list[str]:
    """The tags of a paragraph's text; their marks come in pairs."""
    opened: re.Match[str] | None = None
    tags = []
    for mark in MARK.finditer(text):
        if mark[0] in {"{#", "#}"}:
            raise broken_tag(name, text, "Comments ({# ... #}) are not part of the template language")
        if opened is None and mark[0] in _CLOSING_MARK:
            opened = mark
        elif opened is not None and mark[0] == _CLOSING_MARK[opened[0]]:
            if mark.end() - opened.start() > MAX_TAG_LENGTH:
                raise broken_tag(name, text, f"A placeholder is longer than {MAX_TAG_LENGTH} characters")
            tags.append(text[opened.start() : mark.end()])
            opened = None
        else:
            raise broken_tag(name, text, "A placeholder is opened and not closed, or closed and not opened")
    if opened is not None:
        raise broken_tag(name, text, "A placeholder is opened and not closed in the same paragraph")
    return tags


def _check_place(name: str, paragraph: Element, tag: str) -> None:
    prefixed = _PREFIXED_VALUE.match(tag)
    if prefixed is not None and prefixed["next"] not in _OPERATORS:
        plain = tag.replace(prefixed["prefix"], "", 1)
        raise broken_tag(name, tag, f"A value stands in the text of a cell: write {plain}")
    cell_tag = _CELL_TAG.match(tag)
    if cell_tag is not None:
        raise broken_tag(
            name,
            tag,
            f"“{cell_tag['name']}” is not part of the template language: cells are merged and coloured in Word",
            code="template_forbidden_tag",
        )
    whole = _WHOLE.match(tag)
    if whole is not None:
        _check_stands_alone(name, paragraph, tag, whole["kind"])


def _check_stands_alone(name: str, paragraph: Element, tag: str, kind: str) -> None:
    """A tag that stands for a whole paragraph, row or cell takes its place, with all that is in it."""
    namespace = paragraph.nsmap[paragraph.prefix]
    around = paragraph if kind == "p" else next(paragraph.iterancestors(f"{{{namespace}}}{kind}"), None)
    if around is None:
        raise broken_tag(name, tag, f"{{%{kind} ... %}} stands in a table, and here is none")
    text = "".join(element.text or "" for element in around.iter(f"{{{namespace}}}t"))
    if text.strip() != tag:
        raise broken_tag(
            name, text, f"{tag} takes the place of its {_WHOLE_NAMES[kind]}, so nothing else may stand in that"
        )


def _unbind(paragraph: Element) -> None:
    """A content control that shows a property of the document would show that instead of the value."""
    for control in paragraph.iter("{*}sdt"):
        _unbind_control(control)
    for control in paragraph.iterancestors("{*}sdt"):
        _unbind_control(control)


def _unbind_control(control: Element) -> None:
    for properties in control.findall("{*}sdtPr"):
        for binding in properties.findall("{*}dataBinding"):
            properties.remove(binding)
