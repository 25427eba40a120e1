"""Templates in DynamoDB: ``{tenant}#templates`` in the order they were made, and the versions of each beside them."""

from dataclasses import asdict
from datetime import datetime

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from herald.errors import NotFound
from herald.results.templates.model import Merging, Template, TemplateProblem, TemplateStatus, TemplateVersion
from herald.storage import Row, TableName
from herald.storage.transitional import transaction
from herald.values.clock import from_text, to_text
from herald.values.page import Page, decode_cursor, encode_cursor


class TemplateRow(Row):
    """A Word template, with what was found in its newest version."""

    class Meta:
        table_name = TableName(lambda settings: settings.results_table)

    tenant_id = UnicodeAttribute()
    template_id = UnicodeAttribute()
    name = UnicodeAttribute()
    description = UnicodeAttribute()
    version = NumberAttribute()
    placeholders = JSONAttribute()
    object_key = UnicodeAttribute()
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    status = UnicodeAttribute()
    problem = JSONAttribute(null=True)
    warnings = JSONAttribute(null=True)
    latest_upload = UnicodeAttribute(null=True)


class TemplateStore:
    """Templates over DynamoDB."""

    def add(self, template: Template) -> bool:
        """Stores a new template; False where this id exists already."""
        return _template_row(template).save_if(TemplateRow.partition.does_not_exist())

    def get(self, tenant_id: str, template_id: str) -> Template:
        """A template, or NotFound."""
        try:
            return _template(TemplateRow.get(f"{tenant_id}#templates", template_id, consistent_read=True))
        except DoesNotExist as error:
            raise _no_such_template(template_id) from error

    def publish(self, version: TemplateVersion, *, upload: str, warnings: tuple[str, ...], now: datetime) -> None:
        """Makes a version the template's present one; harmless where a newer one is, or the template is deleted.

        What is wrong with a later upload than ``upload`` stays told.
        """
        present: list[Action] = [
            TemplateRow.version.set(version.version),
            TemplateRow.placeholders.set(list(version.placeholders)),
            TemplateRow.object_key.set(version.object_key),
            TemplateRow.warnings.set(list(warnings)),
            TemplateRow.status.set(TemplateStatus.READY.value),
        ]
        latest = [TemplateRow.latest_upload.set(upload), TemplateRow.problem.remove()]
        place, not_newer = (version.tenant_id, version.template_id), TemplateRow.version <= version.version
        if not self._change(*place, [*present, *latest], not_newer & _is_latest(upload), now=now):
            self._change(*place, present, not_newer, now=now)

    def reject(self, tenant_id: str, template_id: str, problem: TemplateProblem, *, upload: str, now: datetime) -> None:
        """Records what is wrong with the last upload; an older version that is good stays the present one.

        Uploads go by their ids, which sort by time; an event about an older one that comes late changes nothing.
        """
        told: list[Action] = [TemplateRow.problem.set(asdict(problem)), TemplateRow.latest_upload.set(upload)]
        failed = TemplateRow.status.set(TemplateStatus.FAILED.value)
        if not self._change(tenant_id, template_id, told, (TemplateRow.version > 0) & _is_latest(upload), now=now):
            nothing_good = TemplateRow.version == 0
            self._change(tenant_id, template_id, [*told, failed], nothing_good & _is_latest(upload), now=now)

    def describe(
        self, tenant_id: str, template_id: str, *, name: str | None, description: str | None, now: datetime
    ) -> None:
        """Changes what the template is called; ``None`` leaves things as they are.

        Raises:
            NotFound: there is no such template.
        """
        actions: list[Action] = []
        if name is not None:
            actions.append(TemplateRow.name.set(name))
        if description is not None:
            actions.append(TemplateRow.description.set(description))
        if not self._change(tenant_id, template_id, actions, TemplateRow.partition.exists(), now=now):
            raise _no_such_template(template_id)

    def remove(self, tenant_id: str, template_id: str) -> None:
        """Forgets a template; its versions stay.

        Raises:
            NotFound: there is no such template.
        """
        row = TemplateRow(f"{tenant_id}#templates", template_id)
        if not row.delete_if(TemplateRow.partition.exists()):
            raise _no_such_template(template_id)

    def _change(
        self, tenant_id: str, template_id: str, actions: list[Action], condition: Condition, *, now: datetime
    ) -> bool:
        row = TemplateRow(f"{tenant_id}#templates", template_id)
        return row.update_if([*actions, TemplateRow.updated_at.set(to_text(now))], condition)

    def page(self, tenant_id: str, *, size: int, cursor: str | None) -> Page[Template]:
        """Templates, newest first."""
        rows = TemplateRow.query(
            f"{tenant_id}#templates",
            TemplateRow.sort < decode_cursor(cursor) if cursor else None,
            scan_index_forward=False,
            limit=size,
        )
        items = [_template(row) for row in rows]
        return Page(items, encode_cursor(items[-1].template_id) if len(items) == size else None)


