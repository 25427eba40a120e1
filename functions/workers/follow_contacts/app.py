"""Stream of the audience -> sums and search index: what changed of contacts is counted once, and found."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from herald.audience.composition import audience
from herald.audience.contacts.store import writes_of
from herald.invocations import logged_invocation

counting, search = audience().contact_counting, audience().contact_search


def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Takes stream records in order; after a raised error all of them come again, which counts nothing twice."""
    with logged_invocation(context.aws_request_id) as invocation:
        writes = list(writes_of(event["Records"]))
        invocation.facts |= {
            "records": len(event["Records"]),
            "words": search.follow(writes),
            "partitions": counting.count(writes),
        }
