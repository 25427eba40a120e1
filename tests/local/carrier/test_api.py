from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException

from tests.local.carrier.conftest import RunningCarrier

SENDER = "+15005550006"
RECIPIENT = "+14155550100"


def refusal(carrier: RunningCarrier, **form: str) -> dict[str, Any]:
    """What the API answers to a form that Twilio's client would not send, or would wrap."""
    settings = carrier.settings
    answer = httpx.post(
        f"{carrier.url}/2010-04-01/Accounts/{settings.account_sid}/Messages.json",
        data=form,
        auth=(settings.account_sid, settings.auth_token),
    )
    content: dict[str, Any] = answer.json()
    assert content["status"] == answer.status_code
    assert content["more_info"] == f"https://www.twilio.com/docs/errors/{content['code']}"
    return content


def test_twilios_client_creates_a_message(carrier: RunningCarrier) -> None:
    message = carrier.client().messages.create(to=RECIPIENT, from_=SENDER, body="Hello {you}" + "!" * 150)

    assert message.sid.startswith("SM")
    assert len(message.sid) == 34
    assert (message.to, message.from_, message.body) == (RECIPIENT, SENDER, "Hello {you}" + "!" * 150)
    assert (message.status, message.direction, message.num_segments) == ("queued", "outbound-api", "2")
    assert (message.account_sid, message.api_version) == (carrier.settings.account_sid, "2010-04-01")
    assert (message.error_code, message.error_message, message.date_sent, message.price) == (None, None, None, None)
    assert datetime.now(UTC) - message.date_created < timedelta(minutes=1)
    assert message.uri == f"/2010-04-01/Accounts/{message.account_sid}/Messages/{message.sid}.json"


def test_twilios_client_fetches_a_message_that_has_got_further(carrier: RunningCarrier) -> None:
    sid = carrier.client().messages.create(to=RECIPIENT, from_=SENDER, body="Hello").sid
    carrier.wait_until_quiet()

    message = carrier.client().messages(sid).fetch()

    assert (message.status, message.price, message.price_unit) == ("delivered", "-0.00790", "USD")
    assert message.date_sent is not None


def test_a_messaging_service_chooses_the_sender_after_acceptance(carrier: RunningCarrier) -> None:
    service = "MG" + "1" * 32
    accepted = carrier.client().messages.create(to=RECIPIENT, messaging_service_sid=service, body="Hello")
    carrier.wait_until_quiet()
    delivered = accepted.fetch()

    assert (accepted.status, accepted.from_, accepted.num_segments) == ("accepted", None, "0")
    assert (delivered.status, delivered.from_, delivered.num_segments) == ("delivered", SENDER, "1")
    assert delivered.messaging_service_sid == service


def test_twilios_client_lists_every_page_newest_first(carrier: RunningCarrier) -> None:
    client = carrier.client()
    sids = [client.messages.create(to=RECIPIENT, from_=SENDER, body=str(number)).sid for number in range(5)]

    assert [message.sid for message in client.messages.list(page_size=2)] == sids[::-1]
    assert [message.sid for message in client.messages.list(limit=3)] == sids[:1:-1]


def test_a_page_tells_where_it_stands(carrier: RunningCarrier) -> None:
    client = carrier.client()
    for number in range(5):
        client.messages.create(to=RECIPIENT, from_=SENDER, body=str(number))
    settings = carrier.settings

    page = httpx.get(
        f"{carrier.url}/2010-04-01/Accounts/{settings.account_sid}/Messages.json",
        params={"To": RECIPIENT, "PageSize": 2, "Page": 1},
        auth=(settings.account_sid, settings.auth_token),
    ).json()

    assert [message["body"] for message in page["messages"]] == ["2", "1"]
    assert (page["page"], page["page_size"], page["start"], page["end"]) == (1, 2, 2, 3)
    assert page["previous_page_uri"].endswith("?To=%2B14155550100&PageSize=2&Page=0")
    assert page["next_page_uri"].endswith("?To=%2B14155550100&PageSize=2&Page=2")


