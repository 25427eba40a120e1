"""The base of every stored row, and the one way between a row and its entity.

An entity (a frozen dataclass) and its row name each field alike. What an entity holds beyond plain text the row's
attribute converts (`herald.storage.attributes`). An entity's part that is itself a dataclass, and that the row has no
attribute for, is laid flat: `Report.recipient.phone` is `ReportRow.phone`.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from types import NoneType
from typing import Any, Self, TypeVar, cast, get_args, get_type_hints

from botocore.exceptions import ClientError
from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import PynamoDBException
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from herald.errors import HeraldError
from herald.runtime.document_models import DocumentModel
from herald.runtime.document_shapes import dynamodb_client
from herald.settings import Settings, settings
from herald.storage.attributes import EpochAttribute
from herald.storage.bulk import KEYS_PER_BATCH_READ, AttributeValue, delete_many, query_raw, write_many

Entity = TypeVar("Entity")


class IncompleteRow(HeraldError):
    """What is stored lacks what it must have: nothing that whoever asks could do anything about."""


class TableName:
    """A table's name, looked up when it is first needed, as PynamoDB would read it at import."""

    def __init__(self, choose: Callable[[Settings], str]) -> None:
        self._choose = choose

    def __get__(self, _instance: object, _owner: type) -> str:
        return self._choose(settings())


class Row(DocumentModel):
    """What every stored row has: a partition that begins with its tenant, a sort key, and optionally an end."""

    partition = UnicodeAttribute(hash_key=True, attr_name="pk")
    sort = UnicodeAttribute(range_key=True, attr_name="sk")
    expires_at = EpochAttribute(null=True)

    @classmethod
    def from_entity(cls, entity: object, partition: str, sort: str, **further: object) -> Self:
        """The row of an entity; ``further`` gives the attributes that the entity has no field for, or replaces some.

        Raises:
            TypeError: the row has no attribute for a field.
        """
        values = dict(_stored_values(cls, entity, further))
        if missing := values.keys() - cls.get_attributes().keys():
            raise TypeError(f"{cls.__name__} has no attribute for {type(entity).__name__}.{min(missing)}")
        return cls(partition, sort, **cast("dict[str, Any]", values | further))

    def to_entity(self, kind: type[Entity], **further: object) -> Entity:
        """The entity of this row; ``further`` gives the fields that the row has no attribute for.

        A field whose attribute is absent has the entity's own default, or is ``None`` where it may be.

        Raises:
            IncompleteRow: an attribute is absent whose field has no default and may not be ``None``.
            TypeError: the row has no attribute for a field.
        """
        return _entity(self, kind, further)

    @classmethod
    def table(cls) -> str:
        """The name of the table that rows of this kind stand in."""
        return str(cls.Meta.table_name)

    def save_if(self, condition: Condition) -> bool:
        """Stores the row; False, and nothing stored, where the condition does not hold."""
        return _unless_refused(lambda: self.save(condition=condition))

    def update_if(self, actions: Sequence[Action], condition: Condition) -> bool:
        """Changes the stored row; False, and nothing changed, where the condition does not hold."""
        return _unless_refused(lambda: self.update(actions=list(actions), condition=condition))

    def update_or_find(self, actions: Sequence[Action], condition: Condition) -> Self | None:
        """Changes the stored row; where the condition does not hold, gives it as it stands, in the same one request.

        A row that is not there is one without attributes.
        """
        update = self.get_update_kwargs_from_instance(
            list(actions), condition=condition, return_values_on_condition_failure="ALL_OLD"
        )
        try:
            answer = dynamodb_client().update_item(**update, ReturnValues="ALL_NEW")
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return type(self).from_raw_data(cast("dict[str, Any]", error.response.get("Item", {})))
        self.deserialize(cast("dict[str, Any]", answer["Attributes"]))
        return None

    def delete_if(self, condition: Condition) -> bool:
        """Deletes the stored row; False, and nothing deleted, where the condition does not hold."""
        return _unless_refused(lambda: self.delete(condition=condition))

    @classmethod
    def find(cls, partition: str, sort: str) -> Self | None:
        """The row of a key as it is at this moment, or ``None``."""
        try:
            return cls.get(partition, sort, consistent_read=True)
        except cls.DoesNotExist:
            return None

    @classmethod
    def read_many(cls, keys: Sequence[tuple[str, str]], *, consistent_read: bool = False) -> Iterator[Self]:
        """The rows that exist among ``keys`` (partition, sort), in no particular order, a hundred per request."""
        unique = list(dict.fromkeys(keys))  # DynamoDB refuses a request that names a key twice
        for start in range(0, len(unique), KEYS_PER_BATCH_READ):
            yield from cls.batch_get(unique[start : start + KEYS_PER_BATCH_READ], consistent_read=consistent_read)

    @classmethod
    def write_many(cls, rows: Iterable[Self]) -> int:
        """Puts rows in bulk and gives their number (see `herald.storage.bulk.write_many`)."""
        return write_many(cls.table(), (row.to_dynamodb_dict() for row in rows))

    @classmethod
    def write_raw(cls, items: Iterable[dict[str, AttributeValue]]) -> int:
        """Puts items as DynamoDB writes them, in bulk as above; for attributes without fixed names."""
        return write_many(cls.table(), items)

    @classmethod
    def delete_many(cls, keys: Iterable[tuple[str, str]]) -> int:
        """Deletes rows by their keys (partition, sort) and gives their number; a key without a row is harmless."""
        return delete_many(cls.table(), keys)

    @classmethod
    def query_raw(
        cls, *, partition: str, sort_between: tuple[str, str], attributes: Sequence[str] = ()
    ) -> Iterator[Mapping[str, AttributeValue]]:
        """Raw items of one partition (see `herald.storage.bulk.query_raw`)."""
        return query_raw(table=cls.table(), partition=partition, sort_between=sort_between, attributes=attributes)


