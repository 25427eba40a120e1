"""Which characters LibreOffice can print with the fonts of this machine; for any other it prints a box, or nothing."""

import functools
import subprocess
import unicodedata
from collections.abc import Iterable
from typing import Final

from herald.errors import Unavailable

_CODE_POINTS: Final = 0x110000
_SECONDS: Final = 30
# Fonts have more than LibreOffice finds in them. What is missing here was found by printing a third of all characters:
# nothing that is written from right to left beyond the first 65,536 (old scripts, and Adlam) ...
_LAST_OF_PLANE: Final = 0xFFFF
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})
# ... nor the mathematical letters that a family has in italics alone.
_ITALIC_LETTERS: Final = range(0x1D608, 0x1D63C)
# Controls, joiners and marks of direction, spaces and ends of lines: they act on what is drawn, and are not drawn.
_UNDRAWN: Final = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
_VARIATION_SELECTORS: Final = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


class Coverage:
    """A set of characters; a byte for each code point there is."""

    def __init__(self, ranges: Iterable[tuple[int, int]]) -> None:
        """Take the first and the last code point of each range."""
        self._covered = bytearray(_CODE_POINTS)
        for first, last in ranges:
            self._covered[first : last + 1] = b"\1" * (last + 1 - first)

    def missing(self, text: str) -> str:
        """The first character of a text that would have to be drawn and cannot be; empty where there is none."""
        if text.isascii():
            return ""
        return next((character for character in text if not self._can_show(character)), "")

    def _can_show(self, character: str) -> bool:
        code_point = ord(character)
        return (
            bool(self._covered[code_point] and _is_found(character))
            or unicodedata.category(character) in _UNDRAWN
            or any(code_point in selectors for selectors in _VARIATION_SELECTORS)
        )


def _is_found(character: str) -> bool:
    code_point = ord(character)
    if code_point <= _LAST_OF_PLANE:
        return True
    return unicodedata.bidirectional(character) not in _RIGHT_TO_LEFT and code_point not in _ITALIC_LETTERS


@functools.cache
def installed_fonts() -> Coverage:
    """What the fonts have together, as Fontconfig knows them, whom LibreOffice asks as well.

    Raises:
        Unavailable: Fontconfig is not installed, or knows no font.
    """
    try:
        listed = subprocess.run(
            ["fc-list", "--format", "%{charset}\n"],  # noqa: S607 - found as LibreOffice is
            capture_output=True,
            check=True,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise _unknown() from error
    ranges = [_range(written) for written in set(listed.stdout.decode("ascii").split())]
    if not ranges:
        raise _unknown()
    return Coverage(ranges)


def described(character: str) -> str:
    """A character with its number in Unicode, by which it can be looked up where it cannot be seen."""
    return f"“{character}” (U+{ord(character):04X})"


def _range(written: str) -> tuple[int, int]:
    first, _, last = written.partition("-")
    return int(first, 16), int(last or first, 16)


def _unknown() -> Unavailable:
    return Unavailable("Nobody can tell which fonts are installed.", code="pdf_fonts_unknown")
