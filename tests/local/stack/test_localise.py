from copy import deepcopy
from typing import Any

import pytest

from local.stack.localise import ApiStage, api_stages, localise, pinned_id

ENGINE = "http://127.0.0.1:4566"


def localised(resources: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = localise({"Resources": resources}, ENGINE)["Resources"]
    return found


def operation(function: str) -> dict[str, Any]:
    return {"x-amazon-apigateway-integration": {"type": "aws_proxy", "uri": function, "payloadFormatVersion": "2.0"}}


def api(paths: dict[str, Any], **body: object) -> dict[str, Any]:
    return {
        "Type": "AWS::ApiGatewayV2::Api",
        "Properties": {"Body": {"info": {"title": "herald"}, "paths": paths, **body}, "FailOnWarnings": True},
    }


def of_type(resources: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [item["Properties"] for item in resources.values() if item["Type"] == f"AWS::ApiGatewayV2::{kind}"]


def test_every_route_of_the_body_becomes_a_resource() -> None:
    resources = localised(
        {
            "Web": api(
                {
                    "/users/{id}": {"get": operation("users"), "delete": operation("users")},
                    "/{proxy+}": {"x-amazon-apigateway-any-method": operation("others")},
                    "/$default": {"x-amazon-apigateway-any-method": operation("others")},
                }
            )
        }
    )

    assert sorted(route["RouteKey"] for route in of_type(resources, "Route")) == [
        "$default",
        "ANY /{proxy+}",
        "DELETE /users/{id}",
        "GET /users/{id}",
    ]
    assert [integration["IntegrationUri"] for integration in of_type(resources, "Integration")] == ["users", "others"]
    assert resources["Web"]["Properties"] == {
        "Name": "herald",
        "ProtocolType": "HTTP",
        "Tags": {"ms-custom-id": pinned_id("Web")},
    }


def test_a_route_whose_callers_sign_for_iam_says_so_and_no_other() -> None:
    signed = operation("operators") | {"security": [{"AWS_IAM": []}]}
    paths = {
        "/operator/v1/{proxy+}": {"x-amazon-apigateway-any-method": signed},
        "/$default": {"x-amazon-apigateway-any-method": operation("others")},
    }

    routes = of_type(localised({"Web": api(paths)}), "Route")

    assert {route["RouteKey"]: route.get("AuthorizationType") for route in routes} == {
        "ANY /operator/v1/{proxy+}": "AWS_IAM",
        "$default": None,
    }


def test_cross_origin_rules_stand_in_both_spellings() -> None:
    resources = localised({"Web": api({}, **{"x-amazon-apigateway-cors": {"allowOrigins": ["*"], "maxAge": 60}})})

    assert resources["Web"]["Properties"]["CorsConfiguration"] == {
        "allowOrigins": ["*"],
        "AllowOrigins": ["*"],
        "maxAge": 60,
        "MaxAge": 60,
    }


def test_alarms_that_calculate_are_left_out() -> None:
    resources = localised(
        {
            "Sum": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": []}},
            "One": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": "Errors"}},
        }
    )

    assert list(resources) == ["One"]


def test_nothing_outlives_its_stack() -> None:
    kept = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}

    assert localised({"Queue": {"Type": "AWS::SQS::Queue", **kept}}) == {"Queue": {"Type": "AWS::SQS::Queue"}}


def test_functions_reach_the_websocket_api_at_the_engine() -> None:
    resources = localised(
        {
            "Send": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "Environment": {
                        "Variables": {
                            "SOCKETS": {"Fn::Sub": "https://${Sockets}.execute-api.${AWS::Region}.amazonaws.com/live"},
                            "QUEUE": {"Ref": "Queue"},
                        }
                    }
                },
            }
        }
    )

    assert resources["Send"]["Properties"]["Environment"]["Variables"] == {
        "SOCKETS": {"Fn::Sub": f"{ENGINE}/_aws/execute-api/${{Sockets}}/live"},
        "QUEUE": {"Ref": "Queue"},
    }


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("ses:SendEmail", "arn:aws:ses:r:a:identity/x"),
        ("scheduler:CreateSchedule", "arn:aws:scheduler:r:a:schedule/group/*"),
    ],
)
def test_only_the_permissions_to_send_mail_and_to_schedule_are_widened(action: str, resource: str) -> None:
    narrow = {"Effect": "Allow", "Action": [action], "Resource": resource, "Condition": {"StringEquals": {"a": "b"}}}
    other = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::b/*"}
    policy = {"PolicyDocument": {"Statement": [narrow, other]}}
    resources = localised(
        {
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"Policies": [deepcopy(policy)]}},
            "Shared": {"Type": "AWS::IAM::ManagedPolicy", "Properties": deepcopy(policy)},
        }
    )

    for given in (resources["Role"]["Properties"]["Policies"][0], resources["Shared"]["Properties"]):
        statements = given["PolicyDocument"]["Statement"]
        assert [statement["Resource"] for statement in statements] == ["*", "arn:aws:s3:::b/*"]
        assert not any("Condition" in statement for statement in statements)


def test_what_is_done_to_a_queue_in_batches_is_an_action_of_its_own() -> None:
    statement = {"Effect": "Allow", "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage"], "Resource": "queue"}
    policy = {"PolicyDocument": {"Statement": [statement]}}

    resources = localised({"Role": {"Type": "AWS::IAM::Role", "Properties": {"Policies": [policy]}}})

    [given] = resources["Role"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    assert given["Action"] == ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:DeleteMessageBatch"]
    assert given["Resource"] == "queue"


def test_every_stage_says_where_the_engine_serves_it() -> None:
    template = localise(
        {
            "Resources": {
                "Web": api({}),
                "WebStage": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {"ApiId": {"Ref": "Web"}}},
                "Sockets": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"ProtocolType": "WEBSOCKET"}},
                "Live": {
                    "Type": "AWS::ApiGatewayV2::Stage",
                    "Properties": {"ApiId": {"Ref": "Sockets"}, "StageName": "live"},
                },
            }
        },
        ENGINE,
    )

    assert api_stages(template) == [
        ApiStage(pinned_id("Web"), "$default", "HTTP"),
        ApiStage(pinned_id("Sockets"), "live", "WEBSOCKET"),
    ]
