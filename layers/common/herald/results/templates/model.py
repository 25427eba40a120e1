"""Word templates and their versions."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from herald.errors import Unprocessable

LARGEST_UPLOADED_TEMPLATE_BYTES = 10 * 1024 * 1024
"""Through an upload URL: the largest file that a Word template may be."""


class TemplateStatus(StrEnum):
    """Where a template is.

    ``pending`` until its first file arrives; ``failed`` where no file was good yet, or where the present one cannot
    become a PDF.
    """

    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"


class Merging(StrEnum):
    """Whether several rows through one conversion give the same pages as each row alone."""

    UNKNOWN = "unknown"
    FAITHFUL = "faithful"
    UNFAITHFUL = "unfaithful"


class Slimming(StrEnum):
    """Whether a file shows the same pages without what it carries unseen; left out only where that is known."""

    UNKNOWN = "unknown"
    FAITHFUL = "faithful"
    UNFAITHFUL = "unfaithful"


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """What is wrong with an uploaded template; ``paragraph`` is the text that the mistake stands in."""

    code: str
    message: str
    paragraph: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A Word template: its newest version that is good (0 where there is none yet), and how the last upload went."""

    tenant_id: str
    template_id: str
    name: str
    description: str
    version: int
    placeholders: tuple[str, ...]
    object_key: str
    created_at: datetime
    updated_at: datetime
    status: TemplateStatus = TemplateStatus.READY
    problem: TemplateProblem | None = None
    warnings: tuple[str, ...] = ()
    date_format: str = ""
    """How dates given as text are written in the workbooks that come for it, unless a batch says otherwise."""

    def require_ready(self) -> None:
        """Whether anything can be made of the template.

        Raises:
            Unprocessable: no file of it was good yet (``template_not_ready``).
        """
        if self.status is not TemplateStatus.READY:
            raise Unprocessable("This template has no file that works yet; upload one.", code="template_not_ready")


@dataclass(frozen=True, slots=True)
class TemplateVersion:
    """One file of a template, as it was when a batch began with it; never changed, and kept for its batches.

    ``pages`` is how long a sample row comes out; ``slimming``, then it and ``merging``, are found out once, by
    rendering samples. ``upload`` says which upload it came by, and ``fingerprint`` is a hash of its file.
    """

    tenant_id: str
    template_id: str
    version: int
    object_key: str
    placeholders: tuple[str, ...]
    merging: Merging = Merging.UNKNOWN
    pages: int = 0
    upload: str = ""
    fingerprint: str = ""
    slimming: Slimming = Slimming.UNKNOWN
