"""S3 -> versions: a Word file arrived; check it, and make it its template's next version."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from herald.invocations import logged_invocation
from herald.results.composition import results
from herald.results.templates.service import upload_of_key

checks = results().upload_checks


def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Takes S3's event of an object created, by EventBridge; a raised error makes Lambda try it again."""
    key = event["detail"]["object"]["key"]
    tenant_id, template_id, upload = upload_of_key(key)
    with logged_invocation(context.aws_request_id) as invocation:
        invocation.tenant_id = tenant_id
        invocation.facts |= {"template": template_id, "upload": upload}
        invocation.outcome = checks.check(tenant_id, template_id, key=key, upload=upload).value
