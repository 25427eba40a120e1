"""The audit log in DynamoDB: ``{tenant}#audit``, one item per entry, sorted by time; goes by itself after two years."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from herald.identity.audit.service import KEPT_FOR, Act, AuditEntry, AuditFilter, Part
from herald.identity.rows import IdentityRow
from herald.storage import AttributeValue, dynamodb_client
from herald.values.clock import epoch_seconds, from_text, to_text

_LOOKED_AT = 250
"""How many entries one query holds against a filter."""
_LONGEST_TEXT = 256
_MOST_IDS = 8
_CONDITIONS = {
    "actor": "#actor = :actor",
    "action": "begins_with(#action, :action)",
    "record": "contains(#record, :record)",
}


class AuditStore:
    """`AuditRecords` over DynamoDB."""

    def add(self, entry: AuditEntry) -> None:
        """Stores an entry, and never another one in its place."""
        act = entry.act
        item = {
            **_key(act.tenant_id, entry.position),
            "at": {"S": to_text(entry.at)},
            "entry_id": {"S": entry.entry_id},
            "request_id": {"S": entry.request_id[:_LONGEST_TEXT]},
            "actor": {"S": act.actor[:_LONGEST_TEXT]},
            "role": {"S": act.role},
            "action": {"S": act.action[:_LONGEST_TEXT]},
            "record": {"L": [{"S": identifier[:_LONGEST_TEXT]} for identifier in act.record[:_MOST_IDS]]},
            "address": {"S": act.address[:_LONGEST_TEXT]},
            "expires_at": {"N": str(epoch_seconds(entry.at + KEPT_FOR))},
        }
        if act.status is not None:
            item["status"] = {"N": str(act.status)}
        try:
            dynamodb_client().put_item(
                TableName=IdentityRow.Meta.table_name, Item=item, ConditionExpression="attribute_not_exists(pk)"
            )
        except ClientError as error:
            # An entry's id is drawn for it alone: what stands there is this one, sent before by the client's own retry.
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise

    def part(self, tenant_id: str, wanted: AuditFilter, *, after: str | None, size: int) -> Part:
        """The first entries after a position, latest first, that a filter lets through: one query's worth.

        Raises:
            Invalid: the time that is wanted ends before it begins.
        """
        answer = dynamodb_client().query(**_query(tenant_id, wanted, after, size))
        entries = [_entry(tenant_id, item) for item in answer["Items"]]
        if len(entries) > size:
            return Part(entries[:size], entries[size - 1].position)
        last = answer.get("LastEvaluatedKey")
        return Part(entries, str(last["sk"]["S"]) if last else None)


def _query(tenant_id: str, wanted: AuditFilter, after: str | None, size: int) -> dict[str, Any]:
    first, last = wanted.positions()
    values = {":pk": {"S": f"{tenant_id}#audit"}, ":first": {"S": first}, ":last": {"S": last}}
    query: dict[str, Any] = {
        "TableName": IdentityRow.Meta.table_name,
        "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
        "ExpressionAttributeValues": values,
        "ScanIndexForward": False,
        "ConsistentRead": True,
        "Limit": size,
    }
    filters = {"actor": wanted.actor, "action": wanted.action, "record": wanted.record}
    asked = {name: text for name, text in filters.items() if text}
    if asked:
        query |= {
            "Limit": _LOOKED_AT,
            "FilterExpression": " AND ".join(_CONDITIONS[name] for name in asked),
            "ExpressionAttributeNames": {f"#{name}": name for name in asked},
        }
        values |= {f":{name}": {"S": text} for name, text in asked.items()}
    if after is not None:
        query["ExclusiveStartKey"] = _key(tenant_id, after)
    return query


def _entry(tenant_id: str, item: Mapping[str, AttributeValue]) -> AuditEntry:
    act = Act(
        tenant_id=tenant_id,
        actor=item["actor"]["S"],
        role=item["role"]["S"],
        action=item["action"]["S"],
        record=tuple(identifier["S"] for identifier in item["record"]["L"]),
        address=item["address"]["S"],
        status=int(item["status"]["N"]) if "status" in item else None,
    )
    return AuditEntry(item["entry_id"]["S"], from_text(item["at"]["S"]), item["request_id"]["S"], act)


def _key(tenant_id: str, position: str) -> dict[str, Any]:
    return {"pk": {"S": f"{tenant_id}#audit"}, "sk": {"S": position}}
