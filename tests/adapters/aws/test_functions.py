"""Other functions, asked and told."""

import io
import json
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.response import StreamingBody
from botocore.stub import Stubber

from herald.adapters.aws import client as aws
from herald.adapters.aws.functions import Function
from herald.errors import Unavailable
from tests.support.cloud import cloud

__all__ = ["cloud"]

PAYLOAD = {"preview": {"version": 1}}


@pytest.fixture
def service(cloud: None) -> Iterator[Stubber]:
    with Stubber(aws.aws_client("lambda")) as stubber:
        yield stubber


@pytest.fixture
def late(cloud: None) -> Iterator[None]:
    """Lambda that says nothing for as long as anybody waits."""

    def wait_too_long(**_: object) -> None:
        raise ReadTimeoutError(endpoint_url="lambda")

    events = aws.aws_client("lambda").meta.events
    events.register("before-call.lambda.Invoke", wait_too_long)
    yield
    events.unregister("before-call.lambda.Invoke", wait_too_long)


def answer(service: Stubber, kind: str, content: bytes, **more: object) -> None:
    wanted = {
        "FunctionName": "render",
        "InvocationType": kind,
        "Payload": json.dumps(PAYLOAD).encode().replace(b" ", b""),
    }
    payload = StreamingBody(io.BytesIO(content), len(content))
    service.add_response("invoke", {"StatusCode": 200, "Payload": payload, **more}, wanted)


def test_a_function_that_is_asked_gives_its_answer(service: Stubber) -> None:
    answer(service, "RequestResponse", b'{"pdf_key": "a.pdf"}')

    assert Function("render").ask(PAYLOAD) == {"pdf_key": "a.pdf"}


def test_a_function_that_is_told_is_not_waited_for(service: Stubber) -> None:
    answer(service, "Event", b"")

    Function("render").tell(PAYLOAD)

    service.assert_no_pending_responses()


def test_a_function_that_fails_is_unavailable_and_its_error_stays_inside(service: Stubber) -> None:
    answer(service, "RequestResponse", b'{"errorMessage": "secret"}', FunctionError="Unhandled")

    with pytest.raises(Unavailable) as refused:
        Function("render").ask(PAYLOAD)

    assert "secret" not in refused.value.message


def test_a_busy_function_is_unavailable(service: Stubber) -> None:
    service.add_client_error("invoke", "TooManyRequestsException", http_status_code=429)

    with pytest.raises(Unavailable):
        Function("render").ask(PAYLOAD)


def test_a_late_answer_is_unavailable(late: None) -> None:
    with pytest.raises(Unavailable):
        Function("render").ask(PAYLOAD)


def test_a_function_that_may_not_be_asked_is_a_fault_of_ours(service: Stubber) -> None:
    service.add_client_error("invoke", "AccessDeniedException", http_status_code=403)

    with pytest.raises(ClientError):
        Function("render").ask(PAYLOAD)


def test_whoever_only_tells_learns_of_every_failure_in_one_way(service: Stubber) -> None:
    service.add_client_error("invoke", "AccessDeniedException", http_status_code=403)

    with pytest.raises(Unavailable):
        Function("render").tell(PAYLOAD)