def test_a_list_is_narrowed_by_recipient_sender_and_day(carrier: RunningCarrier) -> None:
    client = carrier.client()
    wanted = client.messages.create(to=RECIPIENT, from_="+14155550111", body="Hello").sid
    client.messages.create(to=RECIPIENT, from_=SENDER, body="Hello")
    client.messages.create(to="+14155550199", from_="+14155550111", body="Hello")
    carrier.wait_until_quiet()
    now = datetime.now(UTC)
    hour = timedelta(hours=1)

    def found(**filters: object) -> list[str]:
        return [message.sid for message in client.messages.list(**filters)]

    assert found(to=RECIPIENT, from_="+14155550111") == [wanted]
    assert len(found(date_sent_after=now - hour, date_sent_before=now + hour)) == 3
    assert len(found(date_sent_after=now.date() - timedelta(days=1))) == 3
    assert found(date_sent=now.date() - timedelta(days=2)) == []
    assert found(date_sent_after=now + hour) == []
    assert found(date_sent_before=now - hour) == []


def test_a_wrong_token_is_refused_as_twilio_refuses_it(carrier: RunningCarrier) -> None:
    with pytest.raises(TwilioRestException) as refused:
        carrier.client(auth_token="somebody-else").messages.create(to=RECIPIENT, from_=SENDER, body="Hello")

    assert (refused.value.status, refused.value.code) == (401, 20003)
    assert carrier.outbox() == []


def test_an_unknown_message_or_account_is_not_found(carrier: RunningCarrier) -> None:
    client = carrier.client()
    for absent in (client.messages("SM" + "f" * 32), client.api.accounts("AC" + "f" * 32).messages("SM" + "f" * 32)):
        with pytest.raises(TwilioRestException) as refused:
            absent.fetch()
        assert (refused.value.status, refused.value.code) == (404, 20404)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"From": SENDER, "Body": "Hello"}, 21604),
        ({"To": RECIPIENT, "Body": "Hello"}, 21603),
        ({"To": RECIPIENT, "From": SENDER}, 21602),
        ({"To": "14155550100", "From": SENDER, "Body": "Hello"}, 21211),
        ({"To": "+0155550100", "From": SENDER, "Body": "Hello"}, 21211),
        ({"To": "+1415555010012345", "From": SENDER, "Body": "Hello"}, 21211),
        ({"To": RECIPIENT, "From": "no such sender", "Body": "Hello"}, 21212),
        ({"To": RECIPIENT, "From": RECIPIENT, "Body": "Hello"}, 21266),
        ({"To": RECIPIENT, "From": SENDER, "Body": "a" * 1601}, 21617),
        ({"To": RECIPIENT, "From": SENDER, "Body": "Hello", "StatusCallback": "nowhere"}, 21609),
    ],
)
def test_a_form_with_a_defect_is_refused_with_twilios_code(
    carrier: RunningCarrier, form: dict[str, str], code: int
) -> None:
    assert refusal(carrier, **form)["code"] == code
    assert carrier.outbox() == []


@pytest.mark.parametrize("query", [{"PageSize": "many"}, {"Page": "-1"}, {"DateSent": "yesterday"}])
def test_a_query_that_cannot_be_read_is_refused(carrier: RunningCarrier, query: dict[str, str]) -> None:
    settings = carrier.settings
    url = f"{carrier.url}/2010-04-01/Accounts/{settings.account_sid}/Messages.json"

    answer = httpx.get(url, params=query, auth=(settings.account_sid, settings.auth_token))

    assert (answer.status_code, answer.json()["code"]) == (400, 20001)


def test_whatsapp_and_alphanumeric_senders_pass(carrier: RunningCarrier) -> None:
    client = carrier.client()
    client.messages.create(to=f"whatsapp:{RECIPIENT}", from_=f"whatsapp:{SENDER}", body="Hello")
    client.messages.create(to=RECIPIENT, from_="Herald", body="Hello")
    client.messages.create(to=RECIPIENT, from_="72345", media_url=["https://example.org/a.png"])

    assert [message["num_media"] for message in carrier.outbox()] == ["0", "0", "1"]


def test_unknown_paths_and_methods_are_refused_in_twilios_form(carrier: RunningCarrier) -> None:
    assert httpx.get(f"{carrier.url}/2010-04-01/Nothing.json").json()["code"] == 20404
    assert httpx.put(f"{carrier.url}/health").json()["code"] == 20004
