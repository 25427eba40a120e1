"""The front lets nobody through in the name of the engine's root who has not signed for it."""

from datetime import UTC, datetime, timedelta

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.stack.addresses import REGION, ROOT_KEY, ROOT_SECRET
from tests.local.front.test_application import Engine, answer, ask

PATH = "/operator/v1/tenants/0192f3a4-5b6c-7d8e-9f00-112233445566/limits?a=1&b=2"
BODY = b'{"limits": {"staff": 500}}'


def signed(
    path: str = PATH,
    body: bytes = BODY,
    *,
    key: str = ROOT_KEY,
    secret: str = ROOT_SECRET,
    service: str = "execute-api",
    method: str = "PUT",
) -> dict[str, str]:
    request = AWSRequest(method, f"http://testserver{path}", data=body, headers={"host": "testserver"})
    SigV4Auth(Credentials(key, secret), service, REGION).add_auth(request)
    return {name.lower(): value for name, value in request.headers.items()}


def status(headers: dict[str, str], path: str = PATH, body: bytes = BODY) -> int:
    return ask(Engine(answer()), "PUT", path, content=body, headers=headers).status_code


def test_a_good_signature_passes_with_the_body_as_it_was_sent() -> None:
    engine = Engine(answer())
    headers = signed()

    assert ask(engine, "PUT", PATH, content=BODY, headers=headers).status_code == 200
    assert engine.content == BODY
    assert engine.headers["authorization"] == headers["authorization"]


@pytest.mark.parametrize(
    "headers",
    [
        signed(secret="another"),
        signed(key="another"),
        signed(service="s3"),
        signed(method="POST"),
        signed("/operator/v1/tenants"),
        signed(body=b"{}"),
        signed() | {"x-amz-date": "20200101T000000Z"},
        signed() | {"x-amz-date": "yesterday"},
        signed() | {"X-Amz-Date": "20260101T000000Z"},
        {"authorization": f"AWS4-HMAC-SHA256 Credential={ROOT_KEY}/20261101/{REGION}/execute-api/aws4_request"},
        {"authorization": f"AWS {ROOT_KEY}:signature"},
        {"authorization": "AWS4-HMAC-SHA256"},
    ],
    ids=[
        "secret",
        "key",
        "service",
        "method",
        "path",
        "body",
        "date",
        "no date",
        "two dates",
        "unsigned",
        "version 2",
        "nothing",
    ],
)
def test_a_request_in_somebodys_name_is_refused_without_their_signature(headers: dict[str, str]) -> None:
    engine = Engine(answer())

    received = ask(engine, "PUT", PATH, content=BODY, headers=headers)

    assert (received.status_code, received.json()) == (403, {"message": "Forbidden"})
    assert engine.target == b""


@pytest.mark.parametrize("name", ["X-Amz-Credential", "x-amz-credential", "AWSAccessKeyId"])
def test_a_name_in_the_query_is_refused_whatever_the_header_says(name: str) -> None:
    path = f"/operator/v1/tenants?{name}={ROOT_KEY}"

    assert status({"authorization": "Bearer token"}, path) == 403
    assert status(signed(path), path) == 403


def test_a_body_that_was_put_in_place_of_the_signed_one_is_refused() -> None:
    headers = signed()
    assert status(headers, body=b'{"limits": {"staff": 60000}}') == 403

    with_hash = AWSRequest("PUT", f"http://testserver{PATH}", data=BODY, headers={"host": "testserver"})
    with_hash.headers["X-Amz-Content-SHA256"] = SigV4Auth(Credentials("", ""), "", "").payload(with_hash)
    SigV4Auth(Credentials(ROOT_KEY, ROOT_SECRET), "execute-api", REGION).add_auth(with_hash)
    assert status(dict(with_hash.headers)) == 200
    assert status(dict(with_hash.headers), body=b"{}") == 403


def test_two_authorizations_are_none() -> None:
    assert status({"Authorization": "Bearer token"} | signed()) == 403
    assert status(signed() | {"Authorization": "Bearer token"}) == 403


def test_a_signature_is_good_for_five_minutes() -> None:
    request = AWSRequest("PUT", f"http://testserver{PATH}", data=BODY, headers={"host": "testserver"})
    request.context["timestamp"] = (datetime.now(UTC) - timedelta(minutes=6)).strftime("%Y%m%dT%H%M%SZ")
    request.headers["X-Amz-Date"] = request.context["timestamp"]
    signer = SigV4Auth(Credentials(ROOT_KEY, ROOT_SECRET), "execute-api", REGION)
    signature = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    scope = f"{ROOT_KEY}/{request.context['timestamp'][:8]}/{REGION}/execute-api/aws4_request"
    authorization = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature={signature}"

    assert status({"authorization": authorization, "x-amz-date": request.headers["X-Amz-Date"]}) == 403


def test_callers_of_tenants_pass_unverified_as_before() -> None:
    assert status({"authorization": "Bearer token"}) == 200
    assert status({}) == 200
