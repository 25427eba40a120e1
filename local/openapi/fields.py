"""What each field means: the string literal that stands below it in the source.

Python drops such a literal as it compiles, so that a function carries none of them into its cold start.
"""

import ast
import inspect
import textwrap
from collections.abc import Iterable, Iterator
from functools import cache

from pydantic import BaseModel

from herald.http.schemas import RequestBody


def describe_fields(models: Iterable[type[BaseModel]]) -> None:
    """Gives each field the sentences below it in the source, or those of the model that the field is taken from.

    That is the nearest base class with a literal below a field of this name; for a request, also what shows the same
    field in answers (``shown_by``). A field's own ``description`` stands.
    """
    described = list(models)
    for model in described:
        meanings = _meanings_of(model)
        for name, field in model.model_fields.items():
            field.description = field.description or meanings.get(name)
    # Only then: what is built holds what stands in its fields as that was at the moment.
    for model in described:
        model.model_rebuild(force=True)


def models_of(packages: tuple[str, ...], base: type[BaseModel] = BaseModel) -> Iterator[type[BaseModel]]:
    """Every model that was imported so far from one of these packages, those with other models as parameters too."""
    for model in base.__subclasses__():
        if model.__module__.partition(".")[0] in packages:
            yield model
        yield from models_of(packages, model)


def _meanings_of(model: type[BaseModel]) -> dict[str, str]:
    shown_by = model.shown_by if issubclass(model, RequestBody) else None
    meanings = _meanings_of(shown_by) if shown_by else {}
    for ancestor in reversed(model.__mro__):
        if issubclass(ancestor, BaseModel) and ancestor is not BaseModel and not _is_parametrised(ancestor):
            meanings |= _literals_below_fields(ancestor)
    return meanings


def _is_parametrised(model: type[BaseModel]) -> bool:
    """Whether it is a generic model with its parameter: that has no source of its own, but the generic one as base."""
    return bool(model.__pydantic_generic_metadata__["origin"])


@cache
def _literals_below_fields(model: type[BaseModel]) -> dict[str, str]:
    definition = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0]
    if not isinstance(definition, ast.ClassDef):
        raise TypeError(f"{model.__name__} is not defined by a class statement")
    return {
        field.target.id: inspect.cleandoc(below.value.value)
        for field, below in zip(definition.body, definition.body[1:], strict=False)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
    }
