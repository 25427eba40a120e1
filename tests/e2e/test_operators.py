"""Whoever runs the installation, at the running stack: by curl, with a signature, and nobody else."""

import json
import os
import re
import subprocess
import uuid
from typing import Any

import boto3
import httpx
import pytest

from local.stack.addresses import REGION, ROOT_KEY, ROOT_SECRET
from local.stack.running import ROOT, RunningStack
from tests.support.clinic import Clinic
from tests.support.engine import Engine
from tests.support.waiting import eventually

pytestmark = pytest.mark.stack


FUNCTION = re.search(
    r"^operator\(\) \{.*?^\}$", (ROOT / "docs" / "operations.md").read_text(), re.MULTILINE | re.DOTALL
)
"""What the documentation says to call: by curl, which signs."""


def operator(stack: RunningStack, *arguments: str, secret: str = ROOT_SECRET) -> Any:
    """The JSON that an operator's call is answered with: a method, a path and perhaps a body."""
    assert FUNCTION is not None
    done = subprocess.run(
        ["/bin/bash", "-c", f'{FUNCTION[0]}\noperator "$@"', "operator", *arguments],
        env={
            "PATH": os.environ["PATH"],
            "API": stack.api_url,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": ROOT_KEY,
            "AWS_SECRET_ACCESS_KEY": secret,
        },
        capture_output=True,
        text=True,
        check=False,  # it fails where the call does, and gives the answer all the same
    )
    return json.loads(done.stdout)


def test_a_signed_call_sees_tenants_and_one_without_does_not(stack: RunningStack, clinic: Clinic) -> None:
    assert operator(stack, "GET", f"tenants/{clinic.tenant_id}")["id"] == clinic.tenant_id
    assert operator(stack, "GET", "tenants?limit=1")["tenants"]

    url = f"{stack.api_url}/operator/v1/tenants"
    assert operator(stack, "GET", "tenants", secret="guessed") == {"message": "Forbidden"}
    assert httpx.get(url).status_code == 403
    assert clinic.http.get("/operator/v1/tenants").status_code == 403
    forged = f"AWS4-HMAC-SHA256 Credential={ROOT_KEY}/20261101/{REGION}/execute-api/aws4_request"
    assert httpx.get(url, headers={"Authorization": forged}).status_code == 403
    named = {"X-Amz-Credential": f"{ROOT_KEY}/20261101"}
    assert httpx.get(url, headers=dict(clinic.http.headers), params=named).status_code == 403


def test_a_limit_that_an_operator_sets_is_stored_and_on_record(stack: RunningStack, clinic: Clinic) -> None:
    path = f"tenants/{clinic.tenant_id}/limits"

    answer = operator(stack, "PUT", path, '{"limits": {"staff": 5000}}')

    assert {limit["name"]: limit["requests"] for limit in answer["limits"]}["staff"] == 5000
    record = operator(stack, "GET", f"audit?limit=1&record={clinic.tenant_id}")
    assert record["entries"][0]["action"] == "PUT /operator/v1/tenants/<tenant_id>/limits"
    assert record["entries"][0]["actor"].startswith("arn:aws:iam::")


def test_dead_letters_are_sent_back_and_worked_on(stack: RunningStack, engine: Engine) -> None:
    queues = boto3.client("sqs", **stack.connection)
    change = {
        "tenant_id": str(uuid.uuid4()),
        "message_id": "m",
        "reference": f"report#{uuid.uuid4()}#2",
        "status": "sent",
    }
    url = engine.physical_name("ReportMessagesDeadLetters")
    queues.send_message(QueueUrl=url, MessageBody=json.dumps(change | {"error_code": ""}))

    def depth(name: str) -> int:
        [depth] = [
            queue["depth"] for queue in operator(stack, "GET", "dead-letters")["queues"] if queue["name"] == name
        ]
        return int(depth)

    assert depth("report-messages") == 1
    [letter] = operator(stack, "GET", "dead-letters/report-messages")["letters"]
    assert letter["content"]["tenant_id"] == change["tenant_id"]
    replayed = operator(stack, "POST", "dead-letters/report-messages/replay", "{}")
    assert replayed == {"replayed": 1, "kept": {}, "left": 0}

    def is_worked_on() -> bool:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = queues.get_queue_attributes(
            QueueUrl=engine.physical_name("ReportMessagesQueue"),
            AttributeNames=names,  # type: ignore[arg-type]  # a list of literals
        )
        return not any(int(count) for count in answer["Attributes"].values())

    eventually(is_worked_on)
    assert depth("report-messages") == 0


def test_an_upload_that_could_not_be_read_goes_to_its_function_again(stack: RunningStack, engine: Engine) -> None:
    name = engine.physical_name("IngestFunction")
    lost = {
        "requestContext": {"functionArn": f"arn:aws:lambda:{REGION}:000000000000:function:{name}:$LATEST"},
        "requestPayload": {"detail": {"object": {"key": f"{uuid.uuid4()}/{uuid.uuid4()}/workbook.xlsx", "etag": "0"}}},
    }
    url = engine.physical_name("IngestDeadLetters")
    boto3.client("sqs", **stack.connection).send_message(QueueUrl=url, MessageBody=json.dumps(lost))

    answer = operator(stack, "POST", "dead-letters/ingest/replay", '{"most": 10}')

    assert (answer["replayed"], answer["kept"]) == (1, {})
