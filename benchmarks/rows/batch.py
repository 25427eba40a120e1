"""What everything around the rendering adds to it."""

import io
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import httpx
import openpyxl

from benchmarks.pipeline import Pipeline, pipeline
from benchmarks.row import AtMost, CostRatio
from benchmarks.sample_documents import letter_template, values_of_rows
from local.demo.client import Organisation
from local.stack.addresses import free_ports
from local.stack.running import PROJECT, RunningStack, running_stack

_LETTERS = 1_000
_GLANCE_SECONDS = 0.1
_LONGEST_SECONDS = 300.0
_TITLES = ("Name", "Street", "City", "Sent", "Balance", "Reminder")


class BatchOnTheStack(CostRatio):
    what = f"A batch of {_LETTERS:,} letters on the local stack, from the upload to the last PDF stored"
    against = "Two processes that fill, merge, convert and divide the same letters, and store nothing"
    bound = AtMost(1.5)
    how = (
        "Elapsed time on a warm stack: the workbook's upload, its reading, the state machine, two render workers with "
        "a LibreOffice each, the PDFs in S3 and the outcomes in DynamoDB; engine and workers share the machine."
    )

    def reach(self, rounds: int) -> float:
        with ExitStack() as running:
            folder = running.enter_context(tempfile.TemporaryDirectory(prefix="herald-batch-"))
            self._pipeline: Pipeline = running.enter_context(pipeline(letter_template()))
            stack = running.enter_context(running_stack(Path(folder), free_ports(), PROJECT))
            self._batches = _Batches(stack, Path(folder))
            return super().reach(rounds)

    def cost(self) -> float:
        return self._batches.seconds_for_one()

    def reference_cost(self) -> float:
        return self._pipeline.seconds_for(list(values_of_rows(_LETTERS)))


class _Batches:
    """Batches of one template by one organisation."""

    def __init__(self, stack: RunningStack, folder: Path) -> None:
        self._table = stack.deployment.physical_names["ResultsTable"]
        self._database = boto3.client("dynamodb", **stack.connection)
        self._organisation = Organisation(stack.api_url)
        self._organisation.sign_up("bench@example.org", "a-password-for-1000", "Benchmark")
        path = folder / "letter.docx"
        path.write_bytes(letter_template())
        self._template = self._organisation.upload_template(path, "Letter")["id"]

    def seconds_for_one(self) -> float:
        """From the upload of a workbook to the last row recorded, which is after its PDF was stored."""
        batch = self._organisation.create_batch("Letters", self._template)
        began = time.perf_counter()
        httpx.put(batch["upload_url"], content=_workbook(), timeout=60).raise_for_status()
        key = _batch_key(batch["upload_url"])
        while self._settled(key) < _LETTERS:
            if time.perf_counter() - began > _LONGEST_SECONDS:
                raise RuntimeError(f"The batch did not end within {_LONGEST_SECONDS:.0f} s.")
            time.sleep(_GLANCE_SECONDS)
        seconds = time.perf_counter() - began
        for status in self._organisation.follow_batch(batch["id"]):
            if status["progress"]["failed"]:
                raise RuntimeError("Some letters failed.")
        return seconds

    def _settled(self, key: Mapping[str, Any]) -> int:
        item: dict[str, Any] = self._database.get_item(TableName=self._table, Key=key, ConsistentRead=True)["Item"]
        return sum(int(item.get(count, {"N": "0"})["N"]) for count in ("successful", "failed"))


def _batch_key(upload_url: str) -> dict[str, Any]:
    """Where a batch is recorded: the path of its upload names the tenant and the batch."""
    *_, tenant_id, batch_id, _ = urlsplit(upload_url).path.split("/")
    return {"pk": {"S": f"{tenant_id}#batches"}, "sk": {"S": batch_id}}


@cache
def _workbook() -> bytes:
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    sheet.append((*_TITLES, "Phone", "Password"))
    for number, values in enumerate(values_of_rows(_LETTERS)):
        sheet.append([*(values[title.lower()] for title in _TITLES), f"+1202555{number:04}", f"river-{number}"])
    written = io.BytesIO()
    workbook.save(written)
    return written.getvalue()


ROWS = (BatchOnTheStack,)
