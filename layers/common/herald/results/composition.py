"""The object graph of results, each part built when it is first asked for.

What a part is made of is imported with it: all of results together would cost as much as the rest of a cold start.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING

from herald.adapters.aws.secrets import read_secret
from herald.results.connections import ResultConnections
from herald.results.stores import ResultStores
from herald.settings import settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from herald.results.batches.defaults import TenantDefaults
    from herald.results.batches.service import Batches
    from herald.results.corrections.deleting import Deletions
    from herald.results.corrections.service import Corrections
    from herald.results.delivery.delivering import Delivering, FollowingDelivery
    from herald.results.delivery.duplicates import DuplicateTexts
    from herald.results.delivery.giving_passwords import GivingPasswords
    from herald.results.delivery.service import BatchDelivery, ReportDelivery
    from herald.results.duplicates.service import FindingDuplicates
    from herald.results.erasure.expired_pdfs import ExpiredPdfs
    from herald.results.erasure.people import ErasingPeople, PersonErasures
    from herald.results.erasure.service import Erasing
    from herald.results.ingesting.service import Ingesting
    from herald.results.links.service import LinkAccess
    from herald.results.passwords import ReportPasswords
    from herald.results.rendering.compiled import CompiledTemplates
    from herald.results.rendering.finishing import FinishingBatches
    from herald.results.rendering.merge_check import MergeCheck
    from herald.results.rendering.previewing import PreviewRendering
    from herald.results.rendering.retrying import Retrying
    from herald.results.rendering.service import Rendering
    from herald.results.rendering.slimming_check import SlimmingCheck
    from herald.results.rendering.version_check import VersionCheck
    from herald.results.reports.pdf_addresses import PdfAddresses
    from herald.results.reports.service import Reports
    from herald.results.statistics.service import ActivityLog, Counting, Statistics
    from herald.results.templates.previewing import Previews
    from herald.results.templates.publishing import TemplatePublisher, UploadChecks
    from herald.results.templates.service import Templates
    from herald.values.erasing import ErasingPart


class ResultsContainer(ResultStores, ResultConnections):
    """What functions need of results."""

    # Passwords.

    @cached_property
    def passwords(self) -> ReportPasswords:
        from herald.results.passwords import ReportPasswords

        return ReportPasswords(self._password_key)

    def _password_key(self) -> str:
        return read_secret(self._settings.report_password_secret)["report_password_key"]

    # Templates.

    @cached_property
    def templates(self) -> Templates:
        from herald.results.templates.service import Templates

        return Templates(self.template_store, self.uploads, self.template_publisher)

    @cached_property
    def template_publisher(self) -> TemplatePublisher:
        from herald.adapters.word.fonts import fonts_without_match
        from herald.adapters.word.template import compile_template
        from herald.results.templates.publishing import TemplatePublisher

        return TemplatePublisher(
            self.template_store,
            self.version_store,
            self.documents,
            compile_template,
            fonts_without_match,
            self.renderer,
        )

    @cached_property
    def upload_checks(self) -> UploadChecks:
        from herald.results.templates.publishing import UploadChecks

        return UploadChecks(self.template_store, self.uploads, self.template_publisher)

    @cached_property
    def previews(self) -> Previews:
        from herald.results.templates.previewing import Previews

        return Previews(self.template_store, self.renderer, self.documents)

    # Batches.

    @cached_property
    def batches(self) -> Batches:
        from herald.adapters.spreadsheet.workbook import recognise_bytes
        from herald.results.batches.service import Batches

        return Batches(
            self.batch_store,
            self.template_store,
            self.batch_defaults_store,
            self.uploads,
            self.workflow,
            self.erasures_queue,
            check_workbook=recognise_bytes,
        )

    @cached_property
    def tenant_defaults(self) -> TenantDefaults:
        from herald.results.batches.defaults import TenantDefaults

        return TenantDefaults(self.batch_defaults_store)

    @cached_property
    def ingesting(self) -> Ingesting:
        from herald.adapters.spreadsheet.workbook import read_workbook
        from herald.results.ingesting.service import Buckets, Ingesting

        return Ingesting(
            self.batch_store,
            self.version_store,
            self.report_store,
            self.phone_index,
            Buckets(self.uploads, self.documents),
            read_workbook,
            self.passwords,
            self.workflow,
        )

    @cached_property
    def finding_duplicates(self) -> FindingDuplicates:
        from herald.results.duplicates.service import FindingDuplicates

        return FindingDuplicates(self.batch_store, self.report_store, self.phone_index)

    # Rendering.

    @cached_property
    def compiled_templates(self) -> CompiledTemplates:
        from herald.adapters.word.template import compile_slimmed, compile_template
        from herald.results.rendering.compiled import CompiledTemplates

        return CompiledTemplates(self.documents, compile_template, compile_slimmed)

    @cached_property
    def slimming_check(self) -> SlimmingCheck:
        from herald.adapters.pdf.comparison import identical_pages
        from herald.results.rendering.slimming_check import SlimmingCheck

        return SlimmingCheck(self.version_store, self.compiled_templates, self.converter, identical_pages)

    @cached_property
    def merge_check(self) -> MergeCheck:
        from herald.adapters.pdf.comparison import page_count, same_pages, shows_text
        from herald.results.rendering.merge_check import MergeCheck

        return MergeCheck(self.version_store, self.converter, same_pages, page_count, shows_text)

    @cached_property
    def rendering(self) -> Rendering:
        from herald.adapters.pdf.comparison import shows_text
        from herald.adapters.pdf.protection import protect_pdf
        from herald.results.rendering.pictures import LoadedPictures
        from herald.results.rendering.printing import Printer
        from herald.results.rendering.recording import Recording
        from herald.results.rendering.service import Rendering

        recording = Recording(self.report_store, self.outcome_store, self.documents, self.passwords, protect_pdf)
        return Rendering(
            self.batch_store,
            self.report_store,
            self.compiled_templates,
            Printer(self.converter, shows_text),
            self.slimming_check,
            self.merge_check,
            recording,
            LoadedPictures(self.documents),
        )

    @cached_property
    def version_check(self) -> VersionCheck:
        from herald.results.rendering.version_check import VersionCheck

        return VersionCheck(
            self.template_store,
            self.version_store,
            self.compiled_templates,
            self.converter,
            self.slimming_check,
            self.merge_check,
        )

    @cached_property
    def preview_rendering(self) -> PreviewRendering:
        from herald.results.rendering.previewing import PreviewRendering

        return PreviewRendering(self.version_store, self.compiled_templates, self.documents, self.converter)

    @cached_property
    def finishing(self) -> FinishingBatches:
        from herald.results.rendering.finishing import FinishingBatches

        return FinishingBatches(self.batch_store, self.report_store, self.outcome_store, self.documents)

    @cached_property
    def retrying(self) -> Retrying:
        from herald.results.rendering.retrying import Retrying

        return Retrying(self.batch_store, self.report_store, self.correction_store, self.workflow)

    # Reports.

    @cached_property
    def reports(self) -> Reports:
        from herald.results.reports.service import Reports

        return Reports(self.batch_store, self.report_store)

    @cached_property
    def pdf_addresses(self) -> PdfAddresses:
        from herald.results.reports.pdf_addresses import PdfAddresses

        return PdfAddresses(self.reports, self.documents)

    @cached_property
    def corrections(self) -> Corrections:
        from herald.results.corrections.service import Corrections

        return Corrections(
            self.reports,
            self.batch_store,
            self.version_store,
            self.correction_store,
            self.workflow,
            self.passwords,
        )

    @cached_property
    def deletions(self) -> Deletions:
        from herald.results.corrections.deleting import Deletions

        return Deletions(self.reports, self.batch_store, self.correction_store, self.documents, self.erasures_queue)

    # Links.

    @cached_property
    def links(self) -> LinkAccess:
        from herald.identity.composition import identity
        from herald.results.links.service import LinkAccess

        standings = identity().tenant_standings
        return LinkAccess(self.link_store, self.batch_store, self.report_store, self.passwords, standings)

    # Delivery.

    @cached_property
    def report_delivery(self) -> ReportDelivery:
        from herald.messaging.composition import messaging
        from herald.results.delivery.service import ReportDelivery

        return ReportDelivery(
            self.delivery_store,
            self.password_store,
            messaging().messages,
            self.deliveries_queue,
            self.deliveries_schedule,
            self.passwords,
            self.duplicate_texts,
            self.correction_store,
        )

    @cached_property
    def duplicate_texts(self) -> DuplicateTexts:
        from herald.results.delivery.duplicates import DuplicateTexts

        return DuplicateTexts(self.report_store, self.phone_index)

    @cached_property
    def batch_delivery(self) -> BatchDelivery:
        from herald.results.delivery.service import BatchDelivery

        return BatchDelivery(
            self.batch_store,
            self.report_store,
            self.deliveries_queue,
            self.deliveries_schedule,
            self.duplicate_texts,
        )

    @cached_property
    def giving_passwords(self) -> GivingPasswords:
        from herald.results.delivery.giving_passwords import GivingPasswords

        return GivingPasswords(self.batch_store, self.password_store, self.passwords)

    @cached_property
    def following_delivery(self) -> FollowingDelivery:
        from herald.results.delivery.delivering import FollowingDelivery

        return FollowingDelivery(self.delivery_store)

    def delivering(self) -> Delivering:
        """Sends reports; built anew for each piece of work, as `MessagingContainer.messenger` is."""
        from herald.identity.composition import identity
        from herald.messaging.composition import messaging
        from herald.results.delivery.delivering import Delivering

        return Delivering(
            self.batch_store,
            self.report_store,
            self.delivery_store,
            self.link_store,
            messaging().messenger(),
            self.deliveries_queue,
            self.duplicate_texts,
            standings=identity().tenant_standings,
            public_url=self._settings.public_url,
        )

    # Erasure.

    @cached_property
    def erasing(self) -> Erasing:
        from herald.results.erasure.service import Erasing

        return Erasing(
            self.batch_store,
            self.report_store,
            self.phone_index,
            self.documents,
            self.uploads,
            self.workflow,
            self.erasures_queue,
        )

    @property
    def tenant_erasing_parts(self) -> Mapping[str, ErasingPart]:
        """What results do about an organisation that is erased; the items of their table go with those of all."""
        from herald.results.delivery.erasing import TenantTexts
        from herald.results.erasure.tenants import TenantBatches, TenantFiles

        return {
            "batches": TenantBatches(self.batch_store, self.workflow),
            "texts": TenantTexts(self.deliveries_schedule),
            "files": TenantFiles(self.documents, self.uploads),
        }

    @cached_property
    def person_erasures(self) -> PersonErasures:
        from herald.results.erasure.people import PersonErasures

        return PersonErasures(self.erasure_request_store, self.erasures_queue)

    @cached_property
    def erasing_people(self) -> ErasingPeople:
        from herald.results.erasure.people import ErasingPeople

        return ErasingPeople(self.erasure_request_store, self.reports, self.deletions, self.erasures_queue)

    @cached_property
    def expired_pdfs(self) -> ExpiredPdfs:
        from herald.results.erasure.expired_pdfs import ExpiredPdfs

        return ExpiredPdfs(self.documents)

    # Statistics.

    @cached_property
    def statistics(self) -> Statistics:
        from herald.results.statistics.service import Statistics

        return Statistics(self.statistics_store, self.batch_store)

    @cached_property
    def counting(self) -> Counting:
        from herald.results.statistics.service import Counting

        return Counting(self.statistics_store)

    @cached_property
    def activity_log(self) -> ActivityLog:
        from herald.results.statistics.service import ActivityLog
        from herald.results.statistics.store import ActivityStore

        return ActivityLog(ActivityStore())


@cache
def results() -> ResultsContainer:
    """The results of this process."""
    return ResultsContainer(settings())
