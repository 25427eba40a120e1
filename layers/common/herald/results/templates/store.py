"""Templates in DynamoDB: ``{tenant}#templates`` in the order they were made, and the versions of each beside them."""

from datetime import datetime

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from herald.errors import NotFound
from herald.results.templates.model import (
    Merging,
    Slimming,
    Template,
    TemplateProblem,
    TemplateStatus,
    TemplateVersion,
)
from herald.storage import (
    EnumAttribute,
    IntegerAttribute,
    JsonAttribute,
    Row,
    TableName,
    TimestampAttribute,
    Transaction,
    TransactionRefused,
)
from herald.values.page import Page, decode_cursor, encode_cursor


class TemplateRow(Row):
    """A Word template, with what was found in its newest version."""

    class Meta:
        table_name = TableName(lambda settings: settings.results_table)

    tenant_id = UnicodeAttribute()
    template_id = UnicodeAttribute()
    name = UnicodeAttribute()
    description = UnicodeAttribute()
    version = IntegerAttribute()
    placeholders = JsonAttribute[tuple[str, ...]](tuple[str, ...])
    object_key = UnicodeAttribute()
    created_at = TimestampAttribute()
    updated_at = TimestampAttribute()
    status = EnumAttribute(TemplateStatus)
    problem = JsonAttribute[TemplateProblem](TemplateProblem, null=True)
    warnings = JsonAttribute[tuple[str, ...]](tuple[str, ...], null=True)
    latest_upload = UnicodeAttribute(null=True)
    date_format = UnicodeAttribute(null=True)


class TemplateStore:
    """``{tenant}#templates``, one item each."""

    def add(self, template: Template) -> bool:
        """Stores a new template; False where this id exists already."""
        row = TemplateRow.from_entity(template, *_key(template.tenant_id, template.template_id))
        return row.save_if(TemplateRow.partition.does_not_exist())

    def get(self, tenant_id: str, template_id: str) -> Template:
        """A template, or NotFound."""
        row = TemplateRow.find(*_key(tenant_id, template_id))
        if row is None:
            raise _no_such_template(template_id)
        return row.to_entity(Template)

    def publish(self, version: TemplateVersion, *, upload: str, warnings: tuple[str, ...], now: datetime) -> None:
        """Makes a version the template's present one; harmless where a newer one is, or the template is deleted.

        What is wrong with a later upload than ``upload`` stays told.
        """
        present: list[Action] = [
            TemplateRow.version.set(version.version),
            TemplateRow.placeholders.set(version.placeholders),
            TemplateRow.object_key.set(version.object_key),
            TemplateRow.warnings.set(warnings),
            TemplateRow.status.set(TemplateStatus.READY),
        ]
        latest = [TemplateRow.latest_upload.set(upload), TemplateRow.problem.remove()]
        place, not_newer = (version.tenant_id, version.template_id), TemplateRow.version <= version.version
        if not self._change(*place, [*present, *latest], not_newer & _is_latest(upload), now=now):
            self._change(*place, present, not_newer, now=now)

    def reject(self, tenant_id: str, template_id: str, problem: TemplateProblem, *, upload: str, now: datetime) -> None:
        """Records what is wrong with the last upload; an older version that is good stays the present one.

        Uploads go by their ids, which sort by time; an event about an older one that comes late changes nothing.
        """
        told: list[Action] = [TemplateRow.problem.set(problem), TemplateRow.latest_upload.set(upload)]
        failed = TemplateRow.status.set(TemplateStatus.FAILED)
        if not self._change(tenant_id, template_id, told, (TemplateRow.version > 0) & _is_latest(upload), now=now):
            nothing_good = TemplateRow.version == 0
            self._change(tenant_id, template_id, [*told, failed], nothing_good & _is_latest(upload), now=now)

    def fail_version(self, version: TemplateVersion, problem: TemplateProblem, *, now: datetime) -> None:
        """Records that no PDF can be made of a version; harmless where it is not the present one any more."""
        actions: list[Action] = [TemplateRow.problem.set(problem), TemplateRow.status.set(TemplateStatus.FAILED)]
        is_present = TemplateRow.version == version.version
        self._change(version.tenant_id, version.template_id, actions, is_present, now=now)

    def describe(
        self,
        tenant_id: str,
        template_id: str,
        *,
        name: str | None,
        description: str | None,
        date_format: str | None,
        now: datetime,
    ) -> None:
        """Changes what the template is called and how its dates are written; ``None`` leaves things as they are.

        Raises:
            NotFound: there is no such template.
        """
        actions: list[Action] = []
        if name is not None:
            actions.append(TemplateRow.name.set(name))
        if description is not None:
            actions.append(TemplateRow.description.set(description))
        if date_format is not None:
            actions.append(TemplateRow.date_format.set(date_format))
        if not self._change(tenant_id, template_id, actions, TemplateRow.partition.exists(), now=now):
            raise _no_such_template(template_id)

    def remove(self, tenant_id: str, template_id: str) -> None:
        """Forgets a template; its versions stay.

        Raises:
            NotFound: there is no such template.
        """
        row = TemplateRow(*_key(tenant_id, template_id))
        if not row.delete_if(TemplateRow.partition.exists()):
            raise _no_such_template(template_id)

    def _change(
        self, tenant_id: str, template_id: str, actions: list[Action], condition: Condition, *, now: datetime
    ) -> bool:
        row = TemplateRow(*_key(tenant_id, template_id))
        return row.update_if([*actions, TemplateRow.updated_at.set(now)], condition)

    def page(self, tenant_id: str, *, size: int, cursor: str | None) -> Page[Template]:
        """Templates, newest first."""
        rows = TemplateRow.query(
            f"{tenant_id}#templates",
            TemplateRow.sort < decode_cursor(cursor) if cursor else None,
            scan_index_forward=False,
            limit=size,
        )
        items = [row.to_entity(Template) for row in rows]
        return Page(items, encode_cursor(items[-1].template_id) if len(items) == size else None)


