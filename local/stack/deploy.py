"""data.yaml and template.yaml -> running functions, tables, buckets and queues on the engine."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

from local.stack.addresses import Ports
from local.stack.completion import complete
from local.stack.formation import FormationStack
from local.stack.localise import ApiStage, api_stages, localise
from local.stack.package import Artifact, package
from local.stack.settings import template_parameters
from local.stack.template import ARTIFACTS, Template, expand, prepare, read_template

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client


@dataclass(frozen=True)
class Project:
    """The files a deployment is made from.

    Attributes:
        root: The folder code paths start from.
        templates: The templates by the names of their stacks, in the order in which they are deployed.
        deployment_python: An interpreter that has aws-sam-translator.
        parameters: Values for parameters of the templates, beside those that every local deployment gives.
    """

    root: Path
    templates: Mapping[str, Path]
    deployment_python: Path
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Deployment:
    """What a deployment left running.

    Attributes:
        changed: Whether anything differed from what ran before.
        physical_names: Physical names by logical id, of all stacks.
    """

    changed: bool
    physical_names: dict[str, str]


def stages_of(project: Project, ports: Ports, cache: Path) -> list[ApiStage]:
    """The API stages that a deployment of the project will have.

    Raises:
        TemplateInvalid: A template cannot be read or expanded.
    """
    templates = (_localised(path, project, ports, cache) for path in project.templates.values())
    return [stage for template in templates for stage in api_stages(template)]


def deploy(project: Project, ports: Ports, cache: Path) -> Deployment:
    """Bring the engine to what the project's files say, one stack after the other.

    Raises:
        DeploymentFailed: A resource was refused.
        FileNotFoundError: A template names code that does not exist.
        TemplateInvalid: A template cannot be read or expanded.
    """
    formation = boto3.client("cloudformation", **ports.connection)
    changed = False
    physical_names: dict[str, str] = {}
    for name, path in project.templates.items():
        template = _localised(path, project, ports, cache)
        artifacts = package(template, project.root)
        described = _template_artifact(template)
        _upload(boto3.client("s3", **ports.connection), [*artifacts, described])
        stack = FormationStack(formation, name)
        address = f"{ports.engine_url}/{ARTIFACTS}/{described.key}"
        changed |= stack.apply(address, _declared(template, project, ports))
        names = stack.physical_names()
        complete(template, names, ports.connection)
        physical_names |= names
    return Deployment(changed, physical_names)


def _localised(path: Path, project: Project, ports: Ports, cache: Path) -> Template:
    """A template as the engine takes it, code paths not yet packaged."""
    template = prepare(read_template(path))
    parameters = _declared(template, project, ports)
    expanded = expand(template, parameters, python=project.deployment_python, cache=cache)
    return localise(expanded, ports.engine_url)


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
