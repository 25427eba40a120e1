"""Is this file the Excel workbook it claims to be, and is it safe to parse?

``recognise`` looks at the first bytes only. ``inspect`` inflates every part once, trusting no declared size, and lets
expat look at each part as far as its root element: there a document type (billion laughs, external entities) shows.
"""

import mmap
import pathlib
import zipfile
import zlib
from xml.parsers import expat

from herald.adapters.spreadsheet.values import MEGABYTE, WorkbookLimits
from herald.errors import Invalid

ZIP_MAGIC = b"PK\x03\x04"
EMPTY_ZIP_MAGIC = b"PK\x05\x06"
COMPOUND_FILE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # [MS-CFB] 2.2: old Office files, and encrypted new ones
TEXT_ENCODING_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
ENCRYPTED_FLAG = 0x1  # APPNOTE.TXT 4.4.4, bit 0
CHUNK_BYTES = 64 * 1024

STRICT_NAMESPACE = "http://purl.oclc.org/ooxml/"  # ISO/IEC 29500 Strict, which openpyxl reads as an empty workbook
CONTENT_TYPES_PART = "[Content_Types].xml"
DISGUISES = {
    "xl/workbook.bin": "an Excel binary workbook (.xlsb)",
    "word/document.xml": "a Word document",
    "ppt/presentation.xml": "a PowerPoint presentation",
    "META-INF/manifest.xml": "an OpenDocument file",
}
SAVE_AS_XLSX = "Open it in Excel and save it as an Excel Workbook (.xlsx)."


def recognise(path: pathlib.Path, limits: WorkbookLimits) -> None:
    """Refuse what cannot be an .xlsx workbook, judging by its size and its first bytes.

    Raises:
        Invalid: workbook_empty, workbook_too_large, workbook_encrypted, workbook_legacy_format or workbook_not_xlsx.
    """
    size = path.stat().st_size
    if size == 0:
        raise Invalid("The file is empty.", code="workbook_empty")
    if size > limits.zipped_bytes:
        raise Invalid(
            f"The workbook is larger than {limits.zipped_bytes / MEGABYTE:g} MB. Split it into smaller workbooks.",
            code="workbook_too_large",
        )
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        _recognise_content(content)


def recognise_bytes(content: bytes) -> None:
    """Refuse a file that is here in memory and cannot be an .xlsx workbook.

    Raises:
        Invalid: workbook_empty, workbook_encrypted, workbook_legacy_format or workbook_not_xlsx.
    """
    if not content:
        raise Invalid("The file is empty.", code="workbook_empty")
    _recognise_content(content)


def _recognise_content(content: bytes | mmap.mmap) -> None:
    beginning = content[:CHUNK_BYTES]
    if beginning.startswith(ZIP_MAGIC):
        return
    if beginning.startswith(COMPOUND_FILE_MAGIC):
        raise _compound_file(content)
    raise Invalid(f"The file is {_guess(beginning)}, not an Excel workbook. {SAVE_AS_XLSX}", code="workbook_not_xlsx")


