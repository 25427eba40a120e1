"""Attributes of rows that hold what entities hold: moments, enumerations, whole numbers, structures."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

from pydantic import TypeAdapter
from pynamodb.attributes import Attribute
from pynamodb.constants import LIST, MAP, NUMBER, STRING

from herald.values.clock import epoch_seconds, from_text, to_text

Enumeration = TypeVar("Enumeration", bound=StrEnum)
Structure = TypeVar("Structure")
Scalar = str | int | float | bool


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


class OptionalTextAttribute(Attribute[str]):
    """A text that is not stored where it is empty, so that conditions may ask whether there is one."""

    attr_type = STRING

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - PynamoDB's own options
        super().__init__(null=True, **options)

    def serialize(self, value: str) -> str | None:
        """The text, or nothing."""
        return value or None

    def deserialize(self, value: str) -> str:
        return value


class TextsAttribute(Attribute[tuple[str, ...]]):
    """Texts in their order; nothing is stored where there are none."""

    attr_type = LIST

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - PynamoDB's own options
        super().__init__(null=True, **options)

    def serialize(self, value: tuple[str, ...]) -> list[dict[str, str]] | None:
        """``[{"S": "vip"}]``."""
        return [{"S": text} for text in value] or None

    def deserialize(self, value: list[dict[str, str]]) -> tuple[str, ...]:
        """The inverse of `serialize`."""
        return tuple(text["S"] for text in value)


class ScalarsAttribute(Attribute[Mapping[str, Scalar]]):
    """Texts, numbers and booleans by name, each with its type, as a map; nothing is stored where there are none."""

    attr_type = MAP

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - PynamoDB's own options
        super().__init__(null=True, **options)

    def serialize(self, value: Mapping[str, Scalar]) -> dict[str, dict[str, str | bool]] | None:
        """``{"age": {"N": "41"}}``."""
        return {name: _typed(scalar) for name, scalar in value.items()} or None

    def deserialize(self, value: Mapping[str, Mapping[str, Any]]) -> dict[str, Scalar]:
        """The inverse of `serialize`; a number without a fraction is a whole one."""
        return {name: plain_scalar(typed) for name, typed in value.items()}


def plain_scalar(typed: Mapping[str, Any]) -> Scalar:
    """A text, number or boolean out of its form in DynamoDB, ``{"N": "41"}``."""
    ((kind, value),) = typed.items()
    if kind != NUMBER:
        return cast("str | bool", value)
    return int(value) if value.lstrip("-").isdecimal() else float(value)


def _typed(scalar: Scalar) -> dict[str, str | bool]:
    if isinstance(scalar, bool):
        return {"BOOL": scalar}
    if isinstance(scalar, str):
        return {"S": scalar}
    return {"N": repr(scalar)}
