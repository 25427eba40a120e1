"""Failed sign-ins in DynamoDB: ``failures#{id of the login}``, by hour, kind and network; they go by themselves.

Beside a person, ``told-failures#{hour}`` holds the networks of which their organisations were told.
"""

from pynamodb.attributes import ListAttribute, UnicodeAttribute

from herald.identity.failed_sign_ins.model import KEPT_FOR, MOST_NETWORKS, FailedSignIn, FailureKind
from herald.identity.store import IdentityRow, person_partition
from herald.storage import EnumAttribute, TimestampAttribute

SORT = "failure#"
"""How the sort key of a failure begins; the stream's filter in template.yaml knows it."""


class FailedSignInRow(IdentityRow):
    """The first failure of its kind."""

    kind = EnumAttribute(FailureKind)
    login_id = UnicodeAttribute()
    network = UnicodeAttribute()
    at = TimestampAttribute()
    address = UnicodeAttribute()
    request_id = UnicodeAttribute()


class ToldNetworksRow(IdentityRow):
    """The networks of one hour."""

    networks: ListAttribute[str] = ListAttribute()


class FailedSignInStore:
    """Failures, each at its own key."""

    def note(self, failure: FailedSignIn) -> None:
        """Stores the first failure of its kind; takes one write for a later one, too, which changes nothing."""
        partition, sort = f"failures#{failure.login_id}", f"{SORT}{failure.hour}#{failure.kind}#{failure.network}"
        row = FailedSignInRow.from_entity(failure, partition, sort, expires_at=failure.at + KEPT_FOR)
        row.save_if(FailedSignInRow.partition.does_not_exist())

    def find(self, partition: str, sort: str) -> FailedSignIn | None:
        """The failure of a key."""
        row = FailedSignInRow.find(partition, sort)
        return row.to_entity(FailedSignIn) if row else None

    def may_tell(self, person_id: str, failure: FailedSignIn) -> bool:
        """Whether its network is one of the first of this hour at a person's account; the same each time."""
        key = person_partition(person_id), f"told-failures#{failure.hour}"
        networks = ToldNetworksRow.networks
        is_another = ~networks.contains(failure.network) & networks[MOST_NETWORKS - 1].does_not_exist()
        refused = ToldNetworksRow(*key).update_or_find(
            [
                networks.set((networks | []).append([failure.network])),
                ToldNetworksRow.expires_at.set(failure.at + KEPT_FOR),
            ],
            ToldNetworksRow.partition.does_not_exist() | is_another,
        )
        return refused is None or failure.network in refused.networks
