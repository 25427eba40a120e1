"""Placeholders as other programs write them: in a letter of ours they would be printed as they stand, for everybody."""

import re
from collections.abc import Iterator
from typing import Final

from herald.adapters.word.content import Element
from herald.adapters.word.tags import TAG, broken_tag
from herald.values.placeholder import placeholder_name

# Nobody writes these but for a program to fill them in: Carbone's {d.name}, a tag pulled apart by a space or in
# braces of full width, and docxtpl's way to have braces printed.
_CERTAIN: Final = (
    re.compile(r"{[dc]\.(?P<name>[^{}]*)}"),
    re.compile(r"{[\s\u200b-\u200d\u2060\ufeff]+{(?P<name>[^{}]*)}[\s\u200b-\u200d\u2060\ufeff]*}"),
    re.compile(r"\uff5b\s*[\uff5b%](?P<name>[^{}]*)[\uff5d%]\s*\uff5d"),
    re.compile(r"{\s+%(?P<name>)[^{}]*%\s*}"),
    re.compile(r"{_[{%](?P<name>[^{}]*)[}%]_}"),
)
# And these a person may mean: French quotes around a word, a set in braces.
_LIKELY: Final = (
    re.compile(r"\$?{[#/^$]?(?P<name>[^\W\d]\w*(?:[ .]\w+){0,3})}"),
    re.compile(r"«(?P<name>[^\W\d]\w*)»"),
    re.compile(r"<%=?\s*(?P<name>[^\W\d]\w*)\s*%>"),
    re.compile(r"<<\s*(?P<name>[^\W\d]\w*(?:[ .]\w+){0,3})\s*>>"),
    re.compile(r"\[\[\s*(?P<name>[^\W\d]\w*(?:[ .]\w+){0,3})\s*\]\]"),
)
_WARNINGS_AT_MOST: Final = 10


def foreign_tags(name: str, root: Element) -> list[str]:
    """What in a part may be meant as a placeholder and is none, in a sentence for each.

    Args:
        name: The part's name, for the error.
        root: The part's root element.

    Raises:
        Invalid: ``template_foreign_tag`` where it can mean nothing else.
    """
    word = f"{{{root.nsmap['w']}}}"
    paragraphs = (
        "".join(text.text or "" for text in paragraph.iter(f"{word}t")) for paragraph in root.iter(f"{word}p")
    )
    texts = [TAG.sub(" ", paragraph) for paragraph in paragraphs]
    for text in texts:
        for certain in filter(None, (pattern.search(text) for pattern in _CERTAIN)):
            raise broken_tag(
                name,
                text,
                f"{certain[0]} would be printed as it stands. {_advice(certain['name'])}",
                code="template_foreign_tag",
            )
    return list(dict.fromkeys(warning for text in texts for warning in _warnings(text)))[:_WARNINGS_AT_MOST]


def _warnings(text: str) -> Iterator[str]:
    for pattern in _LIKELY:
        for likely in pattern.finditer(text):
            yield f"{likely[0]} is printed as it stands. {_advice(likely['name'])}, if it stands for a value."


def _advice(name: str) -> str:
    placeholder = placeholder_name(name)
    return f"Write {{{{ {placeholder} }}}} instead" if placeholder else "A tag begins with {{ or {% without a space"
