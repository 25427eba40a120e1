"""IAM's authorization stands before every route for operators, and before no other."""

import json

from local.stack.running import ROOT
from local.stack.template import read_template
from tests.local.descriptions import operations_of

RESOURCES = read_template(ROOT / "template.yaml")["Resources"]
EVENTS = [
    event["Properties"]
    for resource in RESOURCES.values()
    for event in resource["Properties"].get("Events", {}).values()
    if event["Type"] == "HttpApi"
]


def test_the_paths_of_operators_are_signed_for_and_no_others() -> None:
    signed = [event["Path"] for event in EVENTS if event.get("Auth") == {"Authorizer": "AWS_IAM"}]

    assert signed == ["/operator/v1/{proxy+}"]
    assert [event["Path"] for event in EVENTS if event.get("Path", "").startswith("/operator")] == signed
    assert [event for event in EVENTS if "Auth" in event and event["Auth"] != {"Authorizer": "AWS_IAM"}] == []
    assert RESOURCES["HttpApi"]["Properties"]["Auth"] == {"EnableIamAuthorizer": True}


def test_a_route_is_for_operators_where_its_path_says_so() -> None:
    document = json.loads((ROOT / "openapi" / "herald.json").read_text(encoding="utf-8"))

    for path, method, operation in operations_of(document):
        is_for_operators = operation["security"] == [{"operator": []}]
        assert is_for_operators is path.startswith("/operator/v1/"), f"{method} {path}"


def test_every_queue_of_dead_letters_is_one_that_operators_reach() -> None:
    queues = {name for name, resource in RESOURCES.items() if resource["Type"] == "AWS::SQS::Queue"}
    variables = RESOURCES["PlatformOperatorsFunction"]["Properties"]["Environment"]["Variables"]

    reached = {value["Ref"] for name, value in variables.items() if name.endswith("_DEAD_LETTERS_URL")}

    assert reached == {queue for queue in queues if queue.endswith("DeadLetters")}


def test_operators_may_change_nothing_of_a_tenant_but_its_limits() -> None:
    [policy] = RESOURCES["PlatformOperatorsFunction"]["Properties"]["Policies"]
    updates = [each for each in policy["Statement"] if "dynamodb:UpdateItem" in each["Action"]]

    assert [each["Condition"]["ForAllValues:StringEquals"] for each in updates] == [
        {"dynamodb:Attributes": ["pk", "sk", "limits", "erasing_since"]}
    ]
    assert not any("dynamodb:DeleteItem" in each["Action"] for each in policy["Statement"])
