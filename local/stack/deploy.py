"""template.yaml -> running functions, tables, buckets and queues on the engine."""

import hashlib
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from local.stack.addresses import Ports
from local.stack.completion import complete
from local.stack.localise import ApiStage, api_stages, localise
from local.stack.package import Artifact, package
from local.stack.settings import STACK_NAME, template_parameters
from local.stack.template import ARTIFACTS, Template, expand, prepare, read_template

if TYPE_CHECKING:
    from types_boto3_cloudformation.client import CloudFormationClient
    from types_boto3_cloudformation.type_defs import StackEventTypeDef
    from types_boto3_s3.client import S3Client

_DEPLOY_SECONDS = 120
_POLL_SECONDS = 0.05
_DEAD_ENDS = frozenset({"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"})
_GOOD_ENDS = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE"})


class DeploymentFailed(RuntimeError):
    """The engine refused the stack; the message lists each resource's reason."""


@dataclass(frozen=True)
class Project:
    """The files a deployment is made from.

    Attributes:
        root: The folder code paths start from.
        template: The SAM template.
        deployment_python: An interpreter that has aws-sam-translator.
        parameters: Values for parameters of the template, beside those that every local deployment gives.
    """

    root: Path
    template: Path
    deployment_python: Path
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Deployment:
    """What a deployment left running.

    Attributes:
        changed: Whether anything differed from what ran before.
        stages: The API stages.
        outputs: The template's outputs.
        physical_names: Physical names by logical id.
    """

    changed: bool
    stages: list[ApiStage]
    outputs: dict[str, str]
    physical_names: dict[str, str]


def localised_template(project: Project, ports: Ports, cache: Path) -> Template:
    """The project's template as the engine takes it, code paths not yet packaged.

    Raises:
        TemplateInvalid: It cannot be read or expanded.
    """
    template = prepare(read_template(project.template))
    parameters = _declared(template, project, ports)
    expanded = expand(template, parameters, python=project.deployment_python, cache=cache)
    return localise(expanded, ports.engine_url)


def deploy(project: Project, ports: Ports, cache: Path) -> Deployment:
    """Bring the engine to what the project's files say.

    Raises:
        DeploymentFailed: A resource was refused.
        FileNotFoundError: The template names code that does not exist.
        TemplateInvalid: The template cannot be read or expanded.
    """
    template = localised_template(project, ports, cache)
    artifacts = package(template, project.root)
    storage = boto3.client("s3", **ports.connection)
    formation = boto3.client("cloudformation", **ports.connection)
    _upload(storage, [*artifacts, _template_artifact(template)])
    _remove_dead_end(formation)
    changed = _apply(formation, template, _declared(template, project, ports), ports)
    physical_names = _physical_names(formation)
    complete(template, physical_names, ports.connection)
    return Deployment(changed, api_stages(template), _outputs(formation), physical_names)


def _declared(template: Template, project: Project, ports: Ports) -> dict[str, str]:
    declared = template.get("Parameters", {})
    wanted = {**template_parameters(ports), **project.parameters}
    return {name: value for name, value in wanted.items() if name in declared}


def _template_artifact(template: Template) -> Artifact:
    content = json.dumps(template, sort_keys=True).encode()
    return Artifact(f"{hashlib.sha256(content).hexdigest()[:32]}.template", content)


def _upload(storage: "S3Client", artifacts: Iterable[Artifact]) -> None:
    if ARTIFACTS not in {bucket["Name"] for bucket in storage.list_buckets()["Buckets"]}:
        storage.create_bucket(Bucket=ARTIFACTS)
    present = {
        item["Key"]
        for page in storage.get_paginator("list_objects_v2").paginate(Bucket=ARTIFACTS)
        for item in page.get("Contents", [])
    }
    for artifact in artifacts:
        if artifact.key not in present:
            storage.put_object(Bucket=ARTIFACTS, Key=artifact.key, Body=artifact.content)


def _status(formation: "CloudFormationClient") -> str | None:
    try:
        return formation.describe_stacks(StackName=STACK_NAME)["Stacks"][0]["StackStatus"]
    except ClientError:
        return None


def _remove_dead_end(formation: "CloudFormationClient") -> None:
    """A stack whose creation failed can only be deleted."""
    if _status(formation) not in _DEAD_ENDS:
        return
    formation.delete_stack(StackName=STACK_NAME)
    status = _settled_status(formation)
    if status not in {None, "DELETE_COMPLETE"}:
        raise DeploymentFailed(_reasons(formation, status))


def _apply(formation: "CloudFormationClient", template: Template, parameters: dict[str, str], ports: Ports) -> bool:
    exists = _status(formation) not in {None, "DELETE_COMPLETE"}
    request = formation.update_stack if exists else formation.create_stack
    try:
        request(
            StackName=STACK_NAME,
            TemplateURL=f"{ports.engine_url}/{ARTIFACTS}/{_template_artifact(template).key}",
            Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
        )
    except ClientError as error:
        if "No updates" in str(error):
            return False
        raise DeploymentFailed(str(error)) from error
    status = _settled_status(formation)
    if status not in _GOOD_ENDS:
        raise DeploymentFailed(_reasons(formation, status))
    return True


def _settled_status(formation: "CloudFormationClient") -> str | None:
    deadline = time.monotonic() + _DEPLOY_SECONDS
    while time.monotonic() < deadline:
        status = _status(formation)
        if status is None or not status.endswith("_IN_PROGRESS"):
            return status
        time.sleep(_POLL_SECONDS)
    message = f"The stack did not settle within {_DEPLOY_SECONDS} s"
    raise DeploymentFailed(message)


def _reasons(formation: "CloudFormationClient", status: str | None) -> str:
    """The refusals of the latest operation, oldest first."""
    events = formation.describe_stack_events(StackName=STACK_NAME)["StackEvents"]
    reasons: list[str] = []
    for event in events:
        if event["ResourceStatus"] in {"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"} and _is_stack(event):
            break
        if "FAILED" in event["ResourceStatus"] or (_is_stack(event) and "ROLLBACK_IN" in event["ResourceStatus"]):
            reasons.append(f"  {event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason given')}")
    return "\n".join([f"Deployment ended as {status}", *reversed(reasons)])


def _is_stack(event: "StackEventTypeDef") -> bool:
    return event.get("ResourceType") == "AWS::CloudFormation::Stack"


def _physical_names(formation: "CloudFormationClient") -> dict[str, str]:
    resources = formation.get_paginator("list_stack_resources").paginate(StackName=STACK_NAME)
    return {
        summary["LogicalResourceId"]: summary["PhysicalResourceId"]
        for page in resources
        for summary in page["StackResourceSummaries"]
        if "PhysicalResourceId" in summary
    }


def _outputs(formation: "CloudFormationClient") -> dict[str, str]:
    outputs = formation.describe_stacks(StackName=STACK_NAME)["Stacks"][0].get("Outputs", [])
    return {output["OutputKey"]: output["OutputValue"] for output in outputs}
