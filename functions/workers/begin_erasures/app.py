"""Clock -> queue: closed organisations whose time has come are to be erased."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from herald.identity.composition import identity
from herald.invocations import logged_invocation

due = identity().due_erasures


def handler(_event: dict[str, Any], context: LambdaContext) -> None:
    """Takes a rule's event, once a day; asking again for one that is under way is harmless."""
    with logged_invocation(context.aws_request_id) as invocation:
        invocation.facts["organisations"] = due.ask()
