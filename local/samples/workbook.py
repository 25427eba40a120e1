"""The demo workbook: the laboratory results of 25 invented people, with a column of every kind.

Every row is good. Phone numbers come from the range reserved for fiction (+1 202 555 01xx), addresses from example.org.
The same call writes the same bytes: nothing in the file depends on the clock.
"""

import dataclasses
import datetime
import io
import pathlib
import re
import zipfile

import openpyxl
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

FIRST_VISIT = datetime.datetime.fromisoformat("2026-11-02T08:15")  # a workbook knows no time zones
WRITTEN_AT = datetime.datetime(2026, 11, 20, 9, 0, tzinfo=datetime.UTC)
OWN_SHARE = 0.2
TESTS_PER_PERSON = 3

COLUMNS = (
    "Name", "Phone", "Email", "Language", "Password", "Birth date", "Visit", "Fasting", "Glucose", "Cholesterol",
    "Fee", "Own share",
    *(f"Test {number} {part}" for number in range(1, TESTS_PER_PERSON + 1)
      for part in ("name", "value", "unit", "normal range")),
    "Follow up", "Notes",
)  # fmt: skip
FEE_COLUMN = get_column_letter(COLUMNS.index("Fee") + 1)
OWN_SHARE_COLUMN = COLUMNS.index("Own share") + 1
NUMBER_FORMATS = {
    "Birth date": "yyyy-mm-dd",
    "Visit": "yyyy-mm-dd hh:mm",
    "Glucose": "0.0",
    "Fee": '"$"#,##0.00',
    "Own share": '"$"#,##0.00',
}


@dataclasses.dataclass(frozen=True, slots=True)
class Person:
    """Who the row is about."""

    name: str
    address: str
    language: str


@dataclasses.dataclass(frozen=True, slots=True)
class LaboratoryTest:
    """A test, and the value of the first person who took it; each later one lies ``step`` higher."""

    name: str
    value: float
    step: float
    unit: str
    normal_range: str


PEOPLE = (
    Person("Amara Okafor", "amara.okafor", "en"),
    Person("José Peña", "jose.pena", "es"),
    Person("João Gonçalves", "joao.goncalves", "pt"),
    Person("Zoë Lefèvre", "zoe.lefevre", "fr"),
    Person("Neema Mwangi", "neema.mwangi", "sw"),
    Person("Siobhán O'Brien", "siobhan.obrien", "en"),
    Person("María Ángeles Núñez", "maria.nunez", "es"),
    Person("Inês de Sá", "ines.desa", "pt"),
    Person("François Dœuff", "francois.doeuff", "fr"),
    Person("Baraka Juma", "baraka.juma", "sw"),
    Person("Grace Hopeful 🌻", "grace.hopeful", "en"),
    Person("Íñigo Echeverría", "inigo.echeverria", "es"),
    Person("Luís Brandão", "luis.brandao", "pt"),
    Person("Anaïs Côté", "anais.cote", "fr"),
    Person("Rehema Kilonzo", "rehema.kilonzo", "sw"),
    Person("ليلى حسن", "layla.hassan", "en"),
    Person("Ximena Güell", "ximena.guell", "es"),
    Person("Tainá Araújo", "taina.araujo", "pt"),
    Person("Benoît d'Aubigné", "benoit.daubigne", "fr"),
    Person("Salma Abdi", "salma.abdi", "sw"),
    Person("Łukasz Smith-Żak", "lukasz.smith-zak", "en"),
    Person("Begoña Ibáñez", "begona.ibanez", "es"),
    Person("Conceição Falcão", "conceicao.falcao", "pt"),
    Person("Noémie Le Goff", "noemie.legoff", "fr"),
    Person("Jabari Otieno", "jabari.otieno", "sw"),
)

LABORATORY_TESTS = (
    LaboratoryTest("Haemoglobin", 12.1, 0.2, "g/dL", "12.0 - 17.5"),
    LaboratoryTest("Creatinine", 0.6, 0.02, "mg/dL", "0.6 - 1.3"),
    LaboratoryTest("Thyrotropin (TSH)", 0.9, 0.15, "mIU/L", "0.4 - 4.0"),
    LaboratoryTest("Vitamin D", 18.0, 1.5, "ng/mL", "30 - 100"),
    LaboratoryTest("Haemoglobin A1c", 4.6, 0.1, "%", "< 5.7"),
)

