"""Stream of results -> statistics and activity: what changed is counted once and recorded; expired PDFs go."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from herald.invocations import logged_invocation
from herald.results.composition import results
from herald.results.statistics.changes import changes_of

counting, activity_log, expired_pdfs = results().counting, results().activity_log, results().expired_pdfs


def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Takes stream records in order; after a raised error all of them come again, which counts nothing twice."""
    with logged_invocation(context.aws_request_id) as invocation:
        changes = list(changes_of(event["Records"]))
        invocation.facts |= {
            "records": len(event["Records"]),
            "activities": activity_log.record(changes),
            "partitions": counting.count(changes),
            "pdfs_removed": expired_pdfs.remove(event["Records"]),
        }