def inspect(path: pathlib.Path, limits: WorkbookLimits) -> None:
    """Inflate every part within the limits and refuse document types, strict files and other kinds of archive.

    Raises:
        Invalid: workbook_not_xlsx, workbook_legacy_format, workbook_encrypted, workbook_too_large,
            workbook_suspicious or workbook_unreadable.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_names(archive.namelist(), limits)
            _check_parts(archive, path.stat().st_size, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeError) as error:
        raise unreadable() from error


def unreadable() -> Invalid:
    """The error for a workbook that is broken somewhere inside."""
    return Invalid(
        "The workbook is damaged or incomplete. Open it in Excel, save it again and upload the new file.",
        code="workbook_unreadable",
    )


def _compound_file(content: bytes | mmap.mmap) -> Invalid:
    if content.find("EncryptedPackage".encode("utf-16-le")) >= 0:
        return Invalid(
            "The workbook is protected with a password. Save it without one (File, Info, Protect Workbook, "
            "Encrypt with Password, then clear the password) and upload it again.",
            code="workbook_encrypted",
        )
    return Invalid(
        f"The file has the format of Excel 97-2003 (.xls) or of another old Office program. {SAVE_AS_XLSX}",
        code="workbook_legacy_format",
    )


def _guess(beginning: bytes) -> str:
    if beginning.startswith(EMPTY_ZIP_MAGIC):
        return "an empty zip archive"
    if beginning.startswith(b"%PDF"):
        return "a PDF"
    if beginning.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return "a web page or an XML document"
    if beginning.startswith(TEXT_ENCODING_MARKS) or b"\0" not in beginning:
        return "plain text, perhaps CSV"
    return "of an unknown format"


def _check_names(names: list[str], limits: WorkbookLimits) -> None:
    if len(names) > limits.parts:
        raise Invalid(f"The workbook has more than {limits.parts:,} parts inside.", code="workbook_suspicious")
    if len({name.casefold() for name in names}) < len(names):  # names differ in more than capitals, says OPC
        raise Invalid("The workbook holds two parts of the same name.", code="workbook_suspicious")
    for name, kind in DISGUISES.items():
        if name in names:
            code = "workbook_legacy_format" if name.endswith(".bin") else "workbook_not_xlsx"
            raise Invalid(f"The file is {kind}, not an .xlsx workbook. {SAVE_AS_XLSX}", code=code)
    if CONTENT_TYPES_PART not in names:
        raise Invalid(f"The file is a zip archive, not an Excel workbook. {SAVE_AS_XLSX}", code="workbook_not_xlsx")


def _check_parts(archive: zipfile.ZipFile, zipped_bytes: int, limits: WorkbookLimits) -> None:
    inflated_bytes = 0
    for part in archive.infolist():
        if part.flag_bits & ENCRYPTED_FLAG:
            raise Invalid("The workbook is protected with a zip password.", code="workbook_encrypted")
        if part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise unreadable()  # Excel writes nothing else, and zipfile inflates the other kinds without bounds
        prolog = _Prolog()
        with archive.open(part) as content:
            while chunk := content.read(CHUNK_BYTES):
                inflated_bytes += len(chunk)
                _check_inflation(inflated_bytes, zipped_bytes, limits)
                prolog.feed(chunk)


def _check_inflation(inflated_bytes: int, zipped_bytes: int, limits: WorkbookLimits) -> None:
    if inflated_bytes > limits.ratio_floor_bytes and inflated_bytes > limits.ratio * zipped_bytes:
        raise Invalid(
            f"The workbook unpacks to more than {limits.ratio} times its size, as only a forged file does.",
            code="workbook_suspicious",
        )
    if inflated_bytes > limits.inflated_bytes:
        raise Invalid(
            f"The workbook unpacks to more than {limits.inflated_bytes / MEGABYTE:g} MB. "
            "Split it into smaller workbooks.",
            code="workbook_too_large",
        )


class _Prolog:
    """What stands before a part's root element, seen by the very parser that openpyxl will use.

    Expat decides for itself which encoding it reads, so no spelling of a document type can hide. A part that is not
    XML at all, such as a picture, is left alone: the same parser would refuse it later.
    """

    def __init__(self) -> None:
        self._open = True
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartDoctypeDeclHandler = self._refuse_document_type
        self._parser.StartElementHandler = self._end

    def feed(self, chunk: bytes) -> None:
        """Look at the next bytes, unless the root element has been seen.

        Raises:
            Invalid: workbook_suspicious for a document type, workbook_not_xlsx for a Strict Open XML part.
        """
        if not self._open:
            return
        try:
            self._parser.Parse(chunk, False)  # noqa: FBT003 - expat knows "more follows" by its position only
        except expat.ExpatError:
            self._open = False

    def _refuse_document_type(self, *_declaration: object) -> None:
        raise Invalid(
            "The workbook contains a document type declaration, which Excel never writes.", code="workbook_suspicious"
        )

    def _end(self, name: str, _attributes: object) -> None:
        self._open = False
        self._parser.StartElementHandler = None
        if name.startswith(STRICT_NAMESPACE):
            raise Invalid(
                f"The workbook is saved as Strict Open XML. {SAVE_AS_XLSX}",
                code="workbook_not_xlsx",
            )
