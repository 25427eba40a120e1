"""How the functions that take Word files in are put together from their environment."""

import os

from herald.adapters.functions import Function
from herald.adapters.objects import ObjectStore
from herald.adapters.word import compile_template
from herald.adapters.word_fonts import fonts_without_match
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
