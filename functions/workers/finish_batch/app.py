"""State machine -> the end of a batch: every row is accounted for."""

import os
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from herald.adapters.objects import ObjectStore
from herald.invocations import logged_invocation
from herald.results.batch_store import BatchStore
from herald.results.batches import Batches
from herald.results.report_store import ReportStore
from herald.results.settlement_store import SettlementStore
from herald.results.template_store import TemplateStore

batches = Batches(
    BatchStore(),
    TemplateStore(),
    ReportStore(os.environ["RESULTS_TABLE"]),
    SettlementStore(),
    ObjectStore(os.environ["UPLOADS_BUCKET"]),
)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, object]:
    """Takes ``{tenant_id, batch_id}``; gives the counts that the batch ended with."""
    with logged_invocation(context.aws_request_id) as invocation:
        invocation.tenant_id = event["tenant_id"]
        batch = batches.finish(event["tenant_id"], event["batch_id"])
        invocation.outcome = batch.status.value
        counts = {"total": batch.total, "successful": batch.successful, "failed": batch.failed}
        invocation.facts |= {"batch": batch.batch_id, **counts}
        return {"batch_id": batch.batch_id, "status": batch.status.value, **counts}
