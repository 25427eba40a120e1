"""What is wrong with a tag, said to whoever wrote it in Word, before Jinja says it to programmers."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from herald.adapters.word.language import environment
from herald.adapters.word.tags import Tag, broken_tag
from herald.values.placeholder import placeholder_name

MAX_DEPTH: Final = 20
_KEYWORD: Final = re.compile(r"{%(?:tr|tc|p|r)?[-+]?\s*(?P<word>\w*)(?P<rest>.*?)[-+]?%}$", re.DOTALL)
_PREFIXES: Final = frozenset({"p", "tr", "tc", "r"})
_ENDS: Final = {"endif": "if", "endfor": "for"}
_KNOWN: Final = ("if", "elif", "else", "endif", "for", "endfor")
_TWO_WORDS: Final = {("end", "if"): "endif", ("end", "for"): "endfor", ("else", "if"): "elif"}
# A tag as Jinja reads it by itself, between what makes it whole.
_WRAPPINGS: Final = {"if": "{}{{% endif %}}", "elif": "{{% if a %}}{}{{% endif %}}", "for": "{}{{% endfor %}}"}
_OPERATORS: Final = frozenset({"and", "or", "not", "in", "is", "if", "else", "recursive"})

_WORDS: Final = re.compile(r"[^\W\d]\w*(?:\s+\w+)+")
_LETTERS_LATER: Final = re.compile(r"\d\w*(?:\s+\w+)*")
_QUOTED: Final = re.compile(r"\"[^\"]*\"|'[^']*'")
_FOREIGN_OPERATORS: Final = (
    (re.compile(r"&&?"), "Write “and” instead of &&"),
    (re.compile(r"\|\|"), "Write “or” instead of ||"),
    (re.compile(r"<>"), "Write != instead of <>"),
    (re.compile(r"!\w"), "Write “not” instead of !"),
    (re.compile(r"(?<![=!<>])=(?!=)"), "Write == instead of ="),
)
_CURLY: Final = str.maketrans({"“": '"', "”": '"', "\u2018": "'", "\u2019": "'"})


@dataclass(slots=True)
class _Block:
    """A condition or a loop that is open."""

    word: str
    tag: Tag
    has_else: bool = False


def check_syntax(name: str, tags: Sequence[Tag]) -> None:
    """Refuse tags that cannot be read, and conditions and loops that are not closed.

    Args:
        name: The part's name, for the error.
        tags: The part's tags in order.

    Raises:
        Invalid: ``template_broken_tag``, or ``template_forbidden_tag`` for a word that Jinja has and this language not.
    """
    opened: list[_Block] = []
    for tag in tags:
        keyword = _KEYWORD.match(tag.text)
        if keyword is None:
            _check_value(name, tag)
            continue
        word = keyword["word"]
        _check_keyword(name, tag, word, keyword["rest"])
        _check_blocks(name, tag, word, opened)
        _check_expression(name, tag, word, keyword["rest"])
    if opened:
        block = opened[-1]
        sentence = f"{block.tag.text} is not closed: {{% end{block.word} %}} is missing after it"
        raise broken_tag(name, block.tag.paragraph, sentence)


def _check_value(name: str, tag: Tag) -> None:
    inside = tag.text[2:-2].strip().strip("-+").strip()
    if not inside:
        raise broken_tag(name, tag.paragraph, "A placeholder is empty: between {{ and }} stands the name of a column")
    head = re.split(r"[|.\[]", inside, maxsplit=1)[0].strip()
    if (_WORDS.fullmatch(head) and _OPERATORS.isdisjoint(head.split())) or _LETTERS_LATER.fullmatch(head):
        instead = f"{{{{ {placeholder_name(head)}{inside[len(head) :]} }}}}"
        if " " in head:
            raise broken_tag(name, tag.paragraph, f"A placeholder's name has no spaces; write {instead}")
        if not head.isdigit():
            raise broken_tag(name, tag.paragraph, f"“{head}”: a placeholder's name begins with a letter")
    _check_expression(name, tag, "", inside)


def _check_keyword(name: str, tag: Tag, word: str, rest: str) -> None:
    if word in _KNOWN and not (word == "else" and rest.split()[:1] == ["if"]):
        if word in {"else", "endif", "endfor"} and rest.strip():
            raise broken_tag(name, tag.paragraph, f"“{word}” stands alone in its tag")
        return
    instead = _TWO_WORDS.get((word.casefold(), (rest.split() or [""])[0].casefold()))
    if instead is not None:
        raise broken_tag(name, tag.paragraph, f"“{word} {rest.split(maxsplit=1)[0]}” is one word: {instead}")
    if word.casefold() in _KNOWN:
        raise broken_tag(name, tag.paragraph, f"“{word}” is written in small letters: {word.casefold()}")
    if word in _PREFIXES:
        raise broken_tag(name, tag.paragraph, f"“{word}” follows {{% without a space: {{%{word}{rest}%}}")
    raise broken_tag(
        name,
        tag.paragraph,
        f"“{word}” is not part of the template language, which has {', '.join(_KNOWN)}",
        code="template_forbidden_tag",
    )


def _check_blocks(name: str, tag: Tag, word: str, opened: list[_Block]) -> None:
    if word in {"if", "for"}:
        opened.append(_Block(word, tag))
        if len(opened) > MAX_DEPTH:
            raise broken_tag(name, tag.paragraph, f"Conditions and loops are nested more than {MAX_DEPTH} deep")
        return
    ended = _ENDS.get(word)
    if not opened or (word == "elif" and opened[-1].word != "if"):
        begins = ended or ("if" if word == "elif" else "if or for")
        raise broken_tag(name, tag.paragraph, f"{tag.text} has no beginning: {begins} is missing before it")
    block = opened[-1]
    if ended is None and block.has_else:
        raise broken_tag(name, tag.paragraph, f"{tag.text} comes after {{% else %}}, which is the last before the end")
    if ended not in {None, block.word}:
        sentence = f"{tag.text} comes before {block.tag.text} is closed: {{% end{block.word} %}} is missing"
        raise broken_tag(name, tag.paragraph, sentence)
    block.has_else = word == "else"
    if ended:
        opened.pop()


def _check_expression(name: str, tag: Tag, word: str, inside: str) -> None:
    from jinja2 import TemplateSyntaxError

    if word in {"if", "elif"} and not inside.strip():
        raise broken_tag(name, tag.paragraph, f"{tag.text} has no condition: write the name of a column after {word}")
    readable = _WRAPPINGS.get(word, "{}").format(_plain(tag.text, word, inside))
    try:
        environment().parse(readable.translate(_CURLY))
    except TemplateSyntaxError as error:
        advice = next(_advice(word, inside), "A tag holds the name of a column, filters after it, and conditions")
        raise broken_tag(name, tag.paragraph, f"{tag.text} cannot be read. {advice}") from error
    except RecursionError as error:
        raise broken_tag(name, tag.paragraph, "A tag is nested too deeply") from error


def _plain(text: str, word: str, inside: str) -> str:
    if not word or word not in _WRAPPINGS:
        return text if not word else ""
    return f"{{% {word} {inside} %}}"


def _advice(word: str, inside: str) -> Iterator[str]:
    outside_quotes = _QUOTED.sub('""', inside.translate(_CURLY))
    if word == "for":
        yield "A loop is written {% for test in tests %}"
    for pattern, sentence in _FOREIGN_OPERATORS:
        if pattern.search(outside_quotes):
            yield sentence
    if re.search(r"\|\s*($|\|)", outside_quotes):
        yield "After | stands the name of a filter"
    if re.search(r"\|\s*\w+\s*:", outside_quotes):
        yield 'What a filter takes stands in brackets: |number("0.00")'
    if re.search(r"[{}]", outside_quotes):
        yield "Two braces open a tag and two close it, and there are none within"
    if re.search(r"[^\W\d]\w*\s+[^\W\d]\w*", outside_quotes):
        yield "Names of columns have no spaces, but _ instead"
