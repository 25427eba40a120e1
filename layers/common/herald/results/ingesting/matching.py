"""Which column a template's placeholder means: by its name, or by one that differs in case, accents or underscores.

Rows are stored under the names of their columns (`herald.results.ingesting.columns`); a template that writes
``{{ FirstName }}`` where the column is titled ``First name`` gets its value under its own spelling when the row is
rendered.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches

from herald.errors import Invalid
from herald.results.ingesting.columns import placeholder_of
from herald.values.placeholder import placeholder_name
from herald.values.sheet import Value

_LONGEST_TITLE_SHOWN = 100
_CLOSE_ENOUGH = 0.6


def spelled(values: Mapping[str, Value], placeholders: Collection[str]) -> Mapping[str, Value]:
    """A row's values as a template calls them; those that it has another spelling for are there under both."""
    meant = _meant({name for name in placeholders if name not in values}, values)
    return {**values, **{name: values[column] for name, column in meant.items()}} if meant else values


def require_columns(placeholders: Sequence[str], names: Collection[str], titles: Sequence[str]) -> None:
    """Whether there is a column for each placeholder.

    Args:
        placeholders: what the template needs.
        names: what the sheet's columns are called, lists included.
        titles: the columns as the sheet spells them.

    Raises:
        Invalid: ``columns_missing``; the fields are ``missing``, ``columns`` and ``suggestions``: the nearest title
            for a placeholder.
    """
    unknown = {name for name in placeholders if name not in names}
    missing = sorted(unknown - _meant(unknown, names).keys())
    if not missing:
        return
    suggestions = _suggestions(missing, titles)
    hints = "".join(f" Did you mean `{title}` for `{name}`?" for name, title in suggestions.items())
    raise Invalid(
        f"The template needs columns that the workbook does not have: {', '.join(missing)}.{hints}",
        code="columns_missing",
        fields={
            "missing": missing,
            "columns": [title[:_LONGEST_TITLE_SHOWN] for title in titles],
            "suggestions": suggestions,
        },
    )


def _meant(placeholders: Iterable[str], names: Iterable[str]) -> dict[str, str]:
    """For each placeholder that exactly one of the names is another spelling of: that name."""
    wanted = {name: _bare(name) for name in placeholders}
    if not wanted:
        return {}
    spellings: dict[str, list[str]] = {}
    for name in names:
        spellings.setdefault(_bare(name), []).append(name)
    found = {placeholder: spellings.get(bare, []) for placeholder, bare in wanted.items()}
    return {placeholder: candidates[0] for placeholder, candidates in found.items() if len(candidates) == 1}


def _suggestions(missing: Iterable[str], titles: Sequence[str]) -> dict[str, str]:
    by_name = {_bare(placeholder_of(title)): title[:_LONGEST_TITLE_SHOWN] for title in reversed(titles)}
    nearest = {name: get_close_matches(_bare(name), by_name, n=1, cutoff=_CLOSE_ENOUGH) for name in missing}
    return {name: by_name[close[0]] for name, close in nearest.items() if close}


def _bare(name: str) -> str:
    return placeholder_name(name).replace("_", "")
