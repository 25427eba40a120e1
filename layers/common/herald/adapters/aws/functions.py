"""Lambda: another function, asked for an answer or told of something."""

from collections.abc import Mapping
from typing import Literal, cast

import orjson

from herald.adapters.aws.client import aws_client
from herald.errors import Unavailable

_BUSY = frozenset({"TooManyRequestsException", "ThrottlingException", "EC2ThrottledException", "ServiceException"})


class Function:
    """One function of this installation."""

    def __init__(self, name: str) -> None:
        self._name = name

    def ask(self, payload: Mapping[str, object]) -> dict[str, object]:
        """What the function answers, for which it has 25 seconds.

        Raises:
            Unavailable: it failed, it is busy, or its answer is late.
        """
        return cast("dict[str, object]", orjson.loads(self._invoke("RequestResponse", payload)))

    def tell(self, payload: Mapping[str, object]) -> None:
        """Hands the function some work, which it does when it can.

        Raises:
            Unavailable: Lambda did not take it, for whatever reason.
        """
        from botocore.exceptions import ClientError

        try:
            self._invoke("Event", payload)
        except ClientError as error:
            raise _unavailable() from error

    def _invoke(self, kind: Literal["RequestResponse", "Event"], payload: Mapping[str, object]) -> bytes:
        from botocore.exceptions import ClientError, HTTPClientError

        try:
            answer = aws_client("lambda").invoke(
                FunctionName=self._name, InvocationType=kind, Payload=orjson.dumps(payload)
            )
            content = answer["Payload"].read()
        except HTTPClientError as error:
            raise _unavailable() from error
        except ClientError as error:
            if error.response["Error"]["Code"] in _BUSY:
                raise _unavailable() from error
            raise
        if answer.get("FunctionError"):
            raise _unavailable()
        return content


def _unavailable() -> Unavailable:
    return Unavailable("This takes too long at the moment; try again in a minute.", code="function_unavailable")
