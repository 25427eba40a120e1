"""Stream of results -> figures and activity: what changed is counted once and written down; expired PDFs go."""

import os
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from herald.invocations import logged_invocation
from herald.results.composition import results
from herald.results.figures.activity import KeepingDiary
from herald.results.figures.activity_store import ActivityStore
from herald.results.figures.bookkeeping import Bookkeeping
from herald.results.figures.changes import changes_of
from herald.results.figures.store import FiguresStore

bookkeeping = Bookkeeping(FiguresStore(os.environ["RESULTS_TABLE"]))
diary = KeepingDiary(ActivityStore())
expired_pdfs = results().expired_pdfs


def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Takes stream records in order; after a raised error all of them come again, which counts nothing twice."""
    with logged_invocation(context.aws_request_id) as invocation:
        changes = list(changes_of(event["Records"]))
        invocation.facts |= {
            "records": len(event["Records"]),
            "activities": diary.follow(changes),
            "partitions": bookkeeping.follow(changes),
            "pdfs_removed": expired_pdfs.remove(event["Records"]),
        }
