"""Attributes of rows that hold what entities hold: moments, enumerations, whole numbers, structures."""

from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter
from pynamodb.attributes import Attribute
from pynamodb.constants import NUMBER, STRING

from herald.values.clock import epoch_seconds, from_text, to_text

Enumeration = TypeVar("Enumeration", bound=StrEnum)
Structure = TypeVar("Structure")


class TimestampAttribute(Attribute[datetime]):
    """A moment as text that sorts: RFC 3339 in UTC, with milliseconds."""

    attr_type = STRING

    def serialize(self, value: datetime) -> str:
        """``2026-01-25T16:45:00.000Z``."""
        return to_text(value)

    def deserialize(self, value: str) -> datetime:
        """The inverse of `serialize`."""
        return from_text(value)


class EpochAttribute(Attribute[datetime]):
    """A moment in whole seconds since 1970, as DynamoDB's TTL wants it."""

    attr_type = NUMBER

    def serialize(self, value: datetime) -> str:
        """``1769359500``."""
        return str(epoch_seconds(value))

    def deserialize(self, value: str) -> datetime:
        """The inverse of `serialize`, without the fraction of a second."""
        return datetime.fromtimestamp(int(value), UTC)


class IntegerAttribute(Attribute[int]):
    """A whole number."""

    attr_type = NUMBER

    def serialize(self, value: int) -> str:
        """``42``."""
        return str(value)

    def deserialize(self, value: str) -> int:
        """The inverse of `serialize`."""
        return int(value)


class EnumAttribute(Attribute[Enumeration], Generic[Enumeration]):
    """One of a `StrEnum`'s members, by its value."""

    attr_type = STRING

    def __init__(self, kind: type[Enumeration], **options: Any) -> None:  # noqa: ANN401 - PynamoDB's own options
        super().__init__(**options)
        self._kind = kind

    def serialize(self, value: Enumeration) -> str:
        """The member's value."""
        return value.value

    def deserialize(self, value: str) -> Enumeration:
        """The inverse of `serialize`."""
        return self._kind(value)


class JsonAttribute(Attribute[Structure], Generic[Structure]):
    """A dataclass, a tuple, a mapping ... as JSON text; what equals its default is left out."""

    attr_type = STRING

    def __init__(self, kind: Any, **options: Any) -> None:  # noqa: ANN401 - any type form, and PynamoDB's own options
        super().__init__(**options)
        self._type = kind

    @cached_property
    def _adapter(self) -> TypeAdapter[Structure]:
        return TypeAdapter(self._type)

    def serialize(self, value: Structure) -> str:
        """JSON."""
        return self._adapter.dump_json(value, exclude_defaults=True).decode()

    def deserialize(self, value: str) -> Structure:
        """The inverse of `serialize`."""
        return self._adapter.validate_json(value)