class TemplateVersionRow(Row):
    """One file of a template."""

    class Meta:
        table_name = TableName(lambda settings: settings.results_table)

    tenant_id = UnicodeAttribute()
    template_id = UnicodeAttribute()
    version = NumberAttribute()
    object_key = UnicodeAttribute()
    placeholders = JSONAttribute()
    merging = UnicodeAttribute()
    pages = NumberAttribute(default=0)
    upload = UnicodeAttribute(default="")
    fingerprint = UnicodeAttribute(default="")


class TemplateUploadRow(Row):
    """Which version an upload has become."""

    class Meta:
        table_name = TableName(lambda settings: settings.results_table)

    version = NumberAttribute()


class TemplateVersionStore:
    """The versions of templates over DynamoDB: ``{tenant}#template#{id}``, one item each, and one per upload."""

    def add(self, version: TemplateVersion) -> bool:
        """Stores a new version; False where this number exists already, or its upload has become a version before."""
        row = _version_row(version.tenant_id, version.template_id, version.version)
        row.tenant_id = version.tenant_id
        row.template_id = version.template_id
        row.version = version.version
        row.object_key = version.object_key
        row.placeholders = list(version.placeholders)
        row.merging = version.merging.value
        row.pages = version.pages
        row.upload = version.upload
        row.fingerprint = version.fingerprint
        if not version.upload:
            return row.save_if(TemplateVersionRow.partition.does_not_exist())
        upload = _upload_row(version.tenant_id, version.template_id, version.upload)
        upload.version = version.version
        try:
            with transaction() as writes:
                writes.save(row, condition=TemplateVersionRow.partition.does_not_exist())
                writes.save(upload, condition=TemplateUploadRow.partition.does_not_exist())
        except TransactWriteError as error:
            if error.cause_response_code != "TransactionCanceledException":
                raise
            return False
        return True

    def get(self, tenant_id: str, template_id: str, version: int) -> TemplateVersion:
        """A version, or NotFound."""
        key = _version_row(tenant_id, template_id, version)
        try:
            row = TemplateVersionRow.get(key.partition, key.sort, consistent_read=True)
        except DoesNotExist as error:
            raise NotFound("There is no such version of the template.", fields={"template_id": template_id}) from error
        return _version(row)

    def of_upload(self, tenant_id: str, template_id: str, upload: str) -> TemplateVersion | None:
        """The version that an upload has become, if it has."""
        key = _upload_row(tenant_id, template_id, upload)
        try:
            row = TemplateUploadRow.get(key.partition, key.sort, consistent_read=True)
        except DoesNotExist:
            return None
        return self.get(tenant_id, template_id, int(row.version))

    def settle_merging(self, version: TemplateVersion, merging: Merging, *, pages: int) -> None:
        """Records what rendering samples has shown; harmless where the version is gone."""
        row = _version_row(version.tenant_id, version.template_id, version.version)
        row.update_if(
            [TemplateVersionRow.merging.set(merging.value), TemplateVersionRow.pages.set(pages)],
            TemplateVersionRow.partition.exists(),
        )


def _is_latest(upload: str) -> Condition:
    latest: Condition = TemplateRow.latest_upload.does_not_exist() | (TemplateRow.latest_upload <= upload)
    return latest


def _version_row(tenant_id: str, template_id: str, version: int) -> TemplateVersionRow:
    return TemplateVersionRow(f"{tenant_id}#template#{template_id}", f"version#{version:06d}")


def _upload_row(tenant_id: str, template_id: str, upload: str) -> TemplateUploadRow:
    return TemplateUploadRow(f"{tenant_id}#template#{template_id}", f"upload#{upload}")


def _version(row: TemplateVersionRow) -> TemplateVersion:
    return TemplateVersion(
        tenant_id=row.tenant_id,
        template_id=row.template_id,
        version=int(row.version),
        object_key=row.object_key,
        placeholders=tuple(row.placeholders),
        merging=Merging(row.merging),
        pages=int(row.pages),
        upload=row.upload,
        fingerprint=row.fingerprint,
    )


def _no_such_template(template_id: str) -> NotFound:
    return NotFound("There is no such template.", fields={"template_id": template_id})


def _template_row(template: Template) -> TemplateRow:
    return TemplateRow(
        f"{template.tenant_id}#templates",
        template.template_id,
        tenant_id=template.tenant_id,
        template_id=template.template_id,
        name=template.name,
        description=template.description,
        version=template.version,
        placeholders=list(template.placeholders),
        object_key=template.object_key,
        created_at=to_text(template.created_at),
        updated_at=to_text(template.updated_at),
        status=template.status.value,
        problem=asdict(template.problem) if template.problem else None,
        warnings=list(template.warnings),
    )


def _template(row: TemplateRow) -> Template:
    return Template(
        tenant_id=row.tenant_id,
        template_id=row.template_id,
        name=row.name,
        description=row.description,
        version=int(row.version),
        placeholders=tuple(row.placeholders),
        object_key=row.object_key,
        created_at=from_text(row.created_at),
        updated_at=from_text(row.updated_at),
        status=TemplateStatus(row.status),
        problem=TemplateProblem(**row.problem) if row.problem else None,
        warnings=tuple(row.warnings or ()),
    )
