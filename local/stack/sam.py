"""Expand a SAM template: JSON in on standard input, plain CloudFormation out on standard output.

Runs as a script in the deployment environment, which pins its own libraries; it must import nothing of this project.
"""

import json
import sys

from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.translator.managed_policy_translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform


class _NoPolicies(ManagedPolicyLoader):  # type: ignore[misc]  # the base is untyped
    """Managed policies are named by SAM's own bundled list; no IAM is asked."""

    def __init__(self) -> None:
        """Nothing to connect to."""

    def load(self) -> dict[str, str]:
        """No policies beyond the bundled ones."""
        return {}


def main() -> None:
    """Translate standard input to standard output; what SAM refuses is said on standard error."""
    question = json.load(sys.stdin)
    try:
        expanded = transform(question["template"], question["parameters"], _NoPolicies())
    except InvalidDocumentException as refusal:
        sys.exit("\n".join(cause.message for cause in refusal.causes))
    json.dump(expanded, sys.stdout, sort_keys=True)


if __name__ == "__main__":
    main()
