"""Links in DynamoDB: ``{tenant}#link#{id}``. The id is a hash of the link's secret; links go soon after they expire."""

from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from herald.results.links.model import LINKS_KEPT_AFTER_EXPIRY, WRONG_PASSWORDS_ALLOWED, Link
from herald.storage import EpochAttribute, IntegerAttribute, Row, TableName


class LinkRow(Row):
    """What a link leads to; or only how often somebody tried a link that there never was."""

    class Meta:
        table_name = TableName(lambda settings: settings.results_table)

    tenant_id = UnicodeAttribute()
    link_id = UnicodeAttribute()
    batch_id = UnicodeAttribute()
    row = IntegerAttribute(attr_name="row_number")
    report_id = UnicodeAttribute()
    ends_at = EpochAttribute()
    wrong_passwords = IntegerAttribute(null=True)
    generation = IntegerAttribute(null=True)


class LinkStore:
    """Links, and the tries at their passwords."""

    def put(self, link: Link) -> None:
        forgotten_at = link.ends_at + LINKS_KEPT_AFTER_EXPIRY
        LinkRow.from_entity(link, *_key(link.tenant_id, link.link_id), expires_at=forgotten_at).save()

    def get(self, tenant_id: str, link_id: str) -> Link | None:
        """A link, expired and locked ones included."""
        row = LinkRow.find(*_key(tenant_id, link_id))
        return row.to_entity(Link) if row and row.link_id else None

    def count_attempt(self, tenant_id: str, link_id: str, *, forgotten_at: datetime) -> int | None:
        """Counts one try at the password before it is looked at; gives its number, or ``None`` for a locked link.

        Counting first is what makes fifty tries at once no more than five. Tries at a link that does not exist are
        counted as well, until ``forgotten_at``: it must lock like any other, or its answers would tell it apart.
        """
        row = LinkRow(*_key(tenant_id, link_id))
        counted = row.update_if(
            [LinkRow.wrong_passwords.add(1), LinkRow.expires_at.set(LinkRow.expires_at | forgotten_at)],
            LinkRow.wrong_passwords.does_not_exist() | (LinkRow.wrong_passwords < WRONG_PASSWORDS_ALLOWED),
        )
        return row.wrong_passwords if counted else None

    def reset_attempts(self, link: Link) -> None:
        """Starts the count anew, after a right password."""
        LinkRow(*_key(link.tenant_id, link.link_id)).update(actions=[LinkRow.wrong_passwords.set(0)])


def _key(tenant_id: str, link_id: str) -> tuple[str, str]:
    return f"{tenant_id}#link#{link_id}", "link"
