"""The ingest function over the workbook that the command line names; prints how many rows it read."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

from benchmarks.canned_cloud import CannedCloud

_TENANT = "0192f3a4-5b6c-7d8e-9f00-112233445566"
_BATCH = "0192f3a4-6000-7000-8000-00000000b001"
_TEMPLATE = "0192f3a4-6000-7000-8000-00000000a001"
_NOW = datetime(2026, 11, 22, tzinfo=UTC)
_ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "benchmark",
    "AWS_SECRET_ACCESS_KEY": "benchmark",
    "RESULTS_TABLE": "results",
    "UPLOADS_BUCKET": "uploads",
    "DOCUMENTS_BUCKET": "documents",
    "REPORT_PASSWORD_SECRET": "report-password",
    "BATCH_MACHINE_ARN": "arn:aws:states:eu-west-1:123456789012:stateMachine:batch",
}


def main() -> None:
    """Read it, as S3's event would have it."""
    os.environ.update(_ENVIRONMENT)
    cloud = CannedCloud(Path(sys.argv[1]))
    cloud.open()
    _store_batch()
    from functions.workers.ingest.app import handler

    event = {"detail": {"object": {"key": f"{_TENANT}/{_BATCH}/workbook.xlsx", "etag": "1"}}}
    handler(event, SimpleNamespace(aws_request_id="benchmark"))  # type: ignore[arg-type]  # all that it looks at
    if cloud.executions != 1:
        raise SystemExit("The rendering was not started.")
    print(cloud.rows)


def _store_batch() -> None:
    from herald.results.batches.model import Batch, BatchStatus
    from herald.results.batches.store import BatchStore
    from herald.results.templates.model import TemplateVersion
    from herald.results.templates.store import TemplateVersionStore

    key = f"{_TENANT}/templates/{_TEMPLATE}/1.docx"
    TemplateVersionStore().add(TemplateVersion(_TENANT, _TEMPLATE, 1, key, ("name", "fee")))
    BatchStore().add(Batch(_TENANT, _BATCH, "Letters", "", _TEMPLATE, key, BatchStatus.PENDING, _NOW, _NOW))


if __name__ == "__main__":
    main()
