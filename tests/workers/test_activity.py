"""The stream of the results becomes an activity log: what happened, newest first, and of no person."""

from herald.results.batches.model import BatchStatus
from herald.results.batches.store import BatchStore
from herald.results.rendering.model import Rendered
from herald.results.statistics.activity import Activity
from herald.results.statistics.store import ActivityStore
from herald.storage import dynamodb_client
from tests.support.cloud import stored_items
from tests.support.results import (
    NOW,
    OTHER_TENANT,
    TENANT,
    add_batch,
    add_template,
    fill_batch,
    outcome_store,
    rendered_batch,
    reports_store,
    row_of,
)
from tests.support.stream import TableStream, of_tenant, remove, set_status, tell


def activities(tenant_id: str = TENANT) -> list[Activity]:
    return list(ActivityStore().page(tenant_id, size=100, cursor=None).items)


def kinds(tenant_id: str = TENANT) -> list[str]:
    """What happened, newest first."""
    return [activity.kind.value for activity in activities(tenant_id)]


def test_the_life_of_a_batch_is_told_newest_first_and_each_thing_once(stream: TableStream) -> None:
    template = add_template()
    records = stream.new_records()
    batch = add_batch(template)
    records += stream.new_records()
    fill_batch(batch, [row_of(batch, 2)])
    records += stream.new_records()
    outcome_store().record(TENANT, batch.batch_id, [Rendered(2, "2.pdf")], now=NOW)
    records += stream.new_records()
    BatchStore().complete(BatchStore().get(TENANT, batch.batch_id), now=NOW)
    records += stream.new_records()

    tell(records)
    tell(records)

    assert kinds() == ["batch_completed", "batch_started", "batch_created", "template_created"]
    newest = activities()[0]
    assert (newest.name, newest.batch_id, newest.at) == ("November", batch.batch_id, NOW)
    assert activities(OTHER_TENANT) == []


def test_only_the_first_opening_of_a_report_is_told_and_names_no_person(stream: TableStream) -> None:
    batch, reports = rendered_batch(1)
    tell(stream.new_records())

    for _ in range(2):
        reports_store().count_download(reports[0])
        tell(stream.new_records())

    opened, *others = activities()
    assert opened.kind.value == "report_opened"
    assert (opened.batch_id, opened.report_id) == (batch.batch_id, reports[0].report_id)
    assert opened.name == ""
    assert "report_opened" not in [other.kind.value for other in others]
    written = [item for item in stored_items("RESULTS_TABLE") if "#activity" in str(item["pk"])]
    assert reports[0].recipient.name not in str(written)
    assert reports[0].recipient.phone not in str(written)


def test_templates_and_what_expires_are_told(stream: TableStream) -> None:
    template = add_template()
    batch = add_batch(template)
    tell(stream.new_records())

    dynamodb_client().update_item(
        TableName="RESULTS_TABLE",
        Key={"pk": {"S": f"{TENANT}#templates"}, "sk": {"S": template.template_id}},
        UpdateExpression="SET version = :two",
        ExpressionAttributeValues={":two": {"N": "2"}},
    )
    tell(stream.new_records())
    remove(f"{TENANT}#templates", template.template_id)
    tell(stream.new_records())
    remove(f"{TENANT}#batches", batch.batch_id)
    tell(stream.new_records())

    assert kinds()[:3] == ["batch_expired", "template_deleted", "template_changed"]
    assert of_tenant().templates == 0


def test_activities_end_after_ninety_days(stream: TableStream) -> None:
    add_batch()
    tell(stream.new_records())

    written = [item for item in stored_items("RESULTS_TABLE") if "#activity" in str(item["pk"])]
    assert {item["expires_at"]["N"] for item in written} == {str(int(NOW.timestamp()) + 90 * 24 * 3600)}  # type: ignore[index]  # DynamoDB's own JSON


def test_a_deleted_batch_is_told_of_once(stream: TableStream) -> None:
    batch = add_batch()
    tell(stream.new_records())
    set_status(batch.batch_id, BatchStatus.DELETED)
    tell(stream.new_records())
    remove(f"{TENANT}#batches", batch.batch_id)
    tell(stream.new_records())

    assert kinds().count("batch_deleted") == 1
    assert kinds()[0] == "batch_deleted"
