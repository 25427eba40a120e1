"""What plain CloudFormation needs before the engine can run it: every gap is closed here, and nothing else changes."""

import hashlib
import json
import re
from dataclasses import dataclass

from local.stack.template import Resource, Template

_CORS_PROPERTIES = {
    "allowOrigins": "AllowOrigins",
    "allowMethods": "AllowMethods",
    "allowHeaders": "AllowHeaders",
    "exposeHeaders": "ExposeHeaders",
    "maxAge": "MaxAge",
    "allowCredentials": "AllowCredentials",
}
_AWS_API_URL = re.compile(
    r"(?:https|wss)://\$\{(\w+)\}\.execute-api\.\$\{AWS::Region\}\.(?:\$\{AWS::URLSuffix\}|amazonaws\.com)(/[^/\s]+)?"
)
_SIGNED = "AWS_IAM"
_IN_BATCHES = {"sqs:SendMessage": "sqs:SendMessageBatch", "sqs:DeleteMessage": "sqs:DeleteMessageBatch"}
_CHECKED_AGAINST_ANYTHING = ("ses:Send", "scheduler:")


@dataclass(frozen=True)
class ApiStage:
    """One stage of one API as the engine serves it.

    Attributes:
        api: The API's pinned id.
        stage: The stage's name.
        protocol: `HTTP` or `WEBSOCKET`.
    """

    api: str
    stage: str
    protocol: str

    @property
    def path(self) -> str:
        """The path below the engine's address."""
        return f"/_aws/execute-api/{self.api}/{self.stage}"


def pinned_id(logical_id: str) -> str:
    """The API id the engine is told to use, so that addresses stay the same from run to run."""
    return hashlib.sha256(logical_id.encode()).hexdigest()[:8]


def localise(template: Template, engine_url: str) -> Template:
    """Close the engine's gaps in an expanded template (changed in place and returned).

    - An HTTP API's routes stand in its OpenAPI `Body`, which the engine ignores: they become resources.
    - API ids are pinned by a tag.
    - Alarms that calculate with metrics, which the engine refuses, are left out.
    - What is kept on AWS when its stack goes is not kept here.
    - Function environments that name an execute-api address get the engine's own.
    - The permission to send e-mail is checked against `*` there, whatever the sender, which no condition knows, and the
      one to schedule against the default group, whatever the schedule's; sending to a queue, and deleting
      from it, in batches are actions of their own.
    """
    resources: dict[str, Resource] = template["Resources"]
    for logical_id, resource in list(resources.items()):
        if resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource["Properties"]:
            del resources[logical_id]
        resource.pop("DeletionPolicy", None)
        resource.pop("UpdateReplacePolicy", None)
        if resource["Type"] == "AWS::ApiGatewayV2::Api":
            resources.update(_expand_api(logical_id, resource))
        if resource["Type"] == "AWS::Lambda::Function":
            _point_at_engine(resource["Properties"], engine_url)
        for policy in _policies(resource):
            _name_actions_as_the_engine_does(policy)
    return template


def api_stages(template: Template) -> list[ApiStage]:
    """The stages of every API in a localised template."""
    resources = template["Resources"]
    stages = []
    for resource in resources.values():
        if resource["Type"] != "AWS::ApiGatewayV2::Stage":
            continue
        api = resource["Properties"]["ApiId"]["Ref"]
        protocol = resources[api]["Properties"].get("ProtocolType", "HTTP")
        stages.append(ApiStage(pinned_id(api), resource["Properties"].get("StageName", "$default"), protocol))
    return stages


def _expand_api(logical_id: str, api: Resource) -> dict[str, Resource]:
    properties = api["Properties"]
    properties["Tags"] = {**(properties.get("Tags") or {}), "ms-custom-id": pinned_id(logical_id)}
    body = properties.pop("Body", None)
    properties.pop("FailOnWarnings", None)
    if body is None:
        return {}
    properties.setdefault("Name", body.get("info", {}).get("title", logical_id))
    properties.setdefault("ProtocolType", "HTTP")
    if cors := body.get("x-amazon-apigateway-cors"):
        properties["CorsConfiguration"] = _cors(cors)
    return _routes(logical_id, body.get("paths", {}))


