"""An organisation is erased: nothing of it is left in any table or bucket, and nothing of another one is missing."""

from datetime import timedelta

import pytest

from herald.adapters.aws.client import aws_client
from herald.errors import Unavailable
from herald.identity.closures.model import TenantErasure
from herald.identity.closures.store import ClosureStore
from herald.identity.composition import identity, tables_of_tenants
from herald.identity.erasure.service import TenantErasing
from herald.identity.erasure.store import TenantItems
from herald.identity.model import Role
from herald.messaging.service import Messenger
from herald.messaging.store import MessageStore
from herald.results.batches.executions import latest_execution
from herald.results.composition import results
from herald.results.delivery.model import reference_of
from herald.settings import settings
from herald.storage import dynamodb_client
from herald.values.clock import utc_now
from herald.values.erasing import Erased
from herald.values.ids import new_id
from tests.messaging.outbox import FakeCarrier
from tests.support.cloud import queued_messages, status_of_execution, stored_items, waiting_schedules
from tests.support.erasing import QUEUE, erase_round, erase_wholly, tell_worker, where_it_says
from tests.support.objects import keys_in
from tests.support.people import PASSWORD, SignedUp, accept, hire, invite, sign_in, sign_up, try_to_sign_in
from tests.support.queues import RememberingQueue
from tests.support.results import documents, give_link, rendered_batch, uploads

NAME = "Amina Otieno"
TABLES_OF_TENANTS = ("IDENTITY_TABLE", "ADMISSIONS_TABLE", "MESSAGES_TABLE", "RESULTS_TABLE", "AUDIENCE_TABLE")
BUCKETS = ("documents-bucket", "uploads-bucket")


@pytest.fixture
def admin(results_cloud: None) -> SignedUp:
    return sign_up()


def work_in(account: SignedUp) -> None:
    """Leaves something of an organisation in every place that there is for it."""
    tenant_id = account.tenant_id
    batch, [report, *_] = rendered_batch(3, tenant_id=tenant_id)
    give_link(report, now=utc_now())
    for bucket in (documents(), uploads()):
        bucket.put(f"{tenant_id}/templates/a/1.docx", b"Dear ...", content_type="")
    messenger = Messenger(MessageStore(), FakeCarrier(), callback_base="")
    messenger.claim(tenant_id=tenant_id, message_id=new_id(), body="", reference=reference_of(report))
    results().report_delivery.send(
        report, delivery_id=new_id(), phone="+12025550111", schedule_time=utc_now() + timedelta(days=1)
    )
    results().workflow.start_once(latest_execution(batch), {})
    hire(account, f"agent@{account.email.partition('@')[2]}")
    invite(account, f"guest@{account.email.partition('@')[2]}")
    identity().api_keys.generate(account.principal, key_id=new_id(), name="Shop", scopes=[], days=None)
    for table in TABLES_OF_TENANTS:
        for sort in ("a", "b"):
            row = {"pk": {"S": f"{tenant_id}#something-new"}, "sk": {"S": sort}}
            dynamodb_client().put_item(TableName=table, Item=row)


def everything() -> list[object]:
    """What is stored, wherever."""
    return [
        *(item for table in TABLES_OF_TENANTS for item in stored_items(table)),
        *(key for bucket in BUCKETS for key in keys_in(bucket)),
        *waiting_schedules(),
    ]


def of(account: SignedUp, stored: list[object]) -> list[object]:
    """What belongs to somebody's organisation, or to them."""
    return [each for each in stored if account.tenant_id in str(each) or account.user_id in str(each)]


def erase_now(account: SignedUp) -> None:
    identity().closures.erase_now(account.principal, name=NAME, password=PASSWORD)


def test_nothing_is_left_of_it_anywhere_and_another_one_is_as_it_was(admin: SignedUp) -> None:
    other = sign_up("boss@example.com")
    work_in(admin)
    work_in(other)
    before = of(other, everything())
    [execution] = results().batch_store.page(admin.tenant_id, size=9, cursor=None).items

    erase_now(admin)
    erase_wholly(admin.tenant_id)

    [tombstone] = [item for item in everything() if admin.tenant_id in str(item)]
    assert isinstance(tombstone, dict)
    assert tombstone["pk"] == {"S": f"{admin.tenant_id}#identity"}
    assert (tombstone["name"], "expires_at" in tombstone) == ({"S": ""}, True)
    assert where_it_says(admin.email, "agent@greenfield.example", "guest@greenfield.example") == []
    assert where_it_says(admin.user_id) == []
    assert of(other, everything()) == before
    assert status_of_execution(latest_execution(execution)) != "RUNNING"
    assert [schedule["message"]["tenant_id"] for schedule in waiting_schedules()] == [other.tenant_id]


