"""Workbooks as strangers send them: odd, broken and hostile ones, written for the tests of the reader."""

import io
import pathlib
import zipfile
from collections.abc import Iterable, Mapping, Sequence

import openpyxl

SHEET_PART = "xl/worksheets/sheet1.xml"
SHEET_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHARED_STRINGS_TYPE = (
    b'<Override PartName="/xl/sharedStrings.xml" '
    b'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)
BILLION_LAUGHS = (
    '<!DOCTYPE worksheet [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
EXTERNAL_ENTITY = '<!DOCTYPE worksheet [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


def write_rows(path: pathlib.Path, rows: Iterable[Sequence[object]]) -> pathlib.Path:
    """Write rows of plain values onto the first sheet."""
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.worksheets[0].append(list(row))
    workbook.save(path)
    return path


def write_sheet(path: pathlib.Path, rows: str, *, before: str = "", after: str = "") -> pathlib.Path:
    """Write a workbook whose first sheet is spelled out in XML, with ``before`` ahead of its root element."""
    sheet = (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<worksheet xmlns="{SHEET_NAMESPACE}">'
        f"{after}<sheetData>{rows}</sheetData></worksheet>"
    )
    return replace_parts(path, {SHEET_PART: sheet.encode()})


def replace_parts(path: pathlib.Path, parts: Mapping[str, bytes]) -> pathlib.Path:
    """Write an empty workbook with some of its parts replaced or added."""
    plain = io.BytesIO()
    openpyxl.Workbook().save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        kept = {name: source.read(name) for name in source.namelist()}
        kept["[Content_Types].xml"] = kept["[Content_Types].xml"].replace(
            b"</Types>", SHARED_STRINGS_TYPE + b"</Types>"
        )
        for name, content in {**kept, "xl/sharedStrings.xml": b"<sst/>", **parts}.items():
            target.writestr(name, content)
    return path


def text_cell(reference: str, text: str) -> str:
    """Spell out a cell of text."""
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def header_row(*titles: str) -> str:
    """Spell out row 1 with the titles in columns A, B, C and so on."""
    cells = "".join(text_cell(f"{chr(ord('A') + index)}1", title) for index, title in enumerate(titles))
    return f'<row r="1">{cells}</row>'


def compound_file(*stream_names: str) -> bytes:
    """Give the beginning of an OLE compound file whose directory names these streams."""
    directory = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", *stream_names))
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + directory
