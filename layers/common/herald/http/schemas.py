"""The base of what endpoints take and show.

What a field means stands as a string literal below it. Python drops that at compiling; `local.openapi` reads it from
the source, so that it is in the API's document and in no cold start.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from herald.values.clock import to_text

Timestamp = Annotated[
    str,
    BeforeValidator(lambda value: to_text(value) if isinstance(value, datetime) else value),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-01-25T16:45:00.000Z"]}),
]
"""A moment as the API writes it: RFC 3339 in UTC, with milliseconds."""

TextOrNull = Annotated[str | None, BeforeValidator(lambda value: value or None)]
"""A text that is null where it is empty."""


def _read_moment(value: object, read: ValidatorFunctionWrapHandler) -> datetime:
    try:
        moment: datetime = read(value)
    except ValidationError as error:
        raise PydanticCustomError(
            "moment", "write a time in ISO 8601 with its zone, for example 2026-12-01T09:00:00+03:00"
        ) from error
    return moment


ScheduleTime = Annotated[datetime, WrapValidator(_read_moment)]
"""A moment that somebody asks for; what is none is told how to be written."""


NextCursor = Annotated[
    str | None, Field(description="Send it as `cursor` for the next page; null where the list ends, and only there.")
]
"""Where a list goes on."""


class View(BaseModel):
    """What an endpoint shows of an entity: each field is the attribute of its name, or of its ``validation_alias``."""

    model_config = ConfigDict(defer_build=True, from_attributes=True)

    @classmethod
    def of(cls, source: object, **computed: object) -> Self:
        """The view of an entity; ``computed`` gives the fields that are no attribute of it."""
        return cls.model_validate(_Source(source, computed) if computed else source)


class RequestBody(BaseModel):
    """What an endpoint takes: a field that it does not know is refused by name.

    What the answer in ``shown_by`` has beside is ignored: a client is right that sends back what it got.
    """

    model_config = ConfigDict(defer_build=True, extra="forbid")
    shown_by: ClassVar[type[View] | None] = None

    @model_validator(mode="before")
    @classmethod
    def _leave_out_what_is_only_shown(cls, values: object) -> object:
        if cls.shown_by is None or not isinstance(values, Mapping):
            return values
        taken = {field.alias or name for name, field in cls.model_fields.items()}
        shown = {field.serialization_alias or name for name, field in cls.shown_by.model_fields.items()}
        return {name: value for name, value in values.items() if name in taken or name not in shown}


class ProblemView(View):
    """Why a batch or one of its rows stopped; ``row`` is the number that Excel shows."""

    code: str = Field(examples=["phone_invalid", "columns_missing", "template_value_missing"])
    """The reason for programs. More may be added: show `message` for one that you do not know."""
    message: str
    """The reason for people, in English: what is wrong, and mostly what to do."""
    row: int | None
    """The row's number as Excel shows it; null where the workbook as a whole is meant."""
    column: str | None
    """The title of the column, or the placeholder, that the fault stands in; null where it is in none."""
    details: dict[str, Any] = Field(default_factory=dict)
    """More for programs, by code: the columns that are missing, with suggestions; further faults of a row."""


class _Source:
    def __init__(self, source: object, computed: Mapping[str, object]) -> None:
        self._source = source
        self._computed = computed

    def __getattr__(self, name: str) -> object:
        return self._computed[name] if name in self._computed else getattr(self._source, name)
