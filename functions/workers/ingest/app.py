"""S3 -> rows: a workbook arrived; read it, once, and start the rendering."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

from aws_lambda_powertools.utilities.typing import LambdaContext

from herald.adapters.objects import ObjectStore
from herald.adapters.spreadsheet import read_workbook
from herald.adapters.workflow import Workflow
from herald.invocations import logged_invocation
from herald.results.batch_store import BatchStore
from herald.results.batches import batch_of_workbook
from herald.results.composition import report_passwords
from herald.results.ingesting import Ingesting
from herald.results.report_store import ReportStore
from herald.results.template_store import TemplateStore
from herald.values.ids import new_id

ingesting = Ingesting(
    BatchStore(),
    TemplateStore(),
    ReportStore(os.environ["RESULTS_TABLE"]),
    ObjectStore(os.environ["UPLOADS_BUCKET"]),
    read_workbook,
    report_passwords(),
    Workflow(os.environ["BATCH_MACHINE_ARN"]),
)


def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Takes S3's ObjectCreated events; a raised error makes Lambda try the event again."""
    for record in event["Records"]:
        stored = record["s3"]["object"]
        key = unquote_plus(stored["key"])
        tenant_id, batch_id = batch_of_workbook(key)
        with logged_invocation(context.aws_request_id) as invocation:
            invocation.tenant_id = tenant_id
            batch = ingesting.ingest(
                tenant_id,
                batch_id,
                key=key,
                upload=stored["eTag"],
                reader=new_id(),  # Lambda's own retries carry the same request id
                folder=Path("/tmp"),  # noqa: S108 - the one folder a function may write to
            )
            invocation.outcome = batch.status.value
            invocation.facts |= {"batch": batch_id, "rows": batch.total, "bad_rows": batch.failed}
