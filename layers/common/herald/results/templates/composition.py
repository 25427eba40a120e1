"""How the functions that take Word files in are put together from their environment."""

import os

from herald.adapters.aws.functions import Function
from herald.adapters.aws.objects import ObjectStore
from herald.adapters.word.fonts import fonts_without_match
from herald.adapters.word.template import compile_template
from herald.results.templates.intake import TemplateIntake
from herald.results.templates.store import TemplateStore, TemplateVersionStore


def renderer() -> Function:
    """The function that renders."""
    return Function(os.environ["RENDER_FUNCTION"])


def template_intake() -> TemplateIntake:
    """What takes Word files in, over the real stores."""
    return TemplateIntake(
        TemplateStore(),
        TemplateVersionStore(),
        ObjectStore(os.environ["DOCUMENTS_BUCKET"]),
        compile_template,
        fonts_without_match,
        renderer(),
    )
