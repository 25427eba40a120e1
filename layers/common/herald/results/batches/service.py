"""Creating batches, giving them their workbooks, and deleting them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from herald.errors import TooLarge, Unprocessable
from herald.results.batches.executions import latest_execution
from herald.results.batches.model import Batch, BatchStatus
from herald.results.batches.store import BatchDefaultsStore, BatchStore
from herald.results.files import LARGEST_FILE_THROUGH_API, UPLOAD_URL_SECONDS, WORKBOOK_TYPE
from herald.results.ports import ObjectStore, Queue, Workflow
from herald.results.templates.store import TemplateStore
from herald.values.clock import Clock, utc_now
from herald.values.notation import require_date_format, require_language
from herald.values.page import Page
from herald.values.phone import require_country


@dataclass(frozen=True, slots=True)
class NewBatch:
    """A batch that waits for its workbook at ``upload_url``."""

    batch: Batch
    upload_url: str


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """What a batch may have otherwise than usual.

    ``sheet`` is the name of the sheet to read, by default the first visible one; ``country`` (ISO 3166, two letters)
    is where phone numbers without a country code are dialled, by default the tenant's; with ``protect_pdf`` each PDF
    opens with the password of its row. ``language`` says how numbers are written that stand in the sheet as text, and
    ``date_format`` (``DD/MM/YYYY``) how dates are, by default the template's.
    """

    sheet: str = ""
    country: str = ""
    protect_pdf: bool = False
    language: str = ""
    date_format: str = ""


USUAL_OPTIONS = BatchOptions()


class Batches:
    def __init__(
        self,
        batches: BatchStore,
        templates: TemplateStore,
        defaults: BatchDefaultsStore,
        uploads: ObjectStore,
        workflow: Workflow,
        erasures: Queue,
        *,
        check_workbook: Callable[[bytes], None],
        clock: Clock = utc_now,
    ) -> None:
        self._batches = batches
        self._templates = templates
        self._defaults = defaults
        self._uploads = uploads
        self._workflow = workflow
        self._erasures = erasures
        self._check_workbook = check_workbook
        self._clock = clock

    def create(
        self,
        tenant_id: str,
        batch_id: str,
        *,
        name: str,
        description: str,
        template_id: str,
        options: BatchOptions = USUAL_OPTIONS,
        file_size: int | None = None,
        sender_name: str = "",
    ) -> NewBatch:
        """A batch on the template's present version, and where to upload its workbook, of ``file_size`` bytes if told.

        ``sender_name`` is who its texts and pages will say they are from.

        Raises:
            NotFound: there is no such template.
            Unprocessable: the template has no file that works yet.
            Invalid: there is no such country or language, or the date format is none.
        """
        template = self._templates.get(tenant_id, template_id)
        template.require_ready()
        defaults = self._defaults.get(tenant_id)
        now = self._clock()
        batch = Batch(
            tenant_id=tenant_id,
            batch_id=batch_id,
            name=name,
            description=description,
            template_id=template_id,
            template_key=template.object_key,
            template_version=template.version,
            status=BatchStatus.PENDING,
            created_at=now,
            updated_at=now,
            sheet=options.sheet.strip(),
            country=require_country(options.country) if options.country else defaults.country,
            protect_pdf=options.protect_pdf,
            language=require_language(options.language),
            date_format=require_date_format(options.date_format) or template.date_format,
            retention_days=defaults.retention_days,
            sender_name=sender_name,
        )
        if not self._batches.add(batch):
            batch = self._batches.get(tenant_id, batch_id)
        return NewBatch(batch, self._upload_url(batch, file_size))

    def get(self, tenant_id: str, batch_id: str) -> Batch:
        """A batch, or NotFound."""
        return self._batches.get(tenant_id, batch_id)

    def page(self, tenant_id: str, *, size: int, cursor: str | None, status: BatchStatus | None = None) -> Page[Batch]:
        """Batches, newest first, those of one status where one is given."""
        return self._batches.page(tenant_id, size=size, cursor=cursor, status=status)

    def upload(self, tenant_id: str, batch_id: str, content: bytes) -> Batch:
        """Puts a batch's workbook where its upload URL would put it: from there on both go the same way.

        Raises:
            NotFound: there is no such batch.
            TooLarge: it is too large to come through the API; the fields name the URL that takes it.
            Invalid: its beginning shows that it is no workbook that can be read.
            Unprocessable: the batch has its workbook already (``batch_has_workbook``).
        """
        batch = self._batches.get(tenant_id, batch_id)
        if len(content) > LARGEST_FILE_THROUGH_API:
            raise _too_large({"upload_url": self._upload_url(batch, len(content))})
        self._check_workbook(content)
        if not self._takes_a_workbook(batch):
            raise Unprocessable("This batch has its workbook already; create another.", code="batch_has_workbook")
        self._uploads.put(workbook_key(tenant_id, batch_id), content, content_type=WORKBOOK_TYPE)
        return batch

    def create_with_workbook(
        self,
        tenant_id: str,
        batch_id: str,
        content: bytes,
        *,
        name: str,
        description: str,
        template_id: str,
        options: BatchOptions = USUAL_OPTIONS,
        sender_name: str = "",
    ) -> Batch:
        """A batch together with its workbook; no batch where the workbook is refused.

        Raises:
            HeraldError: as `create` and `upload`.
        """
        if len(content) > LARGEST_FILE_THROUGH_API:
            raise _too_large({"upload_url": "A batch that is created before its workbook has one."})
        self._check_workbook(content)
        new = self.create(
            tenant_id,
            batch_id,
            name=name,
            description=description,
            template_id=template_id,
            options=options,
            sender_name=sender_name,
        )
        # The second try of a request whose first one came this far puts the same workbook there, or finds it read.
        if new.batch.status is BatchStatus.PENDING:
            self._uploads.put(workbook_key(tenant_id, batch_id), content, content_type=WORKBOOK_TYPE)
        return new.batch

    def delete(self, tenant_id: str, batch_id: str) -> None:
        """Hides a batch at once, stops its rendering, and has its reports, PDFs and workbook removed.

        Again, while its traces are being removed, it does so again: a request that died half-way can be repeated.

        Raises:
            NotFound: there is no such batch, or nothing is left of it.
        """
        batch = self._batches.find(tenant_id, batch_id) or self._batches.get(tenant_id, batch_id)
        self._batches.mark_deleted(batch, now=self._clock())
        self._workflow.stop(latest_execution(batch))
        self._erasures.send([{"tenant_id": tenant_id, "batch_id": batch_id}])

    def upload_url(self, batch: Batch, *, file_size: int | None = None) -> str | None:
        """Where a batch takes its workbook, for `UPLOAD_URL_SECONDS`; ``None`` where it has it."""
        return self._upload_url(batch, file_size) if self._takes_a_workbook(batch) else None

    def _takes_a_workbook(self, batch: Batch) -> bool:
        if batch.status in {BatchStatus.PENDING, BatchStatus.FAILED}:
            return True
        # Readers that die are followed by others, but not for ever: then a new upload is what goes on.
        unread = batch.status is BatchStatus.PROCESSING and batch.runs == 0
        return unread and not self._batches.being_read(batch, now=self._clock())

    def _upload_url(self, batch: Batch, size: int | None) -> str:
        key = workbook_key(batch.tenant_id, batch.batch_id)
        return self._uploads.upload_url(key, seconds=UPLOAD_URL_SECONDS, content_type=WORKBOOK_TYPE, size=size)


def _too_large(fields: Mapping[str, str]) -> TooLarge:
    size = LARGEST_FILE_THROUGH_API // 1024**2
    return TooLarge(
        f"Through the API a workbook may have {size} MB; PUT a larger one to the batch's upload_url.", fields=fields
    )


def workbook_key(tenant_id: str, batch_id: str) -> str:
    """Where a batch's workbook is uploaded."""
    return f"{tenant_id}/{batch_id}/workbook.xlsx"


def batch_of_workbook(key: str) -> tuple[str, str]:
    """The tenant and the batch that a workbook's key names: the inverse of `workbook_key`."""
    tenant_id, batch_id, _ = key.split("/")
    return tenant_id, batch_id
