"""What the template endpoints take and show."""

from pydantic import Field

from herald.http.schemas import RequestBody, TextOrNull, Timestamp, View
from herald.results.templates.previewing import SampleValue
from herald.values.notation import ABOUT_DATE_FORMAT, LONGEST_DATE_FORMAT

LONGEST_NAME = 200
LONGEST_DESCRIPTION = 2000
ABOUT_FILE_SIZE = "In bytes: `upload_url` then takes a file of this size only."


class PreviewRequest(RequestBody):
    """A sample row: a value for each placeholder, dates as ISO texts, a list of objects for each loop."""

    values: dict[str, SampleValue | list[dict[str, SampleValue]]] | None = None


class TemplateProblemView(View):
    """What is wrong with the file that was uploaded last; ``paragraph`` is the text that the mistake stands in."""

    code: str
    message: str
    paragraph: str


class TemplateView(View):
    """A template as others see it; ``placeholders`` are the columns that it needs of a workbook."""

    id: str = Field(validation_alias="template_id")
    name: str
    description: str
    status: str = Field(description="pending, ready or failed")
    version: int = Field(description="Counts the files that were good; 0 before the first.")
    placeholders: list[str]
    warnings: list[str]
    problem: TemplateProblemView | None
    date_format: TextOrNull
    created_at: Timestamp
    updated_at: Timestamp


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
    name: str
    description: str
    status: str
    version: int
    created_at: Timestamp
    upload_url: str


class PreviewView(View):
    """Where the PDF can be looked at, and until when."""

    pdf_url: str = Field(validation_alias="url")
    expires_at: Timestamp


class TemplateList(View):
    """Some templates, newest first; ``next_cursor`` continues the list."""

    templates: list[TemplateView] = Field(validation_alias="items")
    next_cursor: str | None
