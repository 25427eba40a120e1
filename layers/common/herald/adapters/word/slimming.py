"""What a Word file carries that no page shows, taken out once so that LibreOffice need not read it for every row."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from herald.adapters.word.content import WORD_NAMESPACES, Element, field_instructions, parse_xml, write_xml
from herald.adapters.word.package import Package
from herald.adapters.word.relationships import (
    CONTENT_TYPES,
    content_types_of,
    relationships_name,
    relationships_of,
    write_relationships,
)

_PACKAGE: Final = ""
_DROPPED_KINDS: Final = frozenset(
    {"stylesWithEffects", "thumbnail", "webSettings", "printerSettings", "glossaryDocument", "people"}
    | {"comments", "commentsExtended", "commentsIds", "commentsExtensible"}
)
_PROPERTY_KINDS: Final = frozenset({"core-properties", "extended-properties", "custom-properties", "customXml"})
# Fields that show what the properties say (ECMA-376 part 1, 17.16.5); content controls may be bound to them as well.
_PROPERTY_FIELDS: Final = frozenset(
    {"AUTHOR", "TITLE", "SUBJECT", "KEYWORDS", "COMMENTS", "DOCPROPERTY", "DOCVARIABLE", "LASTSAVEDBY", "CREATEDATE"}
    | {"SAVEDATE", "PRINTDATE", "EDITTIME", "REVNUM"}
)
_UNSEEN: Final = frozenset(
    {
        "proofErr",
        "lastRenderedPageBreak",
        "rsid",
        "commentRangeStart",
        "commentRangeEnd",
        "commentReference",
        "annotationRef",
    }
)
_STYLE_USES: Final = frozenset(
    {"pStyle", "rStyle", "tblStyle", "styleLink", "numStyleLink", "defaultTableStyle", "clickAndTypeStyle"}
)
_STYLE_CHAINS: Final = frozenset({"basedOn", "link", "next"})
_TAG_MARKS: Final = frozenset("{}%#")
# Sessions of editing (w:rsidR ...), and the identities that Word gives to paragraphs (w14:paraId, w14:textId).
_HISTORY: Final = re.compile(r"\}(?:rsid\w*|paraId|textId)$")
_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"


def slimmed(package: Package) -> Package:
    """The document without what is not seen on its pages, or so it is thought: the pages must prove it.

    Styles and lists that nothing uses, histories of editing, comments, thumbnails and properties that no field shows
    are left out; runs of one format are joined.

    Args:
        package: A checked package.

    Returns:
        The smaller package.
    """
    trees = {name: parse_xml(name, package.parts[name]) for name in package.filled}
    for root in trees.values():
        _drop_unseen(root)
        _join_runs(root)
    parts = dict(package.parts)
    _drop_parts(parts, package.main, keeps_properties=_shows_properties(trees))
    _slim_styles_and_lists(parts, package.main, trees)
    for name, root in trees.items():
        if name in parts:
            parts[name] = write_xml(root)
    return package.with_parts(parts)


def _drop_unseen(root: Element) -> None:
    word = root.nsmap.get("w")
    for element in list(root.iter(f"{{{word}}}*")):
        local_name = element.tag.rpartition("}")[2]
        if local_name in _UNSEEN:
            element.getparent().remove(element)
            continue
        for attribute in [key for key in element.attrib if _HISTORY.search(key)]:
            del element.attrib[attribute]
    _drop_last_place_of_the_cursor(root, f"{{{word}}}")


def _drop_last_place_of_the_cursor(root: Element, word: str) -> None:
    for start in list(root.iter(f"{word}bookmarkStart")):
        if start.get(f"{word}name") != "_GoBack":
            continue
        for end in list(root.iter(f"{word}bookmarkEnd")):
            if end.get(f"{word}id") == start.get(f"{word}id"):
                end.getparent().remove(end)
        start.getparent().remove(start)


def _join_runs(root: Element) -> None:
    """Word splits a line into runs at every session of editing; alike neighbours are one run."""
    word = f"{{{root.nsmap.get('w')}}}"
    for run in list(root.iter(f"{word}r")):
        before = run.getprevious()
        if before is None or before.tag != run.tag or not _can_join(before, run):
            continue
        for child in [child for child in before if not child.tag.endswith("}rPr")][::-1]:
            run.insert(1 if _properties(run) else 0, child)
        texts = run.findall(f"{word}t")
        texts[0].text = "".join(text.text or "" for text in texts)
        texts[0].set(_SPACE, "preserve")
        for text in texts[1:]:
            run.remove(text)
        run.getparent().remove(before)


def _can_join(one: Element, other: Element) -> bool:
    return _is_plain_text(one) and _is_plain_text(other) and _properties(one) == _properties(other)


def _is_plain_text(run: Element) -> bool:
    """Whether a run is nothing but text, and no tag begins or ends in it: ``{%r`` counts by runs."""
    texts = [child for child in run if not child.tag.endswith("}rPr")]
    return (
        not run.attrib
        and bool(texts)
        and all(
            text.tag.endswith("}t") and text.get(_SPACE) == "preserve" and _TAG_MARKS.isdisjoint(text.text or "")
            for text in texts
        )
    )


def _properties(run: Element) -> bytes:
    from lxml import etree

    first = run[0] if len(run) and run[0].tag.endswith("}rPr") else None
    return b"" if first is None else etree.tostring(first, with_tail=False)


def _shows_properties(trees: Mapping[str, Element]) -> bool:
    instructions = (code for root in trees.values() for code in field_instructions(root))
    if any(not _PROPERTY_FIELDS.isdisjoint(code.upper().split()) for code in instructions):
        return True
    return any(next(root.iter("{*}dataBinding"), None) is not None for root in trees.values())


def _drop_parts(parts: dict[str, bytes], main: str, *, keeps_properties: bool) -> None:
    dropped_kinds = _DROPPED_KINDS if keeps_properties else _DROPPED_KINDS | _PROPERTY_KINDS
    dropped: set[str] = set()
    for source in (_PACKAGE, main):
        relationships = relationships_of(parts, source)
        kept = [entry for entry in relationships if entry.kind not in dropped_kinds]
        dropped |= {entry.part_from(source) for entry in relationships if entry.kind in dropped_kinds}
        if len(kept) < len(relationships):
            parts[relationships_name(source)] = write_relationships(kept)
    for name in dropped:
        for inner in relationships_of(parts, name):
            if inner.kind == "customXmlProps":
                parts.pop(inner.part_from(name), None)
    for name in [*dropped, *map(relationships_name, dropped)]:
        parts.pop(name, None)
    types = content_types_of(parts)
    overrides = {name: kind for name, kind in types.overrides.items() if name in parts}
    parts[CONTENT_TYPES] = types._replace(overrides=overrides).written()


def _slim_styles_and_lists(parts: dict[str, bytes], main: str, trees: Mapping[str, Element]) -> None:
    named = {entry.kind: entry.part_from(main) for entry in relationships_of(parts, main)}
    others = {
        kind: parse_xml(named[kind], parts[named[kind]])
        for kind in ("styles", "numbering", "settings")
        if named.get(kind) in parts
    }
    # Another program than Word may have written them in another way; then they stay as they are.
    others = {kind: root for kind, root in others.items() if root.nsmap.get("w") in WORD_NAMESPACES}
    for root in others.values():
        _drop_unseen(root)
    styles, numbering, settings = (others.get(kind) for kind in ("styles", "numbering", "settings"))
    if styles is not None:
        _drop_unused_styles(styles, _style_uses([*trees.values(), *others.values()]))
    if numbering is not None:
        _drop_unused_lists(numbering, _list_uses([*trees.values(), *others.values()]))
    if settings is not None:
        for history in settings.findall("{*}rsids"):
            settings.remove(history)
    parts.update({named[kind]: write_xml(root) for kind, root in others.items()})


def _drop_unused_styles(styles: Element, used: set[str]) -> None:
    word = f"{{{styles.nsmap['w']}}}"
    if any(style.get(f"{word}styleId") is None for style in styles.iter(f"{word}style")):
        # What calls a style by its name alone is for each program to say.
        return
    by_id = {style.get(f"{word}styleId"): style for style in styles.iter(f"{word}style")}
    kept = {name for name, style in by_id.items() if style.get(f"{word}default") in {"1", "true", "on"}}
    waiting = [*kept, *used]
    while waiting:
        name = waiting.pop()
        kept.add(name)
        chained = {child.get(f"{word}val") for child in by_id.get(name, ()) if _local_name(child) in _STYLE_CHAINS}
        waiting += [chain for chain in chained if chain not in kept]
    for name, style in by_id.items():
        if name not in kept:
            styles.remove(style)
    for latent in styles.findall(f"{word}latentStyles"):
        styles.remove(latent)


def _drop_unused_lists(numbering: Element, used: set[str]) -> None:
    word = f"{{{numbering.nsmap['w']}}}"
    if next(numbering.iter(f"{word}numStyleLink"), None) is not None:
        return
    outlines = set()
    for instance in numbering.findall(f"{word}num"):
        if instance.get(f"{word}numId") in used:
            outlines |= {child.get(f"{word}val") for child in instance.findall(f"{word}abstractNumId")}
        else:
            numbering.remove(instance)
    for outline in numbering.findall(f"{word}abstractNum"):
        if outline.get(f"{word}abstractNumId") not in outlines:
            numbering.remove(outline)


def _style_uses(roots: Iterable[Element]) -> set[str]:
    return set(_values(roots, _STYLE_USES))


def _list_uses(roots: Iterable[Element]) -> set[str]:
    return set(_values(roots, frozenset({"numId"})))


def _values(roots: Iterable[Element], names: frozenset[str]) -> Iterator[str]:
    for root in roots:
        for element in root.iter("*"):
            if _local_name(element) in names:
                yield from (value for key, value in element.attrib.items() if key.endswith("}val"))


def _local_name(element: Element) -> str:
    return str(element.tag.rpartition("}")[2])
