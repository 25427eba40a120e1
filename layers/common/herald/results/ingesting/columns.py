"""From the titles of a sheet to the placeholders of a template: forgiving rules, and loops out of numbered columns.

``Date of birth`` becomes ``date_of_birth``. ``Test 1 name``, ``Test 1 value``, ``Test 2 name`` ... become the list
``tests`` with the fields ``name`` and ``value``; an element whose fields are all empty is left out.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from herald.errors import Invalid
from herald.values.picture import Picture
from herald.values.placeholder import placeholder_name
from herald.values.sheet import CellText, FormattedValue, Value, bare_text, is_blank

_NUMBERED = re.compile(r"^(?P<group>.*?[^\W\d_])_?(?P<number>[1-9]\d?)_(?P<field>\w+)$")
_RECIPIENT_COLUMNS: dict[str, tuple[str, ...]] = {
    "name": (
        "name", "full_name", "customer_name", "patient_name", "recipient_name", "client_name", "student_name",
        "nome", "nome_completo", "nombre", "nombre_completo", "nom", "nom_complet", "jina",
        "recipient", "patient", "paciente", "mgonjwa",
    ),
    "phone": (
        "phone", "phone_number", "mobile", "mobile_number", "mobile_phone", "cell", "cellphone", "telephone", "tel",
        "customer_phone", "whatsapp", "telefone", "telefono", "celular", "telephone_number", "simu",
    ),
    "email": ("email", "e_mail", "email_address", "mail", "correo", "barua_pepe"),
    "language": ("language", "lang", "locale", "idioma", "langue", "lugha"),
    "password": ("password", "pin", "passcode", "senha", "contrasena", "mot_de_passe", "nenosiri"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    group: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Layout:
    """What each column of a sheet stands for."""

    titles: tuple[str, ...]
    columns: tuple[_Column, ...]
    recipient_columns: Mapping[str, int]

    @property
    def names(self) -> frozenset[str]:
        """Every name a template can use, lists included; the password is none of them."""
        password = self.recipient_columns.get("password")
        return frozenset(column.group or column.name for index, column in enumerate(self.columns) if index != password)

    def values(self, cells: Sequence[CellText]) -> dict[str, Value]:
        """One row as the values of its placeholders."""
        password = self.recipient_columns.get("password")
        values: dict[str, Value] = {}
        groups: dict[str, dict[int, dict[str, CellText]]] = {}
        for index, (column, cell) in enumerate(zip(self.columns, cells, strict=True)):
            if index == password:
                continue
            if column.group:
                groups.setdefault(column.group, {}).setdefault(column.number, {})[column.name] = cell
            else:
                values[column.name] = cell
        for group, elements in groups.items():
            values[group] = [
                elements[number]
                for number in sorted(elements)
                if any(not is_blank(cell) for cell in elements[number].values())
            ]
        return values

    def recipient_text(self, column: str, cells: Sequence[CellText]) -> str:
        """A recipient's detail as text, empty where the sheet has none; ``column`` is ``phone``, ``email`` ..."""
        index = self.recipient_columns.get(column)
        return "" if index is None else cell_text(cells[index])


def arrange(titles: Sequence[str]) -> Layout:
    """What the columns of a sheet stand for.

    Raises:
        Invalid: ``workbook_header_duplicate`` for two titles of one name, ``workbook_no_phone`` where no column holds
            phone numbers.
    """
    columns = tuple(_column(title) for title in titles)
    _refuse_duplicates(titles, columns)
    names = [column.name if not column.group else "" for column in columns]
    recipient = {detail: names.index(name) for detail, name in details_among(names).items()}
    if "phone" not in recipient:
        raise Invalid(
            "The workbook needs a column with phone numbers, titled for example `Phone`.",
            code="workbook_no_phone",
            fields={"columns": list(titles)},
        )
    return Layout(tuple(titles), columns, recipient)


def details_among(names: Collection[str]) -> dict[str, str]:
    """Which of these placeholders hold a recipient's details, as far as there are any: ``{"phone": "mobile"}``."""
    found = {
        detail: next((alias for alias in aliases if alias in names), None)
        for detail, aliases in _RECIPIENT_COLUMNS.items()
    }
    return {detail: name for detail, name in found.items() if name is not None}


def placeholder_of(title: str) -> str:
    """The placeholder that a column is a part of: its own name, or its list's."""
    column = _column(title)
    return column.group or column.name


def cell_text(cell: CellText) -> str:
    """A cell as plain text, as Excel shows it: dates in ISO 8601 where that depends on the machine; no picture."""
    if cell is None or isinstance(cell, Picture):
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).upper()
    return cell.text if isinstance(cell, FormattedValue) else bare_text(cell)


def _column(title: str) -> _Column:
    name = placeholder_name(title)
    numbered = _NUMBERED.match(name)
    if numbered is None:
        return _Column(name)
    return _Column(numbered["field"], f"{numbered['group']}s", int(numbered["number"]))


def _refuse_duplicates(titles: Sequence[str], columns: Sequence[_Column]) -> None:
    seen: dict[_Column, str] = {}
    lists = {column.group: title for title, column in zip(titles, columns, strict=True) if column.group}
    for title, column in zip(titles, columns, strict=True):
        same = seen.get(column) or (lists.get(column.name) if not column.group else None)
        if same is not None:
            raise Invalid(
                f"The columns `{same}` and `{title}` have the same name; rename one.",
                code="workbook_header_duplicate",
                fields={"column": title},
            )
        seen[column] = title
