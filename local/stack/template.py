"""Reading a template and turning it from SAM into plain CloudFormation."""

import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from local.stack.addresses import REGION

Template: TypeAlias = dict[str, Any]  # CloudFormation is open-ended JSON
Resource: TypeAlias = dict[str, Any]

ARTIFACTS = "local-artifacts"
"""The bucket for code. Until packaging, the key is the path below the project's folder."""

_LOCAL_RUNTIME = "python3.13"
_PATHS = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
    "AWS::Serverless::StateMachine": "DefinitionUri",
}
_IMAGE_PROPERTIES = ("PackageType", "ImageUri", "ImageConfig")


class TemplateInvalid(ValueError):
    """The template cannot be read or expanded; the message says why."""


def read_template(path: Path) -> Template:
    """The template with CloudFormation's short tags (`!Ref`, `!Sub`, ...) in their long form.

    Raises:
        TemplateInvalid: It is not YAML, or holds no resources.
    """
    try:
        # A safe loader: it only adds constructors that return plain dictionaries.
        template = yaml.load(path.read_text(encoding="utf-8"), Loader=_TemplateLoader)  # noqa: S506
    except yaml.YAMLError as error:
        message = f"{path.name}: {error}"
        raise TemplateInvalid(message) from error
    if not isinstance(template, dict) or not template.get("Resources"):
        message = f"{path.name} holds no Resources"
        raise TemplateInvalid(message)
    return template


def prepare(template: Template) -> Template:
    """Make every function a zip function and every code path an object key that packaging fills in later."""
    for resource in template["Resources"].values():
        _make_zip_function(resource)
        properties = resource.get("Properties", {})
        path_property = _PATHS.get(resource["Type"])
        if path_property is None or not isinstance(properties.get(path_property), str):
            continue
        properties[path_property] = f"s3://{ARTIFACTS}/{properties[path_property].removeprefix('./').rstrip('/')}"
    return template


def expand(template: Template, parameters: dict[str, str], *, python: Path, cache: Path) -> Template:
    """Expand SAM with the deployment environment's own translator, once per content.

    Args:
        template: A template that went through `prepare`.
        parameters: Parameter values; SAM resolves some of them while it expands.
        python: The interpreter that has aws-sam-translator.
        cache: The folder for expanded templates.

    Raises:
        TemplateInvalid: SAM refused the template.
    """
    question = json.dumps({"template": template, "parameters": parameters}, sort_keys=True)
    kept = cache / f"{hashlib.sha256(question.encode()).hexdigest()[:32]}.json"
    if kept.exists():
        return _parsed(kept.read_text(encoding="utf-8"))
    script = Path(__file__).with_name("sam.py")
    answer = subprocess.run(
        [python, script],
        input=question,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "AWS_DEFAULT_REGION": REGION},
    )
    if answer.returncode:
        raise TemplateInvalid(answer.stderr.strip())
    cache.mkdir(parents=True, exist_ok=True)
    kept.write_text(answer.stdout, encoding="utf-8")
    return _parsed(answer.stdout)


def _parsed(text: str) -> Template:
    template: Template = json.loads(text)
    return template


def _make_zip_function(resource: Resource) -> None:
    """A container image runs locally from its source, which `Metadata` names, with the layers that Globals give."""
    properties = resource.get("Properties", {})
    if resource["Type"] != "AWS::Serverless::Function":
        return
    properties.pop("Architectures", None)
    if properties.get("PackageType") != "Image":
        return
    metadata = resource.pop("Metadata", {})
    resource.pop("IgnoreGlobals", None)
    for name in _IMAGE_PROPERTIES:
        properties.pop(name, None)
    properties["Runtime"] = _LOCAL_RUNTIME
    properties["Handler"] = metadata.get("LocalHandler", "app.handler")
    properties["CodeUri"] = metadata["LocalCodeUri"]


class _TemplateLoader(yaml.CSafeLoader):
    """SafeLoader that knows CloudFormation's short tags."""


def _long_form(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> Template:
    if isinstance(node, yaml.ScalarNode):
        value: object = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    if tag in {"Ref", "Condition"}:
        return {tag: value}
    if tag == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {f"Fn::{tag}": value}


def _as_written(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> object:
    return loader.construct_scalar(node)


_TemplateLoader.add_multi_constructor("!", _long_form)
# A date stays the text it was written as: `Version: 2012-10-17` is a name, not a day.
_TemplateLoader.add_constructor("tag:yaml.org,2002:timestamp", _as_written)
