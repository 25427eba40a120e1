"""The object graph of operations."""

from collections.abc import Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING

from herald.adapters.aws.dead_letters import SqsDeadLetters
from herald.adapters.aws.functions import Function
from herald.adapters.aws.queue import Queue
from herald.operations.service import DeadLetters, Letters, LostChanges, LostEvents
from herald.settings import Settings, settings

if TYPE_CHECKING:
    from herald.values.erasing import ErasingPart


class OperationsContainer:
    """What functions need of operations."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def tenant_erasing_parts(self) -> "Mapping[str, ErasingPart]":
        """Nothing is kept here: dead letters go by themselves after 14 days, as template.yaml says of their queues."""
        return {}

    @cached_property
    def dead_letters(self) -> DeadLetters:
        """Each queue of dead letters in template.yaml."""
        given = self._settings
        functions = {name: Function(name) for name in (given.ingest_function, given.check_template_function)}
        report_messages = Queue(given.report_messages_queue_url)
        return DeadLetters(
            {
                "deliveries": _letters(given.deliveries_dead_letters_url, Queue(given.deliveries_queue_url)),
                "ingest": _letters(given.ingest_dead_letters_url, LostEvents(functions)),
                "relay-messages": _letters(
                    given.relay_messages_dead_letters_url, LostChanges({"report": report_messages})
                ),
                "report-messages": _letters(given.report_messages_dead_letters_url, report_messages),
                # the sums hold later changes already: what came before them would not be counted
                "follow-results": Letters(SqsDeadLetters(given.follow_results_dead_letters_url), None),
                # places in a stream that has forgotten them
                "follow-accounts": Letters(SqsDeadLetters(given.follow_accounts_dead_letters_url), None),
                "follow-contacts": Letters(SqsDeadLetters(given.follow_contacts_dead_letters_url), None),
                "erasures": _letters(given.erasures_dead_letters_url, Queue(given.erasures_queue_url)),
                "tenant-erasures": _letters(
                    given.tenant_erasures_dead_letters_url, Queue(given.tenant_erasures_queue_url)
                ),
                "mails": _letters(given.mail_dead_letters_url, Queue(given.mail_queue_url)),
            }
        )


def _letters(url: str, destination: Queue | LostEvents | LostChanges) -> Letters:
    return Letters(SqsDeadLetters(url), destination)


@cache
def operations() -> OperationsContainer:
    """The operations of this process."""
    return OperationsContainer(settings())
