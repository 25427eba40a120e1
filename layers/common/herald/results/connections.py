"""What results reach in the outside world: each connection is made, and its module imported, when it is asked for."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from herald.results.ports import Converter, ObjectStore, Queue, Renderer, Schedule, Workflow
    from herald.settings import Settings


class ResultConnections:
    """Buckets, queues, the batch machine, the renderer and LibreOffice, as the settings name them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def uploads(self) -> ObjectStore:
        from herald.adapters.aws.objects import ObjectStore

        return ObjectStore(self._settings.uploads_bucket)

    @cached_property
    def documents(self) -> ObjectStore:
        from herald.adapters.aws.objects import ObjectStore

        return ObjectStore(self._settings.documents_bucket)

    @cached_property
    def workflow(self) -> Workflow:
        from herald.adapters.aws.workflow import Workflow

        return Workflow(self._settings.batch_machine_arn)

    @cached_property
    def erasures_queue(self) -> Queue:
        from herald.adapters.aws.queue import Queue

        return Queue(self._settings.erasures_queue_url)

    @cached_property
    def deliveries_queue(self) -> Queue:
        from herald.adapters.aws.queue import Queue

        return Queue(self._settings.deliveries_queue_url)

    @cached_property
    def deliveries_schedule(self) -> Schedule:
        from herald.adapters.aws.schedule import Schedule

        return Schedule(
            group=self._settings.deliveries_schedule_group,
            queue_arn=self._settings.deliveries_queue_arn,
            dead_letters_arn=self._settings.deliveries_dead_letters_arn,
            role_arn=self._settings.deliveries_schedule_role_arn,
        )

    @cached_property
    def renderer(self) -> Renderer:
        from herald.adapters.aws.functions import Function

        return Function(self._settings.render_function)

    @cached_property
    def converter(self) -> Converter:
        from herald.adapters.pdf.converter import OfficeConverter

        profile = self._settings.office_profile
        return OfficeConverter(
            # Locally several functions share the temporary folder: each worker's office lives in a folder of its own.
            Path(gettempdir()) / f"herald-office-{os.getpid()}",
            program=self._settings.office_program,
            python=self._settings.office_python,
            seed=Path(profile) if profile else None,
        )
