"""The stores of results, each made, and its module imported, when it is first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from herald.results.batches.store import BatchDefaultsStore, BatchStore
    from herald.results.corrections.store import CorrectionStore
    from herald.results.delivery.store import DeliveryStore, PasswordStore
    from herald.results.duplicates.store import PhoneIndex
    from herald.results.erasure.store import ErasureRequestStore
    from herald.results.links.store import LinkStore
    from herald.results.rendering.store import OutcomeStore
    from herald.results.reports.store import ReportStore
    from herald.results.statistics.store import StatisticsStore
    from herald.results.templates.store import TemplateStore, TemplateVersionStore


class ResultStores:
    """Everything that results keep in DynamoDB."""

    @cached_property
    def template_store(self) -> TemplateStore:
        from herald.results.templates.store import TemplateStore

        return TemplateStore()

    @cached_property
    def version_store(self) -> TemplateVersionStore:
        from herald.results.templates.store import TemplateVersionStore

        return TemplateVersionStore()

    @cached_property
    def batch_store(self) -> BatchStore:
        from herald.results.batches.store import BatchStore

        return BatchStore()

    @cached_property
    def batch_defaults_store(self) -> BatchDefaultsStore:
        from herald.results.batches.store import BatchDefaultsStore

        return BatchDefaultsStore()

    @cached_property
    def outcome_store(self) -> OutcomeStore:
        from herald.results.rendering.store import OutcomeStore

        return OutcomeStore()

    @cached_property
    def report_store(self) -> ReportStore:
        from herald.results.reports.store import ReportStore

        return ReportStore()

    @cached_property
    def phone_index(self) -> PhoneIndex:
        from herald.results.duplicates.store import PhoneIndex

        return PhoneIndex()

    @cached_property
    def correction_store(self) -> CorrectionStore:
        from herald.results.corrections.store import CorrectionStore

        return CorrectionStore()

    @cached_property
    def link_store(self) -> LinkStore:
        from herald.results.links.store import LinkStore

        return LinkStore()

    @cached_property
    def delivery_store(self) -> DeliveryStore:
        from herald.results.delivery.store import DeliveryStore

        return DeliveryStore()

    @cached_property
    def password_store(self) -> PasswordStore:
        from herald.results.delivery.store import PasswordStore

        return PasswordStore()

    @cached_property
    def erasure_request_store(self) -> ErasureRequestStore:
        from herald.results.erasure.store import ErasureRequestStore

        return ErasureRequestStore()

    @cached_property
    def statistics_store(self) -> StatisticsStore:
        from herald.results.statistics.store import StatisticsStore

        return StatisticsStore()
