import httpx

from local.carrier.server import create_application, serve_in_thread
from local.carrier.settings import CarrierSettings
from tests.local.carrier.conftest import Receiver, RunningCarrier

SENDER = "+15005550006"
RECIPIENT = "+14155550100"
OTHER = "+14155550199"


def send(carrier: RunningCarrier, body: str, to: str = RECIPIENT) -> None:
    carrier.client().messages.create(to=to, from_=SENDER, body=body)


def test_the_outbox_holds_what_was_accepted_newest_last(carrier: RunningCarrier, receiver: Receiver) -> None:
    send(carrier, "first")
    carrier.client().messages.create(to=OTHER, from_=SENDER, body="second", status_callback=receiver.url)
    carrier.wait_until_quiet()

    first, second = carrier.outbox()

    assert (first["body"], first["status"], first["callbacks"]) == ("first", "delivered", [])
    assert (second["body"], second["status_callback"]) == ("second", receiver.url)
    posted = [(post["message_status"], post["attempt"], post["response_status"]) for post in second["callbacks"]]
    assert posted == [("queued", 1, 200), ("sent", 1, 200), ("delivered", 1, 200)]


def test_the_outbox_of_one_recipient(carrier: RunningCarrier) -> None:
    send(carrier, "mine")
    send(carrier, "theirs", to=OTHER)

    assert [message["body"] for message in carrier.outbox(to=RECIPIENT)] == ["mine"]
    assert len(carrier.controls.get(f"/outbox?to={RECIPIENT}").json()["messages"]) == 1


def test_the_outbox_is_read_backwards_page_by_page(carrier: RunningCarrier) -> None:
    for number in range(5):
        send(carrier, str(number))
    pages: list[list[str]] = []
    uri: str | None = "/outbox?limit=2"

    while uri:
        page = carrier.controls.get(uri).json()
        pages.append([message["body"] for message in page["messages"]])
        assert page["total"] == 5
        uri = page["earlier"]

    assert pages == [["3", "4"], ["1", "2"], ["0"]]


def test_a_limit_beyond_the_largest_page_is_refused(carrier: RunningCarrier) -> None:
    assert carrier.controls.get("/outbox", params={"limit": 1_001}).status_code == 422


def test_an_emptied_outbox_is_empty(carrier: RunningCarrier) -> None:
    send(carrier, "forget me")

    assert carrier.controls.delete("/outbox").status_code == 204
    assert carrier.outbox() == []
    assert carrier.client().messages.list() == []


def test_an_inbound_text_reaches_the_webhook_signed(carrier: RunningCarrier, receiver: Receiver) -> None:
    receiver.text = "<Response></Response>"
    inbound = {
        "url": receiver.url,
        "from": f"whatsapp:{RECIPIENT}",
        "to": f"whatsapp:{SENDER}",
        "body": "STOP é€😀",
        "media": [{"url": "https://example.org/a.png", "content_type": "image/png"}],
        "parameters": {"ProfileName": "Ada"},
    }

    answer = carrier.controls.post("/inbound", json=inbound).json()

    post = receiver.posts[0]
    assert carrier.signed(post)
    assert post.parameters == {
        "AccountSid": carrier.settings.account_sid,
        "ApiVersion": "2010-04-01",
        "Body": "STOP é€😀",
        "From": f"whatsapp:{RECIPIENT}",
        "MediaContentType0": "image/png",
        "MediaUrl0": "https://example.org/a.png",
        "MessageSid": answer["message_sid"],
        "NumMedia": "1",
        "NumSegments": "1",
        "ProfileName": "Ada",
        "SmsMessageSid": answer["message_sid"],
        "SmsSid": answer["message_sid"],
        "SmsStatus": "received",
        "To": f"whatsapp:{SENDER}",
    }
    assert (answer["response_status"], answer["response_body"]) == (200, "<Response></Response>")
    message = carrier.client().messages(answer["message_sid"]).fetch()
    assert (message.direction, message.status) == ("inbound", "received")
    assert carrier.outbox() == []


def test_an_inbound_text_can_be_repeated_under_its_sid(carrier: RunningCarrier, receiver: Receiver) -> None:
    sid = "SM" + "a" * 32
    inbound = {"url": receiver.url, "from": RECIPIENT, "to": SENDER, "body": "Hello", "message_sid": sid}

    for _ in range(2):
        carrier.controls.post("/inbound", json=inbound).raise_for_status()

    assert [post.parameters["MessageSid"] for post in receiver.posts] == [sid, sid]


def test_an_inbound_text_tells_what_the_application_answered(carrier: RunningCarrier, receiver: Receiver) -> None:
    receiver.answers = [403]
    inbound = {"url": receiver.url, "from": RECIPIENT, "to": SENDER}

    assert carrier.controls.post("/inbound", json=inbound).json()["response_status"] == 403
    unreachable = carrier.controls.post("/inbound", json={**inbound, "url": "http://127.0.0.1:1/"}).json()
    assert unreachable["response_status"] is None
    assert unreachable["error"]


def test_an_inbound_text_needs_to_know_where_to_go(carrier: RunningCarrier) -> None:
    assert carrier.controls.post("/inbound", json={"from": RECIPIENT, "to": SENDER}).status_code == 422


def test_an_inbound_text_goes_to_the_configured_url_by_default(receiver: Receiver) -> None:
    with serve_in_thread(create_application(CarrierSettings(inbound_url=receiver.url))) as url:
        answer = httpx.post(f"{url}/inbound", json={"from": RECIPIENT, "to": SENDER, "body": "Hello"})

    assert answer.json()["response_status"] == 200
    assert receiver.posts[0].parameters["Body"] == "Hello"


def test_the_carrier_forgets_the_oldest_message_beyond_its_capacity() -> None:
    settings = CarrierSettings(capacity=2)
    with serve_in_thread(create_application(settings)) as url, httpx.Client(base_url=url) as controls:
        carrier = RunningCarrier(url, settings, controls)
        for body in ("first", "second", "third"):
            send(carrier, body)

        assert [message["body"] for message in carrier.outbox()] == ["second", "third"]
