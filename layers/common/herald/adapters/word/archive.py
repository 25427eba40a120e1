"""A zip whose unchanged parts are deflated once, however many copies are made of it."""

import struct
import zlib
from collections.abc import Mapping
from typing import Final, NamedTuple

# APPNOTE.TXT 4.3.7, 4.3.12 and 4.3.16: local header, central directory header, end of central directory.
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")
_VERSION: Final = 20
_UTF_8_NAME: Final = 0x800
_DEFLATED: Final = 8
# Midnight of 1 January 1980, the zip format's first moment: the same content always gives the same bytes.
_TIME: Final = 0
_DATE: Final = 33
_FASTEST: Final = 1


class _Entry(NamedTuple):
    name: bytes
    checksum: int
    deflated: bytes
    inflated_size: int

    def local(self) -> bytes:
        header = _LOCAL.pack(b"PK\x03\x04", *self._facts(), len(self.name), 0)
        return b"".join((header, self.name, self.deflated))

    def central(self, offset: int) -> bytes:
        header = _CENTRAL.pack(b"PK\x01\x02", _VERSION, *self._facts(), len(self.name), 0, 0, 0, 0, 0, offset)
        return header + self.name

    def _facts(self) -> tuple[int, ...]:
        sizes = (self.checksum, len(self.deflated), self.inflated_size)
        return (_VERSION, _UTF_8_NAME, _DEFLATED, _TIME, _DATE, *sizes)


class ArchiveBase:
    """The parts of a zip that stay the same, ready to have the changing ones added."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        """Deflate ``parts`` (name to content) once and for all."""
        self._count = len(parts)
        self._local, self._central = _lay_out(parts, 0)

    def with_parts(self, parts: Mapping[str, bytes]) -> bytes:
        """The bytes of a zip that holds the unchanged parts and these.

        Args:
            parts: Name to content of the changing parts.

        Returns:
            The whole zip; the same parts give the same bytes.
        """
        local, central = _lay_out(parts, len(self._local))
        count = self._count + len(parts)
        directory = self._central + central
        end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), len(self._local) + len(local), 0)
        return b"".join((self._local, local, directory, end))


def _lay_out(parts: Mapping[str, bytes], offset: int) -> tuple[bytes, bytes]:
    local, central = [], []
    for name, content in parts.items():
        entry = _deflate(name, content)
        written = entry.local()
        central.append(entry.central(offset))
        local.append(written)
        offset += len(written)
    return b"".join(local), b"".join(central)


def _deflate(name: str, content: bytes) -> _Entry:
    deflate = zlib.compressobj(_FASTEST, zlib.DEFLATED, -zlib.MAX_WBITS)
    deflated = deflate.compress(content) + deflate.flush()
    return _Entry(name.encode(), zlib.crc32(content), deflated, len(content))
