"""What the template endpoints take and show."""

from pydantic import Field

from herald.http.schemas import NextCursor, RequestBody, TextOrNull, Timestamp, View
from herald.results.templates.model import TemplateStatus
from herald.results.templates.previewing import SampleValue
from herald.values.notation import ABOUT_DATE_FORMAT, LONGEST_DATE_FORMAT

LONGEST_NAME = 200
LONGEST_DESCRIPTION = 2000
ABOUT_FILE_SIZE = "In bytes: `upload_url` then takes a file of this size only."
ABOUT_FILE = "A .docx of at most 4 MB; larger ones go to an upload_url."
ABOUT_NAME = "What the template is called in lists; by default the file's name. Without effect beside a `template_id`."
ABOUT_DESCRIPTION = "Notes on the template. Without effect beside a `template_id`."
ABOUT_TEMPLATE = "UUID of a template: makes the file its new version."


class PreviewRequest(RequestBody):
    """A sample row: a value for each placeholder, dates as ISO texts, a list of objects for each loop."""

    values: dict[str, SampleValue | list[dict[str, SampleValue]]] | None = None
    """By placeholder, 64 KB in all: dates as ISO 8601 texts, pictures as `data:` URLs, a loop as a list of objects.
    Null, or left out, for made-up ones."""


class TemplateProblemView(View):
    """What is wrong with the file that was uploaded last; ``paragraph`` is the text that the mistake stands in."""

    code: str = Field(examples=["template_broken_tag"])
    """The reason for programs. More may be added: show `message` for one that you do not know."""
    message: str
    """The reason for people, in English: what is wrong and what to write instead."""
    paragraph: str
    """The text of the paragraph that the mistake stands in; empty where it is in none."""


class TemplateView(View):
    """A template as others see it; ``placeholders`` are the columns that it needs of a workbook."""

    id: str = Field(validation_alias="template_id")
    """UUID of the template, as other requests name it."""
    name: str
    """What the template is called in lists. Recipients never see it."""
    description: str
    """Notes of whoever made it; empty for none."""
    status: TemplateStatus
    """`pending` until a first file was uploaded and checked, `ready` for batches, `failed` where no file was good yet
    or the present one cannot become a PDF."""
    version: int
    """Counts the files that were good; 0 before the first. A batch keeps the version that it began with."""
    placeholders: list[str] = Field(examples=[["date_of_birth", "name"]])
    """What the present file's tags ask for: each needs a column in the workbook."""
    warnings: list[str]
    """What to know of the present file, in a sentence each, for example fonts that are replaced. Nothing of it stops a
    batch."""
    problem: TemplateProblemView | None
    """What is wrong with the file that was uploaded last, or why no PDF can be made of it; null where nothing is."""
    date_format: TextOrNull = Field(examples=["DD/MM/YYYY"])
    """How dates given as text are read in the workbooks that come for it, unless a batch says otherwise; null for ISO
    8601 only."""
    created_at: Timestamp
    """When it was created."""
    updated_at: Timestamp
    """When it was last changed or given a file."""


class TemplateChanges(RequestBody):
    """What is to be changed; what is left out stays as it is."""

    shown_by = TemplateView

    name: str | None = Field(default=None, max_length=LONGEST_NAME)
    description: str | None = Field(default=None, max_length=LONGEST_DESCRIPTION)
    date_format: str | None = Field(default=None, max_length=LONGEST_DATE_FORMAT, description=ABOUT_DATE_FORMAT)


class TemplateRequest(RequestBody):
    """A template whose file is going to come."""

    shown_by = TemplateView

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    description: str = Field(default="", max_length=LONGEST_DESCRIPTION)
    date_format: str = Field(default="", max_length=LONGEST_DATE_FORMAT, description=ABOUT_DATE_FORMAT)
    file_size: int | None = Field(default=None, ge=1, description=ABOUT_FILE_SIZE)


class VersionRequest(RequestBody):
    """A template's next file, which is going to come."""

    file_size: int | None = Field(default=None, ge=1, description=ABOUT_FILE_SIZE)


class AwaitedFileView(View):
    """A template and where its next file goes: a PUT of the .docx, with its type, within 15 minutes."""

    id: str = Field(validation_alias="template_id")
    """UUID of the template, as other requests name it."""
    name: str
    """What the template is called in lists."""
    description: str
    """Notes on it; empty for none."""
    status: TemplateStatus
    """As it is before the new file: `pending` for a new template."""
    version: int
    """The version that is in use until the new file was found good; 0 for none."""
    created_at: Timestamp
    """When the template was created."""
    upload_url: str
    """Where to PUT the .docx, within 15 minutes, with its `Content-Type`; the template tells a second or two later how
    its check went."""


class PreviewView(View):
    """Where the PDF can be looked at, and until when."""

    pdf_url: str = Field(validation_alias="url")
    """Where the PDF is, signed: it needs no token."""
    expires_at: Timestamp
    """Until when `pdf_url` is good, five minutes from now."""


class TemplateList(View):
    """Some templates, newest first; ``next_cursor`` continues the list."""

    templates: list[TemplateView] = Field(validation_alias="items")
    """Those of this page."""
    next_cursor: NextCursor