def _unless_refused(write: Callable[[], object]) -> bool:
    """Whether a write happened."""
    try:
        write()
    except PynamoDBException as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Field:
    """How a field of an entity is stored."""

    name: str
    has_default: bool
    may_be_none: bool
    """Where it has no default."""
    part: type | None
    """The dataclass of a part that is laid flat; ``None`` for a field with an attribute of its name."""


_KNOWN_FIELDS: dict[tuple[type, type], tuple[_Field, ...]] = {}


def _fields(row: type[Row], kind: type) -> tuple[_Field, ...]:
    known = _KNOWN_FIELDS.get((row, kind))
    if known is None:
        known = _KNOWN_FIELDS[row, kind] = tuple(_described(row, kind))
    return known


def _described(row: type[Row], kind: type) -> Iterator[_Field]:
    attributes, hints = row.get_attributes(), get_type_hints(kind)
    for field in fields(kind):
        has_default = field.default is not MISSING or field.default_factory is not MISSING
        hint = hints[field.name]
        is_part = field.name not in attributes and is_dataclass(hint)
        may_be_none = not has_default and NoneType in get_args(hint)
        yield _Field(field.name, has_default, may_be_none, hint if is_part else None)


def _stored_values(row: type[Row], entity: Any, given: Container[str] = ()) -> Iterator[tuple[str, object]]:  # noqa: ANN401 - any dataclass
    for field in _fields(row, type(entity)):
        value = getattr(entity, field.name)
        if field.part is not None:
            yield from _stored_values(row, value)
        elif field.name not in given:
            yield field.name, value


def _entity(row: Row, kind: type[Entity], further: dict[str, object]) -> Entity:
    attributes, values = row.get_attributes(), dict(further)
    for field in _fields(type(row), kind):
        if field.name in values:
            continue
        if field.part is not None:
            values[field.name] = _entity(row, field.part, {})
            continue
        if field.name not in attributes:
            raise TypeError(f"{type(row).__name__} has no attribute for {kind.__name__}.{field.name}")
        value = getattr(row, field.name)
        if value is not None:
            values[field.name] = value
        elif field.may_be_none:
            values[field.name] = None
        elif not field.has_default:
            raise _incomplete(row, attributes[field.name].attr_name)
    return kind(**values)


def _incomplete(row: Row, attribute: str) -> IncompleteRow:
    """Names no key: that of a row may hold a phone number or the hash of a token."""
    table = row.table()
    return IncompleteRow(
        f"A {type(row).__name__} of the table {table} lacks its attribute {attribute}.",
        code="incomplete_row",
        fields={"table": table, "attribute": attribute},
    )
