"""What single cells say: texts as they were typed, errors and durations in the words that Excel shows."""

import datetime
import re

from herald.errors import Invalid
from herald.values.picture import DATA_URL, Picture, read_data_url
from herald.values.sheet import CellFault

EXCEL_TEXT_CHARACTERS = 32_767  # https://support.microsoft.com/office/excel-specifications-and-limits
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0, production [2] Char
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")  # Unicode TR 9, 2.1-2.6: what turns the direction of what follows
ESCAPED = re.compile("_x(00[01][0-9A-Fa-f]|005[Ff])_")  # ECMA-376 part 1, 22.9.2.19: how Excel spells a control
LINE_BREAK = re.compile("\r\n?")
EXCEL_ERRORS = {
    "#DIV/0!": "a division by zero",
    "#N/A": "a value that was not found",
    "#NAME?": "a name Excel does not know",
    "#NULL!": "two ranges that do not meet",
    "#NUM!": "a number out of range",
    "#REF!": "a reference to a deleted cell",
    "#VALUE!": "a value of the wrong kind, or a date out of range",
    "#SPILL!": "a result that has no room",
    "#CALC!": "a calculation Excel does not support",
}
FORMULA_FAULT = CellFault(
    "formula_without_value", "The cell's formula has no calculated value. Open the workbook in Excel and save it."
)


def text_or_picture(written: str) -> str | Picture | CellFault:
    """Give the text as typed: Excel's escapes undone, line breaks as newlines, nothing that XML forbids.

    What turns the direction of whatever follows, unseen, goes as well: scripts have theirs without it.

    A picture that the text spells out as a ``data:`` URL is given itself.
    """
    if written[: len(DATA_URL)].casefold() == DATA_URL:
        return _picture(written)
    unescaped = ESCAPED.sub(lambda escape: chr(int(escape[1], 16)), written)
    text = TURNING.sub("", NOT_IN_XML.sub("", LINE_BREAK.sub("\n", unescaped)))
    if len(text) > EXCEL_TEXT_CHARACTERS:
        return CellFault("text_too_long", f"The cell holds more than {EXCEL_TEXT_CHARACTERS:,} characters.")
    return text


def excel_error(literal: str) -> CellFault:
    """The fault of a cell that shows an error."""
    if literal not in EXCEL_ERRORS:
        return CellFault("excel_error", "The cell shows an error.")
    return CellFault("excel_error", f"The cell shows {literal}: {EXCEL_ERRORS[literal]}.")


def duration_text(duration: datetime.timedelta) -> str:
    """Write a duration as Excel shows it with the format [h]:mm:ss."""
    seconds = round(abs(duration.total_seconds()))
    sign = "-" if duration < datetime.timedelta() else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _picture(written: str) -> Picture | CellFault:
    try:
        return read_data_url(written)
    except Invalid as error:
        return CellFault(error.code, error.message)
