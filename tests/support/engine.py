"""The AWS engine behind a running stack, for what no public endpoint shows: stored files, events, processes."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import boto3

from herald.results.links.service import hash_of
from local.stack.running import RunningStack

_LOCAL_ADDRESS = "127.0.0.1"
_SECRET_CHARACTERS = 22


@dataclass(frozen=True)
class Process:
    """A running program."""

    number: int
    parent: int
    command: str

    def kill(self) -> None:
        """Ends it as a crash would."""
        os.kill(self.number, signal.SIGKILL)

    def freeze(self) -> None:
        """Makes it hang."""
        os.kill(self.number, signal.SIGSTOP)


class Engine:
    """One running stack from behind."""

    def __init__(self, stack: RunningStack) -> None:
        self._stack = stack
        self._names = stack.deployment.physical_names

    @cached_property
    def database(self) -> Any:
        """DynamoDB."""
        return boto3.client("dynamodb", **self._stack.connection)

    def physical_name(self, logical_id: str) -> str:
        """What a resource of template.yaml is called here."""
        return self._names[logical_id]

    def forget_requests_of_this_address(self) -> None:
        """Starts the limits of callers without a token anew: here all of them come from one address."""
        key = {"pk": {"S": f"address#{_LOCAL_ADDRESS}"}, "sk": {"S": "admission"}}
        self.database.delete_item(TableName=self._names["AdmissionsTable"], Key=key)
        tries = {"pk": {"S": f"sign-in-address#{_LOCAL_ADDRESS}"}, "sk": {"S": "tries"}}
        self.database.delete_item(TableName=self._names["AdmissionsTable"], Key=tries)

    def raise_limits(self, tenant_id: str, requests: int) -> None:
        """Lets a tenant's people send so many in each window, at every contract."""
        names = ("staff", "event_stream", "iperform", "pytake", "mifumo")
        self.database.update_item(
            TableName=self._names["IdentityTable"],
            Key={"pk": {"S": f"{tenant_id}#identity"}, "sk": {"S": "tenant"}},
            UpdateExpression="SET limits = :limits",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeValues={":limits": {"M": {name: {"N": str(requests)} for name in names}}},
        )

    def secret(self, logical_id: str) -> dict[str, str]:
        """The content of a secret."""
        vault = boto3.client("secretsmanager", **self._stack.connection)
        secret: dict[str, str] = json.loads(vault.get_secret_value(SecretId=self._names[logical_id])["SecretString"])
        return secret

    def invoke(self, logical_id: str, event: Mapping[str, object]) -> None:
        """Calls a function and waits for its end; fails where it failed."""
        functions = boto3.client("lambda", **self._stack.connection)
        answer = functions.invoke(FunctionName=self._names[logical_id], Payload=json.dumps(event).encode())
        assert "FunctionError" not in answer, answer["Payload"].read()

    def put_on_queue(self, logical_id: str, message: Mapping[str, object]) -> None:
        """Puts a message on a queue, to be seen at once."""
        queues = boto3.client("sqs", **self._stack.connection)
        queues.send_message(QueueUrl=self._names[logical_id], MessageBody=json.dumps(message))

    def traces_of(self, *words: str) -> list[str]:
        """The items of every table and the keys of both buckets that have one of these words in them."""
        storage = boto3.client("s3", **self._stack.connection)
        tables = [name for logical_id, name in self._names.items() if logical_id.endswith("Table")]
        buckets = [self._names[logical_id] for logical_id in ("DocumentsBucket", "UploadsBucket")]
        items = [
            json.dumps(item)
            for table in tables
            for page in self.database.get_paginator("scan").paginate(TableName=table)
            for item in page["Items"]
        ]
        keys = [
            entry["Key"]
            for bucket in buckets
            for page in storage.get_paginator("list_objects_v2").paginate(Bucket=bucket)
            for entry in page.get("Contents", [])
        ]
        return [trace for trace in (*items, *keys) if any(word in trace for word in words)]

    def documents_of(self, tenant_id: str, batch_id: str) -> list[str]:
        """The keys of a batch's PDFs."""
        storage = boto3.client("s3", **self._stack.connection)
        found = storage.list_objects_v2(Bucket=self._names["DocumentsBucket"], Prefix=f"{tenant_id}/{batch_id}/pdf/")
        return [entry["Key"] for entry in found.get("Contents", [])]

    def upload_event(self, tenant_id: str, batch_id: str) -> dict[str, object]:
        """S3's event about a batch's workbook, once more."""
        key = f"{tenant_id}/{batch_id}/workbook.xlsx"
        head = boto3.client("s3", **self._stack.connection).head_object(Bucket=self._names["UploadsBucket"], Key=key)
        return {"detail": {"object": {"key": key, "etag": head["ETag"].strip('"')}}}

    def renderings_of(self, batch_id: str) -> list[str]:
        """The runs of the state machine for a batch."""
        machine = self._names["BatchMachine"]
        workflows = boto3.client("stepfunctions", **self._stack.connection)
        runs = workflows.list_executions(stateMachineArn=machine)["executions"]
        return [run["name"] for run in runs if run["name"].startswith(batch_id)]

    def offices_at_work(self, *, since: float) -> list[Process]:
        """The LibreOffices of this stack's functions that were given a document after a moment (epoch seconds)."""
        return [process for process in self._processes() if _last_given(process) > since]

    def workers_of(self, logical_id: str) -> list[Process]:
        """The processes that run a function."""
        name = self._names[logical_id]
        return [process for process in self._processes() if f"-{name}-" in process.command]

    @contextmanager
    def seeing_again_after(self, seconds: int, queue: str) -> Iterator[None]:
        """Hands out what a worker of a queue did not finish after so many seconds, rather than minutes."""
        queues = boto3.client("sqs", **self._stack.connection)
        url = self._names[queue]
        before = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
        queues.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(seconds)})
        try:
            yield
        finally:
            queues.set_queue_attributes(QueueUrl=url, Attributes=before)

    def parent_of(self, process: Process) -> Process:
        """The worker that started a process."""
        return next(other for other in self._processes() if other.number == process.parent)

    def link(self, tenant_id: str, token: str) -> dict[str, Any]:
        """What is kept of the link that a token names."""
        answer = self.database.get_item(
            TableName=self._names["ResultsTable"], Key=_link_key(tenant_id, token), ConsistentRead=True
        )
        return cast("dict[str, Any]", answer["Item"])

    def expire_link(self, tenant_id: str, token: str) -> None:
        """Makes a day go by for a link."""
        self.database.update_item(
            TableName=self._names["ResultsTable"],
            Key=_link_key(tenant_id, token),
            UpdateExpression="SET ends_at = :before",
            ExpressionAttributeValues={":before": {"N": "1"}},
        )

    @contextmanager
    def without_permission(self, role: str, action: str) -> Iterator[None]:
        """Takes an action from the policies of a function's role for a while."""
        identities = boto3.client("iam", **self._stack.connection)
        name = self._names[role]
        policies = identities.list_role_policies(RoleName=name)["PolicyNames"]
        before = {
            policy: identities.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for policy in policies
        }
        for policy, document in before.items():
            text = json.dumps(document).replace(json.dumps(action), json.dumps("none:None"))
            identities.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=text)
        try:
            yield
        finally:
            for policy, document in before.items():
                identities.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(document))

    def _processes(self) -> list[Process]:
        """What the engine started, directly or through others: nothing of anybody else."""
        listing = subprocess.run(["/bin/ps", "-wweo", "pid=,ppid=,args="], capture_output=True, text=True, check=True)
        rows = [line.split(maxsplit=2) for line in listing.stdout.splitlines()]
        everything = [Process(int(number), int(parent), "".join(command)) for number, parent, *command in rows]
        family = {self._stack.children[0].process.pid}
        while grown := {process.number for process in everything if process.parent in family} - family:
            family |= grown
        return [process for process in everything if process.number in family]


def _last_given(process: Process) -> float:
    """When a LibreOffice was given its latest document (OfficeConverter says where); 0 for any other program."""
    home = re.search(r"/soffice.bin .*UserInstallation=file://(\S+)/profile", process.command)
    if home is None:
        return 0
    try:
        return (Path(home[1]) / "document.docx").stat().st_mtime
    except FileNotFoundError:
        return 0


def _link_key(tenant_id: str, token: str) -> dict[str, Any]:
    secret = token[-_SECRET_CHARACTERS:]
    return {"pk": {"S": f"{tenant_id}#link#{hash_of(secret)}"}, "sk": {"S": "link"}}
