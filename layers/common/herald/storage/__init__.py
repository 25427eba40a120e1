"""Rows in DynamoDB: what they are made of, transactions, and reading and writing in bulk."""

from herald.runtime.document_shapes import dynamodb_client
from herald.storage.attributes import (
    EnumAttribute,
    EpochAttribute,
    IntegerAttribute,
    JsonAttribute,
    OptionalTextAttribute,
    ScalarsAttribute,
    TextsAttribute,
    TimestampAttribute,
)
from herald.storage.bulk import (
    ITEMS_PER_BATCH_WRITE,
    KEYS_PER_BATCH_READ,
    AttributeValue,
    Key,
    KeyPage,
    delete_many,
    scan_keys,
)
from herald.storage.row import IncompleteRow, Row, TableName
from herald.storage.sums import SumRow, SumStore
from herald.storage.transaction import Transaction, TransactionRefused

__all__ = [
    "ITEMS_PER_BATCH_WRITE",
    "KEYS_PER_BATCH_READ",
    "AttributeValue",
    "EnumAttribute",
    "EpochAttribute",
    "IncompleteRow",
    "IntegerAttribute",
    "JsonAttribute",
    "Key",
    "KeyPage",
    "OptionalTextAttribute",
    "Row",
    "ScalarsAttribute",
    "SumRow",
    "SumStore",
    "TableName",
    "TextsAttribute",
    "TimestampAttribute",
    "Transaction",
    "TransactionRefused",
    "delete_many",
    "dynamodb_client",
    "scan_keys",
]