def _cors(cors: Resource) -> Resource:
    """Both spellings: CloudFormation's is stored as it stands, and requests are answered from the API's own."""
    known = {name: value for name, value in cors.items() if name in _CORS_PROPERTIES}
    return known | {_CORS_PROPERTIES[name]: value for name, value in known.items()}


def _routes(logical_id: str, paths: dict[str, Resource]) -> dict[str, Resource]:
    resources: dict[str, Resource] = {}
    for path, operations in paths.items():
        for method, operation in operations.items():
            integration = operation.get("x-amazon-apigateway-integration") if isinstance(operation, dict) else None
            if integration is None:
                continue
            integration_id = f"{logical_id}Integration{_short_hash(json.dumps(integration, sort_keys=True))}"
            resources[integration_id] = _integration(logical_id, integration)
            key = _route_key(method, path)
            resources[f"{logical_id}Route{_short_hash(key)}"] = {
                "Type": "AWS::ApiGatewayV2::Route",
                "Properties": {
                    "ApiId": {"Ref": logical_id},
                    "RouteKey": key,
                    "Target": {"Fn::Join": ["/", ["integrations", {"Ref": integration_id}]]},
                    **_authorization(operation),
                },
            }
    return resources


def _authorization(operation: Resource) -> Resource:
    schemes = {scheme for way in operation.get("security", []) for scheme in way}
    return {"AuthorizationType": _SIGNED} if _SIGNED in schemes else {}


def _integration(logical_id: str, integration: Resource) -> Resource:
    properties = {
        "ApiId": {"Ref": logical_id},
        "IntegrationType": "AWS_PROXY",
        "IntegrationUri": integration["uri"],
        "PayloadFormatVersion": str(integration.get("payloadFormatVersion", "2.0")),
    }
    if "timeoutInMillis" in integration:
        properties["TimeoutInMillis"] = integration["timeoutInMillis"]
    return {"Type": "AWS::ApiGatewayV2::Integration", "Properties": properties}


def _route_key(method: str, path: str) -> str:
    if path in {"$default", "/$default"}:
        return "$default"
    return f"{'ANY' if method == 'x-amazon-apigateway-any-method' else method.upper()} {path}"


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _point_at_engine(function: Resource, engine_url: str) -> None:
    variables = function.get("Environment", {}).get("Variables", {})
    for name, value in variables.items():
        if isinstance(value, dict) and isinstance(value.get("Fn::Sub"), str):
            variables[name] = {"Fn::Sub": _AWS_API_URL.sub(_engine_api_url(engine_url), value["Fn::Sub"])}


def _engine_api_url(engine_url: str) -> str:
    return rf"{engine_url}/_aws/execute-api/${{\1}}\2"


def _policies(resource: Resource) -> list[Resource]:
    if resource["Type"] == "AWS::IAM::ManagedPolicy":
        return [resource["Properties"]]
    policies: list[Resource] = (
        resource["Properties"].get("Policies", []) if resource["Type"] == "AWS::IAM::Role" else []
    )
    return policies


def _name_actions_as_the_engine_does(policy: Resource) -> None:
    statements = policy["PolicyDocument"]["Statement"]
    for statement in statements if isinstance(statements, list) else [statements]:
        actions = statement.get("Action", [])
        names = [actions] if isinstance(actions, str) else actions
        if in_batches := [_IN_BATCHES[name] for name in names if name in _IN_BATCHES]:
            statement["Action"] = [*names, *in_batches]
        if names and all(name.startswith(_CHECKED_AGAINST_ANYTHING) for name in names):
            statement["Resource"] = "*"
            statement.pop("Condition", None)