class TemplateVersionRow(Row):
    """One file of a template."""

    class Meta:
        table_name = TableName(lambda settings: settings.results_table)

    tenant_id = UnicodeAttribute()
    template_id = UnicodeAttribute()
    version = IntegerAttribute()
    object_key = UnicodeAttribute()
    placeholders = JsonAttribute[tuple[str, ...]](tuple[str, ...])
    merging = EnumAttribute(Merging)
    pages = IntegerAttribute(null=True)
    upload = UnicodeAttribute(null=True)
    fingerprint = UnicodeAttribute(null=True)
    slimming = EnumAttribute(Slimming, null=True)


class TemplateUploadRow(Row):
    """Which version an upload has become."""

    class Meta:
        table_name = TableName(lambda settings: settings.results_table)

    version = IntegerAttribute()


class TemplateVersionStore:
    """``{tenant}#template#{id}``, one item each, and one per upload."""

    def add(self, version: TemplateVersion) -> bool:
        """Stores a new version; False where this number exists already, or its upload has become a version before."""
        place = version.tenant_id, version.template_id
        row = TemplateVersionRow.from_entity(version, *_version_key(*place, version.version))
        upload = TemplateUploadRow(*_upload_key(*place, version.upload), version=version.version)
        try:
            with Transaction() as writes:
                writes.save(row, condition=TemplateVersionRow.partition.does_not_exist())
                writes.save(upload, condition=TemplateUploadRow.partition.does_not_exist())
        except TransactionRefused:
            return False
        return True

    def get(self, tenant_id: str, template_id: str, version: int) -> TemplateVersion:
        """A version, or NotFound."""
        row = TemplateVersionRow.find(*_version_key(tenant_id, template_id, version))
        if row is None:
            raise NotFound("There is no such version of the template.", fields={"template_id": template_id})
        return row.to_entity(TemplateVersion)

    def of_upload(self, tenant_id: str, template_id: str, upload: str) -> TemplateVersion | None:
        """The version that an upload has become, if it has."""
        row = TemplateUploadRow.find(*_upload_key(tenant_id, template_id, upload))
        return self.get(tenant_id, template_id, row.version) if row else None

    def record_slimming(self, version: TemplateVersion, slimming: Slimming) -> None:
        """Records whether a version may be slimmed, and forgets what was found before; harmless where it is gone."""
        row = TemplateVersionRow(*_version_key(version.tenant_id, version.template_id, version.version))
        row.update_if(
            [
                TemplateVersionRow.slimming.set(slimming),
                TemplateVersionRow.merging.set(Merging.UNKNOWN),
                TemplateVersionRow.pages.remove(),
            ],
            TemplateVersionRow.partition.exists(),
        )

    def record_merge_check(self, version: TemplateVersion, merging: Merging, *, pages: int) -> None:
        """Records what rendering samples has shown; harmless where the version is gone."""
        row = TemplateVersionRow(*_version_key(version.tenant_id, version.template_id, version.version))
        row.update_if(
            [TemplateVersionRow.merging.set(merging), TemplateVersionRow.pages.set(pages)],
            TemplateVersionRow.partition.exists(),
        )


def _is_latest(upload: str) -> Condition:
    latest: Condition = TemplateRow.latest_upload.does_not_exist() | (TemplateRow.latest_upload <= upload)
    return latest


def _key(tenant_id: str, template_id: str) -> tuple[str, str]:
    return f"{tenant_id}#templates", template_id


def _version_key(tenant_id: str, template_id: str, version: int) -> tuple[str, str]:
    return f"{tenant_id}#template#{template_id}", f"version#{version:06d}"


def _upload_key(tenant_id: str, template_id: str, upload: str) -> tuple[str, str]:
    return f"{tenant_id}#template#{template_id}", f"upload#{upload}"


def _no_such_template(template_id: str) -> NotFound:
    return NotFound("There is no such template.", fields={"template_id": template_id})
