"""Nothing that a document brings outlives it in the office that converted it."""

from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]  # it brings no types
import pytest

from herald.adapters.pdf.converter import ConversionFailed, OfficeConverter
from herald.adapters.word.template import compile_template
from tests.adapters import fonts, letters

DEADLINE = 60.0
INNOCENT = fonts.written_in("Calibri", "Balance due: 1911.19")
GLOSSARY = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.glossary+xml"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@pytest.fixture(scope="module")
def liar() -> bytes:
    """A letter that brings a Calibri which shows 1 as 9 and 9 as 1."""
    return fonts.embedding(INNOCENT, "Calibri", fonts.exchanged("Calibri", "1", "9"))


def picture(pdf: bytes | ConversionFailed) -> list[bytes]:
    assert isinstance(pdf, bytes), pdf
    return [page.render(scale=2).to_pil().tobytes() for page in pypdfium2.PdfDocument(pdf)]


def files_of(folder: Path) -> dict[str, bytes]:
    """What an office keeps on the disk; its settings are not among that: it saves them when it likes, and they are
    written anew before an office starts."""
    profile = folder / "profile"
    return {
        str(path.relative_to(profile)): path.read_bytes() if path.is_file() else b""
        for path in profile.rglob("*")
        if path.name != "registrymodifications.xcu"
    }


def with_habits(content: bytes) -> bytes:
    """The letter with another look of all text, and a building block for later letters."""
    parts = letters.parts_of(content)
    styles = parts["word/styles.xml"].decode()
    loud = '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:rPr><w:b/>'
    loud += '<w:color w:val="FF0000"/><w:sz w:val="90"/></w:rPr></w:style></w:styles>'
    block = (
        f'<w:glossaryDocument xmlns:w="{WORD}"><w:docParts><w:docPart><w:docPartPr><w:name w:val="greeting"/>'
        '<w:category><w:name w:val="General"/><w:gallery w:val="autoTxt"/></w:category></w:docPartPr>'
        "<w:docPartBody><w:p><w:r><w:t>Pay to me</w:t></w:r></w:p></w:docPartBody></w:docPart></w:docParts>"
        "</w:glossaryDocument>"
    )
    links = parts[letters.DOCUMENT_RELATIONSHIPS].decode()
    link = f'<Relationship Id="rId98" Type="{letters.RELATIONSHIPS}/glossaryDocument" Target="glossary/document.xml"/>'
    types = parts["[Content_Types].xml"].decode()
    override = f'<Override PartName="/word/glossary/document.xml" ContentType="{GLOSSARY}"/></Types>'
    return letters.with_parts(
        content,
        {
            "word/styles.xml": styles.replace("</w:styles>", loud),
            "word/glossary/document.xml": block,
            letters.DOCUMENT_RELATIONSHIPS: links.replace("</Relationships>", f"{link}</Relationships>"),
            "[Content_Types].xml": types.replace("</Types>", override),
        },
    )


def test_a_font_embedded_in_one_letter_prints_in_nobody_elses(tmp_path: Path, seed: Path, liar: bytes) -> None:
    with OfficeConverter(tmp_path, seed=seed) as converter:
        template = compile_template(liar).fill({})
        alone, _, after = converter.convert([INNOCENT, template, INNOCENT], deadline_seconds=DEADLINE)
    assert picture(after) == picture(alone)


def test_an_office_itself_takes_nothing_from_a_document_into_later_ones(
    tmp_path: Path, seed: Path, liar: bytes
) -> None:
    with OfficeConverter(tmp_path, seed=seed) as converter:
        [alone] = converter.convert([INNOCENT], deadline_seconds=DEADLINE)
        before = files_of(tmp_path)
        _, after = converter.convert([with_habits(liar), INNOCENT], deadline_seconds=DEADLINE)
        assert files_of(tmp_path) == before
    assert picture(after) == picture(alone)
