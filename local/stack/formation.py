"""One CloudFormation stack on the engine."""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from types_boto3_cloudformation.client import CloudFormationClient
    from types_boto3_cloudformation.type_defs import StackEventTypeDef

_DEPLOY_SECONDS = 120
_POLL_SECONDS = 0.05
_DEAD_ENDS = frozenset({"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"})
_GOOD_ENDS = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE"})


class DeploymentFailed(RuntimeError):
    """The engine refused a stack; the message lists each resource's reason."""


@dataclass(frozen=True)
class FormationStack:
    """A stack by its name, whether it exists yet or not."""

    client: "CloudFormationClient"
    name: str

    def apply(self, template_url: str, parameters: dict[str, str]) -> bool:
        """Create the stack, or bring it to what a template says.

        Returns:
            Whether anything differed.

        Raises:
            DeploymentFailed: A resource was refused.
        """
        self._remove_dead_end()
        exists = self._status() not in {None, "DELETE_COMPLETE"}
        request = self.client.update_stack if exists else self.client.create_stack
        try:
            request(
                StackName=self.name,
                TemplateURL=template_url,
                Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
                Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
            )
        except ClientError as error:
            if "No updates" in str(error):
                return False
            raise DeploymentFailed(str(error)) from error
        status = self._settled_status()
        if status not in _GOOD_ENDS:
            raise DeploymentFailed(self._reasons(status))
        return True

    def physical_names(self) -> dict[str, str]:
        """What its resources are called, by their logical ids."""
        resources = self.client.get_paginator("list_stack_resources").paginate(StackName=self.name)
        return {
            summary["LogicalResourceId"]: summary["PhysicalResourceId"]
            for page in resources
            for summary in page["StackResourceSummaries"]
            if "PhysicalResourceId" in summary
        }

    def _status(self) -> str | None:
        try:
            return self.client.describe_stacks(StackName=self.name)["Stacks"][0]["StackStatus"]
        except ClientError:
            return None

    def _remove_dead_end(self) -> None:
        """A stack whose creation failed can only be deleted."""
        if self._status() not in _DEAD_ENDS:
            return
        self.client.delete_stack(StackName=self.name)
        status = self._settled_status()
        if status not in {None, "DELETE_COMPLETE"}:
            raise DeploymentFailed(self._reasons(status))

    def _settled_status(self) -> str | None:
        deadline = time.monotonic() + _DEPLOY_SECONDS
        while time.monotonic() < deadline:
            status = self._status()
            if status is None or not status.endswith("_IN_PROGRESS"):
                return status
            time.sleep(_POLL_SECONDS)
        message = f"The stack {self.name} did not settle within {_DEPLOY_SECONDS} s"
        raise DeploymentFailed(message)

    def _reasons(self, status: str | None) -> str:
        """The refusals of the latest operation, oldest first."""
        events = self.client.describe_stack_events(StackName=self.name)["StackEvents"]
        reasons: list[str] = []
        for event in events:
            if event["ResourceStatus"] in {"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"} and _is_stack(event):
                break
            if "FAILED" in event["ResourceStatus"] or (_is_stack(event) and "ROLLBACK_IN" in event["ResourceStatus"]):
                reason = event.get("ResourceStatusReason", "no reason given")
                reasons.append(f"  {event['LogicalResourceId']}: {reason}")
        return "\n".join([f"Deployment of {self.name} ended as {status}", *reversed(reasons)])


def _is_stack(event: "StackEventTypeDef") -> bool:
    return event.get("ResourceType") == "AWS::CloudFormation::Stack"
