"""S3 -> rows: a workbook arrived; read it, once, and start the rendering."""

from pathlib import Path
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from herald.invocations import logged_invocation
from herald.results.batches.service import batch_of_workbook
from herald.results.composition import results
from herald.results.ingesting.service import Upload
from herald.values.ids import new_id

ingesting = results().ingesting


def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Takes S3's event of an object created, by EventBridge; a raised error makes Lambda try it again."""
    stored = event["detail"]["object"]
    upload = Upload(stored["key"], stored["etag"])
    tenant_id, batch_id = batch_of_workbook(upload.key)
    with logged_invocation(context.aws_request_id) as invocation:
        invocation.tenant_id = tenant_id
        invocation.facts["batch"] = batch_id
        batch = ingesting.ingest(
            tenant_id,
            batch_id,
            upload,
            reader=new_id(),  # Lambda's own retries carry the same request id
            folder=Path("/tmp"),  # noqa: S108 - the one folder a function may write to
        )
        if batch is None:
            invocation.outcome = "no_such_batch"
            return
        invocation.outcome = batch.status.value
        invocation.facts |= {"rows": batch.total, "bad_rows": batch.failed}
