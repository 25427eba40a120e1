"""State machine -> PDFs: a chunk of rows through one warm LibreOffice."""

import os
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from herald.adapters.objects import ObjectStore
from herald.adapters.pdf import OfficeConverter
from herald.adapters.word import compile_template
from herald.invocations import logged_invocation
from herald.results.batch_store import BatchStore
from herald.results.model import Chunk
from herald.results.rendering import Rendering
from herald.results.report_store import ReportStore
from herald.results.settlement_store import SettlementStore

# Locally several functions share the temporary folder: each worker's office lives in a folder of its own.
converter = OfficeConverter(Path(gettempdir()) / f"herald-office-{os.getpid()}")
rendering = Rendering(
    BatchStore(),
    ReportStore(os.environ["RESULTS_TABLE"]),
    SettlementStore(),
    ObjectStore(os.environ["DOCUMENTS_BUCKET"]),
    compile_template,
    converter,
)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Takes ``{tenant_id, batch_id, chunk: {first_row, last_row}}``; gives how many rows ended which way."""
    with logged_invocation(context.aws_request_id) as invocation:
        invocation.tenant_id = event["tenant_id"]
        outcomes = rendering.render(
            event["tenant_id"],
            event["batch_id"],
            Chunk(**event["chunk"]),
            seconds_left=lambda: context.get_remaining_time_in_millis() / 1000,
        )
        failed = sum(1 for outcome in outcomes if outcome.problem is not None)
        counts = {"rendered": len(outcomes) - failed, "failed": failed}
        invocation.facts |= {"batch": event["batch_id"], **event["chunk"], **counts}
        return counts
