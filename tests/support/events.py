"""The sample events under events/, as AWS sends them; what they name stands in the tables after `prepare_samples`."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from herald.identity.model import Principal, Recipient, Role
from herald.identity.sessions.tokens import AccessTokens
from herald.messaging.service import Messenger
from herald.messaging.store import MessageStore
from herald.results.delivery.model import reference_of
from herald.results.links.model import LINK_LIFETIME, Link
from herald.results.links.service import hash_of
from herald.results.links.store import LinkStore
from herald.results.reports.model import Report
from herald.values.clock import utc_now
from herald.values.ids import compact_id, derived_id
from tests.support.cloud import SIGNING_KEY
from tests.support.results import OTHER_TENANT, TENANT

PROJECT = Path(__file__).parents[2]
EVENTS = PROJECT / "events"
BATCH = "0192f3a4-6000-7000-8000-00000000b001"
TEMPLATE = "0192f3a4-6000-7000-8000-00000000a001"
DELIVERY = "0192f3a4-6000-7000-8000-00000000d001"
REPORT = derived_id(BATCH, "2")
ERASURE = "0192f3a4-6000-7000-8000-00000000e001"
MESSAGE = derived_id(DELIVERY, REPORT)
SECRET = "SampleSecretOfOneLink0"
LINK_TOKEN = compact_id(TENANT) + SECRET
ADMIN = Principal("user-1", TENANT, Role.ADMIN, "session-1")
STRANGER = Principal("user-2", OTHER_TENANT, Role.ADMIN, "session-2")


def sample_event(name: str, **words: str) -> dict[str, Any]:
    """An event by its path under events/, without ``.json``; ``ACCESS_TOKEN`` and the like are replaced by words."""
    text = (EVENTS / f"{name}.json").read_text(encoding="utf-8")
    for word, replacement in words.items():
        text = text.replace(word.upper(), replacement)
    event: dict[str, Any] = json.loads(text)
    return event


def samples_of(function: str) -> list[str]:
    """The names of a function's events, e.g. of ``workers/ingest``."""
    return sorted(str(path.relative_to(EVENTS).with_suffix("")) for path in (EVENTS / function).glob("*.json"))


def every_function() -> list[str]:
    """Each folder with a function in it, e.g. ``workers/ingest``."""
    functions = PROJECT / "functions"
    return sorted(str(app.parent.relative_to(functions)) for app in functions.glob("*/*/app.py"))


def staff_token(principal: Principal = ADMIN) -> str:
    """An access token for staff, good now."""
    return AccessTokens(lambda: {"signing_key": SIGNING_KEY}).issue_to_staff(principal)


def recipient_token() -> str:
    """An access token for whoever opened the samples' link."""
    return AccessTokens(lambda: {"signing_key": SIGNING_KEY}).issue_to_recipient(
        Recipient(TENANT, REPORT, hash_of(SECRET)), expires_at=utc_now() + LINK_LIFETIME
    )


def keep_sample_link(report: Report) -> str:
    """Stores the link that the samples' token opens; gives the token."""
    link = Link(TENANT, hash_of(SECRET), report.batch_id, report.row, report.report_id, utc_now() + LINK_LIFETIME)
    LinkStore().put(link)
    return LINK_TOKEN


def claim_sample_message(report: Report) -> None:
    """Stores the message that the samples speak of, as one that is being sent."""
    from tests.messaging.outbox import FakeCarrier

    messenger = Messenger(MessageStore(), FakeCarrier(), callback_base="")
    assert messenger.claim(
        tenant_id=TENANT,
        message_id=MESSAGE,
        body="Your report: …",
        reference=reference_of(report),
    )


def schedule_samples(report: Report) -> None:
    """Schedules the samples' report, and the batch that it belongs to, for tomorrow."""
    from tests.support.delivery import FullQueue, IdleSchedule, delivery_requests, keep_for_ever

    keep_for_ever(report.batch_id)
    requests = delivery_requests(FullQueue(), IdleSchedule(), utc_now)
    tomorrow = utc_now() + timedelta(days=1)
    requests.reports.send(report, delivery_id=DELIVERY, schedule_time=tomorrow)
    requests.batches.send(report.tenant_id, report.batch_id, delivery_id=DELIVERY, schedule_time=tomorrow)
