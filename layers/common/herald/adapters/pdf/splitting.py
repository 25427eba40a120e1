"""One PDF of many rows cut into one PDF per row, none of which holds anything of another's.

Writer gives all pages of a document one common list of fonts and pictures. A page here keeps what its own content
names, and fonts, whose subset the rows of one document share, are all that they have in common.
"""

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from herald.adapters.word.sections import row_end_name, row_name

if TYPE_CHECKING:
    from pikepdf import Dictionary, Object, Page, Pdf

# ISO 32000-1, 7.3.5: what a name can be made of.
_NAME: Final = re.compile(rb"/([^\x00\t\n\f\r ()<>\[\]{}/%]+)")
_KEPT_OF_PAGE: Final = ("/Type", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Group", "/Contents")
_KEPT_OF_LINK: Final = ("/Type", "/Subtype", "/Rect", "/Border")
_KEPT_OF_CATALOGUE: Final = ("/Lang",)
_SAFE_LINKS: Final = ("http://", "https://", "mailto:", "tel:")
_DEEPEST: Final = 8


class BrokenMerge(Exception):
    """The PDF does not hold the rows it was made of, each on pages of its own."""


def split_pdf(pdf: bytes, rows: int) -> list[bytes]:
    """Cut the PDF of a merged document at the destinations that its rows begin and end at.

    Args:
        pdf: What LibreOffice made of what `CompiledTemplate.merge` gave, with bookmarks as destinations.
        rows: How many rows were merged.

    Returns:
        The bytes of one PDF for each row, in order: its pages, fonts, pictures and links to the web, and nothing else.

    Raises:
        BrokenMerge: Rows are missing, share a page, or are followed by pages that belong to none.
    """
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(pdf)) as merged:
            pages = list(merged.pages)
            return [_written(merged, pages[first:after]) for first, after in _page_ranges(merged, rows)]
    except pikepdf.PdfError as error:
        raise BrokenMerge("The PDF is damaged.") from error


def _page_ranges(merged: "Pdf", rows: int) -> Iterator[tuple[int, int]]:
    """For each row its first page, and the page after its last; the rows follow each other without a gap."""
    numbers = {page.obj.objgen: number for number, page in enumerate(merged.pages)}
    places = {name: numbers.get(page, -1) for name, page in _destinations(merged)}
    ranges = [(places.get(row_name(row), -1), places.get(row_end_name(row), -1) + 1) for row in range(1, rows + 1)]
    expected = 0
    for first, after in ranges:
        if first != expected or after <= first:
            raise BrokenMerge("A row is missing, or shares its pages with another.")
        expected = after
    if expected != len(merged.pages) or row_name(rows + 1) in places:
        raise BrokenMerge("There are pages that belong to no row.")
    yield from ranges


def _destinations(merged: "Pdf") -> Iterator[tuple[str, tuple[int, int]]]:
    """The named destinations and their pages, wherever this LibreOffice keeps them (ISO 32000-1, 12.3.2.3)."""
    import pikepdf

    named: list[tuple[str, pikepdf.Object]] = []
    if "/Dests" in merged.Root:
        named += [(name.lstrip("/"), value) for name, value in merged.Root.Dests.items()]
    if "/Names" in merged.Root and "/Dests" in merged.Root.Names:
        named += [(str(name), value) for name, value in pikepdf.NameTree(merged.Root.Names.Dests).items()]
    for name, value in named:
        destination = value.get("/D") if isinstance(value, pikepdf.Dictionary) else value
        if isinstance(destination, pikepdf.Array) and len(destination):
            yield name, destination[0].objgen


def _written(merged: "Pdf", pages: "list[Page]") -> bytes:
    import pikepdf

    written = io.BytesIO()
    with pikepdf.new() as row:
        for page in pages:
            row.pages.append(pikepdf.Page(_alone(merged, page)))
        for key in _KEPT_OF_CATALOGUE:
            if key in merged.Root:
                row.Root[key] = merged.Root[key]
        row.save(written, min_version="1.7", object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return written.getvalue()


def _alone(merged: "Pdf", page: "Page") -> "Object":
    """A page that leads to nothing but what it shows."""
    import pikepdf

    alone = pikepdf.Dictionary({key: page.obj[key] for key in _KEPT_OF_PAGE if key in page.obj})
    alone.Resources = _used(page.resources, _content(page.obj), _DEEPEST)
    links = [_link(annotation) for annotation in page.obj.get("/Annots", []) if _is_web_link(annotation)]
    if links:
        alone.Annots = pikepdf.Array(links)
    return merged.make_indirect(alone)


def _content(page: "Object") -> bytes:
    import pikepdf

    contents = page.get("/Contents")
    streams = contents if isinstance(contents, pikepdf.Array) else [contents]
    return b"\n".join(stream.read_bytes() for stream in streams if stream is not None)


def _used(resources: "Object", content: bytes, depth: int) -> "Dictionary":
    """Those entries of a list of resources that a content names."""
    import pikepdf

    if depth == 0:
        raise BrokenMerge("Drawings are nested too deeply.")
    names = {f"/{name.decode('latin-1')}" for name in _NAME.findall(content)}
    used = pikepdf.Dictionary()
    for category, entries in resources.items():
        if not isinstance(entries, pikepdf.Dictionary):
            continue
        kept = {name: entry for name, entry in entries.items() if name in names}
        for entry in kept.values():
            _trim(entry, depth)
        if kept:
            used[category] = pikepdf.Dictionary(kept)
    return used


def _trim(entry: "Object", depth: int) -> None:
    """Drawings, and fonts made of drawings, have lists of their own, which Writer makes the common one as well."""
    import pikepdf

    if isinstance(entry, pikepdf.Stream) and "/Resources" in entry:
        entry.Resources = _used(entry.Resources, entry.read_bytes(), depth - 1)
    elif isinstance(entry, pikepdf.Dictionary) and "/CharProcs" in entry and "/Resources" in entry:
        signs = b"\n".join(sign.read_bytes() for sign in entry.CharProcs.values())
        entry.Resources = _used(entry.Resources, signs, depth - 1)
    if isinstance(entry, pikepdf.Dictionary) and isinstance(entry.get("/SMask"), pikepdf.Dictionary):
        group = entry.SMask.get("/G")
        if isinstance(group, pikepdf.Stream):
            _trim(group, depth)


def _is_web_link(annotation: "Object") -> bool:
    if annotation.get("/Subtype") != "/Link" or "/A" not in annotation:
        return False
    return str(annotation.A.get("/URI", "")).startswith(_SAFE_LINKS)


def _link(annotation: "Object") -> "Dictionary":
    import pikepdf

    link = pikepdf.Dictionary({key: annotation[key] for key in _KEPT_OF_LINK if key in annotation})
    link.A = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=annotation.A.URI)
    return link
