"""How many SMS segments a text is billed as (GSM 03.38 and 03.40)."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")

# Seven-bit units (septets) and UTF-16 units: what fits one message, and one part of a longer one, whose
# user-data header takes six of the 140 octets.
_GSM_SINGLE, _GSM_PART = 160, 153
_UCS2_SINGLE, _UCS2_PART = 70, 67


def count_segments(body: str) -> int:
    """The number of segments of ``body``: at least one, GSM-7 where every character allows it, UCS-2 otherwise."""
    if _BASIC.union(_EXTENSION).issuperset(body):
        return _pack([2 if character in _EXTENSION else 1 for character in body], _GSM_SINGLE, _GSM_PART)
    return _pack([2 if ord(character) > 0xFFFF else 1 for character in body], _UCS2_SINGLE, _UCS2_PART)  # noqa: PLR2004 - beyond it UTF-16 needs a pair


def _pack(widths: list[int], single: int, part: int) -> int:
    if sum(widths) <= single:
        return 1
    segments, used = 1, 0
    for width in widths:
        # An escape sequence or a surrogate pair is never torn apart: it opens the next segment instead.
        if used + width > part:
            segments, used = segments + 1, 0
        used += width
    return segments
