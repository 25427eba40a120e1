"""HTML pages from Jinja templates in files, compiled once; values are escaped wherever they stand."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


class HtmlTemplates:
    """The templates of one folder. Jinja is imported with the first page, not with the function."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def render(self, name: str, /, **values: object) -> str:
        """A page; each value that its template names must be given."""
        return _environment(self._folder).get_template(name).render(values)


@cache
def _environment(folder: Path) -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
