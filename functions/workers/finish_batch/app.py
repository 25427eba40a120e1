"""State machine -> the end of a batch: every row is accounted for."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from herald.invocations import logged_invocation
from herald.results.composition import results

finishing = results().finishing


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, object]:
    """Takes ``{tenant_id, batch_id, execution}``; gives the counts that the batch ended with."""
    with logged_invocation(context.aws_request_id) as invocation:
        invocation.tenant_id = event["tenant_id"]
        batch = finishing.finish(event["tenant_id"], event["batch_id"], execution=event["execution"])
        invocation.facts["batch"] = event["batch_id"]
        if batch is None:
            invocation.outcome = "deleted"
            return {"batch_id": event["batch_id"], "status": "deleted"}
        invocation.outcome = batch.status.value
        counts = {"total": batch.total, "successful": batch.successful, "failed": batch.failed}
        invocation.facts |= counts
        return {"batch_id": batch.batch_id, "status": batch.status.value, **counts}
