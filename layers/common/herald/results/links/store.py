"""Links in DynamoDB: ``{tenant}#link#{id}``. The id is a hash of the link's secret; links go soon after they expire."""

from datetime import UTC, datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist

from herald.results.links.model import LINKS_KEPT_AFTER_EXPIRY, WRONG_PASSWORDS_ALLOWED, Link
from herald.storage import Row, TableName
from herald.values.clock import epoch_seconds

_SORT = "link"


class LinkRow(Row):
    """What a link leads to."""

    class Meta:
        table_name = TableName(lambda settings: settings.results_table)

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
            expires_at=link.expires_at + LINKS_KEPT_AFTER_EXPIRY,
        ).save()

    def get(self, tenant_id: str, link_id: str) -> Link | None:
        """A link, expired and locked ones included."""
        try:
            row = LinkRow.get(_partition(tenant_id, link_id), _SORT, consistent_read=True)
        except DoesNotExist:
            return None
        if not row.link_id:  # only tries at a link that there never was
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

    def take_attempt(self, tenant_id: str, link_id: str, *, forgotten_at: datetime) -> int | None:
        """Counts one try at the password before it is looked at; gives its number, or ``None`` for a locked link.

        Counting first is what makes fifty tries at once no more than five. Tries at a link that does not exist are
        counted as well, until ``forgotten_at``: it must lock like any other, or its answers would tell it apart.
        """
        row = LinkRow(_partition(tenant_id, link_id), _SORT)
        counted = row.update_if(
            [
                LinkRow.wrong_passwords.add(1),
                LinkRow.expires_at.set(LinkRow.expires_at | forgotten_at),
            ],
            LinkRow.wrong_passwords.does_not_exist() | (LinkRow.wrong_passwords < WRONG_PASSWORDS_ALLOWED),
        )
        return int(row.wrong_passwords) if counted else None

    def forgive_attempts(self, link: Link) -> None:
        """Starts the count anew, after a right password."""
        row = LinkRow(_partition(link.tenant_id, link.link_id), _SORT)
        row.update(actions=[LinkRow.wrong_passwords.set(0)])


def _partition(tenant_id: str, link_id: str) -> str:
    return f"{tenant_id}#link#{link_id}"
