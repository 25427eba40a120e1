"""What PynamoDB costs here, and what it costs out of the box."""

import json
import os
import zlib
from collections.abc import Iterator
from functools import cache
from typing import Any
from unittest.mock import patch

import botocore.client
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from pynamodb.attributes import BooleanAttribute, JSONAttribute, ListAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from benchmarks.meter import cpu_seconds_of_calls
from benchmarks.row import AtMost, CostRatio, Count
from herald.storage import Row as StoredRow
from herald.storage import dynamodb_client

_REGION = "eu-west-1"
_QUERIES = 20
_TABLES = 5
_ITEMS = [
    {
        "pk": {"S": "tenant#contacts"},
        "sk": {"S": f"contact#{number:03}"},
        "name": {"S": f"Name {number}"},
        "phone": {"S": "+14155550100"},
        "email": {"S": "somebody@example.com"},
        "status": {"S": "ACTIVE"},
        "created_at": {"S": "2026-01-25T16:45:00.000Z"},
        "score": {"N": "3"},
        "attempts": {"N": "0"},
        "tags": {"L": [{"S": "a"}, {"S": "b"}]},
        "fields": {"S": '{"city": "Nairobi"}'},
        "opted_in": {"BOOL": True},
    }
    for number in range(100)
]


class _Columns:
    name = UnicodeAttribute()
    phone = UnicodeAttribute()
    email = UnicodeAttribute()
    status = UnicodeAttribute()
    created_at = UnicodeAttribute()
    score = NumberAttribute()
    attempts = NumberAttribute()
    tags: ListAttribute[Any] = ListAttribute()
    fields = JSONAttribute()
    opted_in = BooleanAttribute()


class OurContact(_Columns, StoredRow):
    class Meta:
        table_name = "contacts"


class StockContact(_Columns, Model):
    class Meta:
        table_name = "contacts"
        region = _REGION

    partition = UnicodeAttribute(hash_key=True, attr_name="pk")
    sort = UnicodeAttribute(range_key=True, attr_name="sk")


class QueryOfHundred(CostRatio):
    what = "A DynamoDB query of 100 items through our rows"
    against = "A stock PynamoDB model over its stock client"
    bound = AtMost(0.5)
    how = (
        "CPU time of 20 queries of 100 items with twelve attributes each, with a canned answer in place of botocore's "
        "HTTP session; the request is signed and the answer checked and parsed as ever."
    )

    def cost(self) -> float:
        _prepare()
        return cpu_seconds_of_calls(lambda: _read(OurContact), calls=_QUERIES)

    def reference_cost(self) -> float:
        _prepare()
        return cpu_seconds_of_calls(lambda: _read(StockContact), calls=_QUERIES)


class ClientsPerFunction(Count):
    what = f"botocore clients made by a function that touches {_TABLES} tables"
    against = "1"
    bound = AtMost(1, unit="")
    how = "Counts the clients that botocore makes while one row is written to each table."

    def count(self) -> int:
        os.environ.setdefault("AWS_DEFAULT_REGION", _REGION)
        dynamodb_client.cache_clear()
        made = botocore.client.ClientCreator.create_client
        with patch.object(botocore.client.ClientCreator, "create_client", autospec=True, side_effect=made) as creations:
            _prepare_ours()
            for number in range(_TABLES):
                _row_of_table(number)("tenant#rows", "row#1").save()
        return int(creations.call_count)


class _CannedSession:
    """Stands where botocore keeps its HTTP session, and answers every request with the same hundred items."""

    body = json.dumps({"Items": _ITEMS, "Count": len(_ITEMS), "ScannedCount": len(_ITEMS)}).encode()
    headers = {"content-type": "application/x-amz-json-1.0", "x-amz-crc32": str(zlib.crc32(body))}  # noqa: RUF012 - never changed

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        return AWSResponse(request.url, 200, self.headers, self)  # type: ignore[arg-type]  # any mapping will do

    def stream(self) -> Iterator[bytes]:
        yield self.body


def _read(model: type[OurContact] | type[StockContact]) -> None:
    rows = list(model.query("tenant#contacts"))
    if len(rows) != len(_ITEMS):
        raise RuntimeError("The canned answer was not read.")


@cache
def _prepare() -> None:
    os.environ.update(AWS_DEFAULT_REGION=_REGION, AWS_ACCESS_KEY_ID="benchmark", AWS_SECRET_ACCESS_KEY="benchmark")  # noqa: S106
    _prepare_ours()
    _can(StockContact._get_connection().connection.client)  # noqa: SLF001 - PynamoDB keeps its client there


def _prepare_ours() -> None:
    _can(dynamodb_client())


def _can(client: Any) -> None:  # noqa: ANN401 - botocore's clients are made at run time
    client._endpoint.http_session = _CannedSession()  # noqa: SLF001 - there is no other way to leave the network out


def _row_of_table(number: int) -> type[StoredRow]:
    meta = type("Meta", (), {"table_name": f"table-{number}"})
    return type(f"Row{number}", (StoredRow,), {"Meta": meta, "__module__": __name__})


ROWS = (QueryOfHundred, ClientsPerFunction)
