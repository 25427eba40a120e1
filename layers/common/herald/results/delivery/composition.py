"""How the doors that send reports put that together from their environment."""

import os

from herald.adapters.aws.queue import Queue
from herald.adapters.aws.schedule import Schedule
from herald.messaging.store import MessageStore
from herald.results.batches.store import BatchStore
from herald.results.composition import report_passwords
from herald.results.delivery.password_store import PasswordStore
from herald.results.delivery.requesting import Records, RequestingDelivery
from herald.results.delivery.store import DeliveryStore
from herald.results.reports.store import ReportStore


def requesting_delivery() -> RequestingDelivery:
    """The use case over the stores, the delivery queue and its schedules."""
    return RequestingDelivery(
        Records(BatchStore(), ReportStore(), DeliveryStore(), PasswordStore(), MessageStore()),
        Queue(os.environ["DELIVERIES_QUEUE_URL"]),
        Schedule(
            group=os.environ["DELIVERIES_SCHEDULE_GROUP"],
            queue_arn=os.environ["DELIVERIES_QUEUE_ARN"],
            dead_letters_arn=os.environ["DELIVERIES_DEAD_LETTERS_ARN"],
            role_arn=os.environ["DELIVERIES_SCHEDULE_ROLE_ARN"],
        ),
        report_passwords(),
    )
