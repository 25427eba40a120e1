"""The AWS engine behind a running stack, for what no public door shows: stored files, events, processes."""

import json
import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import boto3

from local.stack.running import RunningStack

_LOCAL_ADDRESS = "127.0.0.1"


@dataclass(frozen=True)
class Process:
    """A running program."""

    number: int
    parent: int
    command: str

    def kill(self) -> None:
        """Ends it as a crash would."""
        os.kill(self.number, signal.SIGKILL)


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
        for limit in ("recipient", "sign_in"):
            key = {"pk": {"S": f"address#{_LOCAL_ADDRESS}#{limit}"}, "sk": {"S": "admission"}}
            self.database.delete_item(TableName=self._names["AdmissionsTable"], Key=key)

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

    def documents_of(self, tenant_id: str, batch_id: str) -> list[str]:
        """The keys of a batch's PDFs."""
        storage = boto3.client("s3", **self._stack.connection)
        found = storage.list_objects_v2(Bucket=self._names["DocumentsBucket"], Prefix=f"{tenant_id}/{batch_id}/pdf/")
        return [entry["Key"] for entry in found.get("Contents", [])]

    def upload_event(self, tenant_id: str, batch_id: str) -> dict[str, object]:
        """S3's event about a batch's workbook, once more."""
        key = f"{tenant_id}/{batch_id}/workbook.xlsx"
        head = boto3.client("s3", **self._stack.connection).head_object(Bucket=self._names["UploadsBucket"], Key=key)
        return {"Records": [{"s3": {"object": {"key": key, "eTag": head["ETag"].strip('"')}}}]}

    def renderings_of(self, batch_id: str) -> list[str]:
        """The runs of the state machine for a batch."""
        machine = self._names["BatchMachine"]
        workflows = boto3.client("stepfunctions", **self._stack.connection)
        runs = workflows.list_executions(stateMachineArn=machine)["executions"]
        return [run["name"] for run in runs if run["name"].startswith(batch_id)]

    def offices(self) -> list[Process]:
        """The LibreOffices that this stack's functions run."""
        return [process for process in self._processes() if "soffice.bin" in process.command]

    def parent_of(self, process: Process) -> Process:
        """The worker that started a process."""
        return next(other for other in self._processes() if other.number == process.parent)

    def _processes(self) -> list[Process]:
        """What the engine started, directly or through others: nothing of anybody else."""
        listing = subprocess.run(["/bin/ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True)
        rows = [line.split(maxsplit=2) for line in listing.stdout.splitlines()]
        everything = [Process(int(number), int(parent), "".join(command)) for number, parent, *command in rows]
        family = {self._stack.children[0].process.pid}
        while grown := {process.number for process in everything if process.parent in family} - family:
            family |= grown
        return [process for process in everything if process.number in family]
