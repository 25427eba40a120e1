"""Links in DynamoDB: ``{tenant}#link#{id}``. The id is a hash of the link's secret; links go soon after they expire."""

from datetime import UTC, datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist

from herald.results.model import WRONG_PASSWORDS_ALLOWED, Link
from herald.storage import Row, table_name
from herald.values.clock import epoch_seconds

_SORT = "link"
_KEPT_AFTER_EXPIRY_SECONDS = 7 * 24 * 3600
"""So that an old link is told to be expired, not unknown."""


class LinkRow(Row):
    """What a link leads to."""

    class Meta:
        table_name = table_name("RESULTS_TABLE")

    tenant_id = UnicodeAttribute()
    link_id = UnicodeAttribute()
    batch_id = UnicodeAttribute()
    row_number = NumberAttribute()
    report_id = UnicodeAttribute()
    ends_at = NumberAttribute()
    wrong_passwords = NumberAttribute(default=0)


class LinkStore:
    """Links over DynamoDB."""

    def put(self, link: Link) -> None:
        """Stores a new link."""
        ends_at = epoch_seconds(link.expires_at)
        LinkRow(
            _partition(link.tenant_id, link.link_id),
            _SORT,
            tenant_id=link.tenant_id,
            link_id=link.link_id,
            batch_id=link.batch_id,
            row_number=link.row,
            report_id=link.report_id,
            ends_at=ends_at,
            expires_at=ends_at + _KEPT_AFTER_EXPIRY_SECONDS,
        ).save()

    def get(self, tenant_id: str, link_id: str) -> Link | None:
        """A link, expired and locked ones included."""
        try:
            row = LinkRow.get(_partition(tenant_id, link_id), _SORT, consistent_read=True)
        except DoesNotExist:
            return None
        return Link(
            tenant_id=row.tenant_id,
            link_id=row.link_id,
            batch_id=row.batch_id,
            row=int(row.row_number),
            report_id=row.report_id,
            expires_at=datetime.fromtimestamp(row.ends_at, UTC),
            wrong_passwords=int(row.wrong_passwords),
        )

    def take_attempt(self, link: Link) -> bool:
        """Counts one try at the password before it is looked at; False where the link is locked.

        Counting first is what makes fifty tries at once no more than five.
        """
        row = LinkRow(_partition(link.tenant_id, link.link_id), _SORT)
        return row.update_if([LinkRow.wrong_passwords.add(1)], LinkRow.wrong_passwords < WRONG_PASSWORDS_ALLOWED)

    def forgive_attempts(self, link: Link) -> None:
        """Starts the count anew, after a right password."""
        row = LinkRow(_partition(link.tenant_id, link.link_id), _SORT)
        row.update(actions=[LinkRow.wrong_passwords.set(0)])


def _partition(tenant_id: str, link_id: str) -> str:
    return f"{tenant_id}#link#{link_id}"