def test_its_people_are_gone_but_those_who_work_elsewhere_too(admin: SignedUp) -> None:
    here = hire(admin, "agent@greenfield.example")
    elsewhere = sign_up("boss@example.com")
    accept(invite(admin, elsewhere.email, Role.ADMIN))

    erase_now(admin)
    erase_wholly(admin.tenant_id)

    assert try_to_sign_in(here.email).status == 401
    assert sign_in(elsewhere.email).tenant_id == elsewhere.tenant_id
    assert sign_up(here.email).is_signed_in()


def test_what_is_written_while_it_goes_goes_in_the_next_round(admin: SignedUp) -> None:
    erase_now(admin)
    erase_round(admin.tenant_id, 1)
    erase_round(admin.tenant_id, 2)
    assert identity().tenant_store.get(admin.tenant_id).name == ""

    other = sign_up("boss@example.com")
    erase_now(other)
    erase_round(other.tenant_id, 1)
    row = {"pk": {"S": f"{other.tenant_id}#figures"}, "sk": {"S": "total"}}
    dynamodb_client().put_item(TableName="RESULTS_TABLE", Item=row)
    erase_round(other.tenant_id, 2)

    assert stored_items("RESULTS_TABLE") == []
    assert identity().tenant_store.get(other.tenant_id).name == NAME


def test_a_worker_that_dies_is_followed_by_another_wherever_it_was(admin: SignedUp) -> None:
    work_in(admin)
    erase_now(admin)
    [first] = queued_messages(QUEUE)
    waiting = [first]
    while waiting:
        message = waiting.pop(0)
        assert tell_worker(message)
        assert tell_worker(message), "the same again, as if the first had died at its end"
        waiting = queued_messages(QUEUE)[:1]

    assert identity().due_erasures.ask() == 1, "its closure goes last"
    erase_wholly(admin.tenant_id)
    assert identity().due_erasures.ask() == 0
    assert of(admin, [*everything()])[1:] == []


def test_one_that_was_opened_again_loses_nothing(admin: SignedUp) -> None:
    work_in(admin)
    identity().closures.close(admin.principal, name=NAME, password=PASSWORD)
    before = of(admin, everything())
    assert tell_worker(TenantErasure(admin.tenant_id).to_message()), "its time has not come"
    assert of(admin, everything()) == before

    identity().closures.reopen(admin.principal)
    assert tell_worker(TenantErasure(admin.tenant_id).to_message())

    assert len(of(admin, everything())) == len(before) - 1
    assert sign_in(admin.email).at("resultflow/templates").get("/api/v1/admin/templates").status == 200


def test_tables_are_read_a_bounded_part_at_a_time(admin: SignedUp) -> None:
    work_in(admin)
    items = TenantItems(tables_of_tenants(settings()), pages_at_once=1, items_per_page=2)
    erased, steps = items.erase(admin.tenant_id, None), 1
    while erased.cursor is not None:
        erased, steps = items.erase(admin.tenant_id, erased.cursor), steps + 1

    [row] = [item for table in TABLES_OF_TENANTS for item in stored_items(table) if _is_of(item, admin)]
    assert row["sk"] == {"S": "tenant"}
    assert steps > len(TABLES_OF_TENANTS)


def _is_of(item: dict[str, object], account: SignedUp) -> bool:
    return account.tenant_id in str(item["pk"])


class Busy:
    """A part that always finds something."""

    def erase(self, _tenant_id: str, _cursor: str | None) -> Erased:
        return Erased(1)


def test_what_never_ends_is_somebodys_to_look_at(admin: SignedUp) -> None:
    erase_now(admin)
    erasing = TenantErasing(ClosureStore(), identity().tenant_store, {"busy": Busy()}, RememberingQueue())

    erasing.erase(TenantErasure(admin.tenant_id, 23))
    with pytest.raises(Unavailable, match="still being written"):
        erasing.erase(TenantErasure(admin.tenant_id, 24))


def test_versions_of_files_and_workbooks_go_from_both_buckets(admin: SignedUp) -> None:
    for number in range(3):
        aws_client("s3").put_object(Bucket=BUCKETS[0], Key=f"{admin.tenant_id}/templates/t/{number}.docx", Body=b"")
        aws_client("s3").put_object(Bucket=BUCKETS[1], Key=f"{admin.tenant_id}/batch/{number}.xlsx", Body=b"")

    erase_now(admin)
    erase_round(admin.tenant_id, 1)

    assert [key for bucket in BUCKETS for key in keys_in(bucket)] == []
