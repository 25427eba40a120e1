"""AWS as far as one reading of a workbook needs it, inside of the process: nothing is kept but the batch.

Requests are made, signed and parsed as ever; only botocore's HTTP session is left out.
"""

import io
import json
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias, cast
from unittest.mock import patch

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session

Facts: TypeAlias = dict[str, Any]
_ASSIGNMENT = re.compile(r"(#\w+) = (:\w+)")
_ADDITION = re.compile(r"ADD (#\w+) (:\w+)")
_REPORT_PASSWORD_KEY = "of a benchmark"  # noqa: S105 - of nobody


class CannedCloud:
    """Answers what the ingest function asks; counts the rows that it was given to store."""

    def __init__(self, workbook: Path) -> None:
        self._workbook = workbook
        self._items: dict[str, Facts] = {}
        self.rows = 0
        self.executions = 0
        self._answers: dict[str, Callable[[Facts], Facts]] = {
            "PutItem": self._put,
            "TransactWriteItems": self._put_all,
            "GetItem": self._get,
            "UpdateItem": self._update,
            "BatchWriteItem": self._count_rows,
            "Query": lambda _: {"Items": [], "Count": 0, "ScannedCount": 0},
            "GetSecretValue": lambda _: {"SecretString": json.dumps({"report_password_key": _REPORT_PASSWORD_KEY})},
            "StartExecution": self._count_execution,
        }

    def open(self) -> None:
        """Takes the network's place for the rest of the process."""
        patch.object(URLLib3Session, "send", lambda _session, request: self._send(request)).start()

    def _send(self, request: AWSPreparedRequest) -> AWSResponse:
        target: object = request.headers.get("X-Amz-Target")
        if target is None:
            return _response(request, self._workbook.read_bytes(), "binary/octet-stream")
        operation = (target.decode() if isinstance(target, bytes) else str(target)).rpartition(".")[2]
        answer = self._answers[operation](json.loads(cast("bytes", request.body)))
        return _response(request, json.dumps(answer).encode(), "application/x-amz-json-1.0")

    def _put(self, asked: Facts) -> Facts:
        self._items[_key(asked["Item"])] = asked["Item"]
        return {}

    def _put_all(self, asked: Facts) -> Facts:
        for write in asked["TransactItems"]:
            self._put(write["Put"])
        return {}

    def _get(self, asked: Facts) -> Facts:
        found = self._items.get(_key(asked["Key"]))
        return {"Item": found} if found else {}

    def _count_rows(self, asked: Facts) -> Facts:
        self.rows += sum(len(writes) for writes in asked["RequestItems"].values())
        return {"UnprocessedItems": {}}

    def _count_execution(self, _asked: Facts) -> Facts:
        self.executions += 1
        return {"executionArn": "arn:aws:states:eu-west-1:123456789012:execution:batch:1", "startDate": 0}

    def _update(self, asked: Facts) -> Facts:
        """Sets what is set to a plain value, and adds to numbers; conditions always hold."""
        item: Facts = self._items[_key(asked["Key"])]
        names, values = asked["ExpressionAttributeNames"], asked["ExpressionAttributeValues"]
        expression = asked["UpdateExpression"]
        for name, value in _ASSIGNMENT.findall(expression):
            item[names[name]] = values[value]
        for name, value in _ADDITION.findall(expression):
            before = item.get(names[name], {"N": "0"})["N"]
            item[names[name]] = {"N": str(int(before) + int(values[value]["N"]))}
        return {"Attributes": item}


class _Body(io.BytesIO):
    """A body as urllib3 hands it over."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()


def _response(request: AWSPreparedRequest, body: bytes, kind: str) -> AWSResponse:
    headers = {"content-type": kind, "content-length": str(len(body)), "etag": '"1"'}
    if kind.endswith("json-1.0"):
        headers["x-amz-crc32"] = str(zlib.crc32(body))
    return AWSResponse(request.url, 200, headers, _Body(body))  # type: ignore[arg-type]  # any mapping will do


def _key(item: Facts) -> str:
    return f"{item['pk']['S']} {item['sk']['S']}"
