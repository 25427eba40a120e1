"""How often the page and the endpoints behind a link may be asked."""

from herald.http.contracts.resultflow import CUSTOMER_ADDRESS_LIMIT, RECIPIENT_LIMIT
from herald.identity.rate_limits.model import Limit, subject_of_address, subject_of_link
from herald.results.links.service import link_named_by
from herald.results.reports.model import Report
from herald.storage import dynamodb_client
from herald.values.clock import epoch_seconds, utc_now
from tests.resultflow.customer.browser import authenticate, follow, look, submit
from tests.support.events import sample_event
from tests.support.functions import ask_sample, invoke
from tests.support.results import PASSWORD, give_link


def count_in_one_window(subject: str, limit: Limit, *, counted: int = 0) -> None:
    """Has a subject's requests counted in a window that another function, its clock ahead, has begun.

    So the test may take as long as it likes: all of its requests fall into the same one.
    """
    begun = epoch_seconds(utc_now()) + 3600
    dynamodb_client().update_item(
        TableName="ADMISSIONS_TABLE",
        Key={"pk": {"S": subject}, "sk": {"S": "admission"}},
        UpdateExpression="SET #count = :counted, #window = :begun",
        ExpressionAttributeNames={"#count": f"count_{limit.name}", "#window": f"window_{limit.name}"},
        ExpressionAttributeValues={":counted": {"N": str(counted)}, ":begun": {"N": str(begun)}},
    )


def test_twenty_requests_a_minute_are_what_a_token_is_good_for_wherever_they_come_from(report: Report) -> None:
    token = give_link(report, now=utc_now())
    count_in_one_window(subject_of_link(*link_named_by(token)), RECIPIENT_LIMIT)
    for _ in range(8):
        assert look(token).status == 200
        assert ask_sample("resultflow/customer/validate_token", body={"token": token}).status == 200
    access = authenticate(token).body["access_token"]
    submitted = submit(token, PASSWORD)
    assert follow(submitted).headers["x-ratelimit-remaining"] == "1"
    assert ask_sample("resultflow/customer/report", token=access).headers["x-ratelimit-remaining"] == "0"

    told = [ask_sample("resultflow/customer/report", token=access), authenticate(token)]
    shown = [look(token), follow(submitted), submit(token, "wrong"), submit(token, PASSWORD)]

    assert [(answer.status, answer.error) for answer in told] == [(429, "rate_limited")] * 2
    for answer in shown:
        assert answer.status == 429
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert "Please wait a moment" in answer.text
        assert answer.headers["x-ratelimit-limit"] == "20"
    assert look().status == 200


def test_whoever_tries_token_after_token_is_stopped_by_their_address(report: Report) -> None:
    event = sample_event("resultflow/customer/page")
    event["requestContext"]["http"]["sourceIp"] = "198.51.100.7"
    nearly_all = CUSTOMER_ADDRESS_LIMIT.requests - 1
    count_in_one_window(subject_of_address("198.51.100.7"), CUSTOMER_ADDRESS_LIMIT, counted=nearly_all)

    statuses = [invoke("resultflow/customer", event)["statusCode"] for _ in range(2)]

    assert statuses == [200, 429]
    assert look().status == 200