FOLLOW_UPS = {
    "en": "Please come back for a second glucose test within three months.",
    "es": "Vuelva para una segunda prueba de glucosa dentro de tres meses.",
    "pt": "Volte para um segundo teste de glicose dentro de três meses.",
    "fr": "Revenez pour un second test de glycémie dans les trois mois.",
    "sw": "Tafadhali rudi kwa kipimo cha pili cha sukari ndani ya miezi mitatu.",
}
GLUCOSE_TO_REPEAT = 100  # mg/dL, the upper end of a normal fasting value


def write_sample_workbook(path: pathlib.Path) -> None:
    """Write the demo workbook (.xlsx) to ``path``, replacing what stands there."""
    workbook = openpyxl.Workbook()
    workbook.properties.creator = "Herald"
    workbook.properties.created = WRITTEN_AT.replace(tzinfo=None)
    sheet = workbook.worksheets[0]
    sheet.title = "Results"
    sheet.append(COLUMNS)
    for index, person in enumerate(PEOPLE):
        sheet.append(_row(index, person))
    _dress(sheet)
    package = io.BytesIO()
    workbook.save(package)
    _settle(package, path)


def _row(index: int, person: Person) -> list[object]:
    born = datetime.date(1948, 3, 5) + datetime.timedelta(days=817 * index)
    day, turn = divmod(index, 5)
    visit = FIRST_VISIT + datetime.timedelta(days=day, minutes=45 * turn)
    glucose = round(78 + 1.7 * index, 1)
    tests = [_test_cells(index, number) for number in range(TESTS_PER_PERSON)]
    return [
        person.name,
        _phone(index),
        f"{person.address}@example.org",
        person.language,
        f"river-{4821 + 37 * index}",
        born,
        visit,
        index % 3 != 0,
        glucose,
        148 + 5 * index,
        _fee(index),
        f"={FEE_COLUMN}{index + 2}*{OWN_SHARE}",
        *(cell for cells in tests for cell in cells),
        FOLLOW_UPS[person.language] if glucose >= GLUCOSE_TO_REPEAT else None,
        "Sample taken at the morning clinic.\nBring this letter to your next visit." if index % 4 == 0 else None,
    ]


def _phone(index: int) -> str | int:
    """Give a number of the fictional range; the last one as a number cell, as Excel makes it of bare digits."""
    return f"+1202555{100 + index:04}" if index < len(PEOPLE) - 1 else 12025550100 + index


def _fee(index: int) -> float:
    return 42.5 + 7.25 * index


def _test_cells(index: int, number: int) -> tuple[str, float, str, str]:
    test = LABORATORY_TESTS[(index + number) % len(LABORATORY_TESTS)]
    return test.name, round(test.value + test.step * index, 2), test.unit, test.normal_range


def _dress(sheet: Worksheet) -> None:
    sheet.freeze_panes = "B2"
    for column, title in enumerate(COLUMNS, start=1):
        sheet.cell(1, column).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = 22
        for row in range(2, len(PEOPLE) + 2):
            cell = sheet.cell(row, column)
            cell.number_format = NUMBER_FORMATS.get(title, cell.number_format)
            cell.alignment = Alignment(wrap_text=title in {"Follow up", "Notes"}, vertical="top")


def _settle(package: io.BytesIO, path: pathlib.Path) -> None:
    """Write the package again with the calculated values Excel would have left, and without today's date."""
    moment = WRITTEN_AT.timetuple()[:6]
    with zipfile.ZipFile(package) as written, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as settled:
        for name in written.namelist():
            content = written.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2026-11-20T09:00:00Z", content)
            if name == "xl/worksheets/sheet1.xml":
                content = _with_calculated_values(content)
            settled.writestr(zipfile.ZipInfo(name, moment), content, zipfile.ZIP_DEFLATED)


def _with_calculated_values(sheet: bytes) -> bytes:
    column = get_column_letter(OWN_SHARE_COLUMN)
    for index in range(len(PEOPLE)):
        formula = rb'(<c r="%s%d"[^>]*><f>[^<]*</f>)<v\s*(?:/>|></v>)' % (column.encode(), index + 2)
        value = f"{round(_fee(index) * OWN_SHARE, 2)}".encode()
        sheet, replaced = re.subn(formula, rb"\g<1><v>%s</v>" % value, sheet)
        if replaced != 1:
            raise ValueError(f"{column}{index + 2} holds no uncalculated formula")
    return sheet
