"""PDFs through one warm LibreOffice: chunks of a batch, previews of a template, and finding out how it renders."""

from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from herald.invocations import Invocation, logged_invocation
from herald.results.batches.model import Chunk
from herald.results.composition import results
from herald.results.rendering.previewing import PreviewProblem

rendering, previews, versions = results().rendering, results().preview_rendering, results().version_check


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, object]:
    """Takes one of three kinds of work.

    - ``{tenant_id, batch_id, chunk: {first_row, last_row}}``: gives how many rows ended which way.
    - ``{preview: {tenant_id, template_id, version, values, date_format}}``: gives ``{pdf_key}`` or ``{problem: {code,
      message, fields}}``; ``values`` may be null.
    - ``{merge_check: {tenant_id, template_id, version}}``: gives ``{merging, pages}``.
    """
    with logged_invocation(context.aws_request_id) as invocation:
        if "preview" in event:
            return _preview(event["preview"], invocation)
        if "merge_check" in event:
            return _run_merge_check(event["merge_check"], invocation)
        return _render(event, invocation, lambda: context.get_remaining_time_in_millis() / 1000)


def _render(event: Mapping[str, Any], invocation: Invocation, seconds_left: Callable[[], float]) -> dict[str, object]:
    invocation.tenant_id = event["tenant_id"]
    outcomes = rendering.render(
        event["tenant_id"], event["batch_id"], Chunk(**event["chunk"]), seconds_left=seconds_left
    )
    failed = sum(1 for outcome in outcomes if outcome.problem is not None)
    counts = {"rendered": len(outcomes) - failed, "failed": failed}
    invocation.facts |= {"batch": event["batch_id"], **event["chunk"], **counts}
    return {**counts}


def _preview(wanted: Mapping[str, Any], invocation: Invocation) -> dict[str, object]:
    invocation.tenant_id = wanted["tenant_id"]
    invocation.facts |= {"template": wanted["template_id"], "version": wanted["version"]}
    preview = previews.render(
        wanted["tenant_id"],
        wanted["template_id"],
        wanted["version"],
        wanted.get("values"),
        date_format=wanted.get("date_format", ""),
    )
    if not isinstance(preview, PreviewProblem):
        return {"pdf_key": preview}
    invocation.outcome = preview.code
    return {"problem": {"code": preview.code, "message": preview.message, "fields": dict(preview.fields)}}


def _run_merge_check(wanted: Mapping[str, Any], invocation: Invocation) -> dict[str, object]:
    invocation.tenant_id = wanted["tenant_id"]
    checked = versions.check(wanted["tenant_id"], wanted["template_id"], wanted["version"])
    found: dict[str, object] = {"merging": checked.merging.value, "pages": checked.pages}
    invocation.facts |= {"template": wanted["template_id"], "version": wanted["version"], **found}
    return found
