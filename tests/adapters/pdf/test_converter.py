"""Word documents become PDFs in a real LibreOffice, which is attacked while it works."""

import contextlib
import io
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pikepdf
import pytest

from herald.adapters.pdf.converter import ConversionFailed, OfficeConverter
from herald.adapters.word import template as word
from herald.errors import Invalid, Unavailable
from tests.adapters import letters
from tests.adapters.pictures import drawing

DEADLINE = 60.0


@pytest.fixture
def sample() -> word.CompiledTemplate:
    return letters.compiled_sample()


def pages(content: bytes | ConversionFailed) -> int:
    assert isinstance(content, bytes), content
    with pikepdf.open(io.BytesIO(content)) as document:
        return len(document.pages)


def text(content: bytes | ConversionFailed, folder: Path) -> str:
    assert isinstance(content, bytes), content
    path = folder / "result.pdf"
    path.write_bytes(content)
    return subprocess.run(["/usr/bin/pdftotext", "-layout", path, "-"], capture_output=True, check=True).stdout.decode()


def codes(results: Sequence[bytes | ConversionFailed]) -> list[str]:
    return [result.code if isinstance(result, ConversionFailed) else "pdf" for result in results]


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def offices_in(folder: Path) -> list[int]:
    """The process ids of every office and bridge that works in this folder, zombies among them."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if str(folder).encode() in (process / "environ").read_bytes() and process.name != str(os.getpid()):
                found.append(int(process.name))
    return found


def office_of(folder: Path) -> int:
    """The process id of the office that runs in this folder, once it converts a document."""
    wait_for((folder / "document.docx").exists)
    named = [process for process in offices_in(folder) if b"soffice" in Path(f"/proc/{process}/cmdline").read_bytes()]
    return min(named)


def attack(folder: Path, how: signal.Signals) -> threading.Thread:
    """Send the office a signal as soon as it works on a document."""
    thread = threading.Thread(target=lambda: os.kill(office_of(folder), how), daemon=True)
    thread.start()
    return thread


def long_letter() -> bytes:
    """A letter that keeps the office busy for a while, so that a signal finds it at work."""
    rows = "".join(f"<w:tr><w:tc><w:p><w:r><w:t>{n}</w:t></w:r></w:p></w:tc></w:tr>" for n in range(1_000))
    return letters.with_body(f'<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w="900"/></w:tblGrid>{rows}</w:tbl>')


def test_a_filled_letter_becomes_one_page(
    converter: OfficeConverter, sample: word.CompiledTemplate, tmp_path: Path
) -> None:
    (result,) = converter.convert([sample.fill(letters.SAMPLE_VALUES)], deadline_seconds=DEADLINE)
    assert pages(result) == 1
    printed = text(result, tmp_path)
    for expected in ("Anna Weber", "20 November 2026, 08:30", "£1,240.50", "Ferritin", "Next step", "Page 1 of 1"):
        assert expected in printed


def test_each_document_gives_its_own_pdf_in_order(
    converter: OfficeConverter, sample: word.CompiledTemplate, tmp_path: Path
) -> None:
    names = ["Anna & <Bo>", "Žofie Nováková", "Ελένη", "李明"]
    documents = [sample.fill({**letters.SAMPLE_VALUES, "name": name}) for name in names]
    results = converter.convert(documents, deadline_seconds=DEADLINE)
    for name, result in zip(names, results, strict=True):
        assert f"Dear {name}" in text(result, tmp_path)


def test_a_bad_document_costs_only_itself(converter: OfficeConverter) -> None:
    good = letters.letter("Hello")
    bad = [b"", b"<html>hello</html>", b"{\\rtf1 hello}", b"PK\x03\x04" + b"\x8f\x01" * 400]
    results = converter.convert([good, *bad, good], deadline_seconds=DEADLINE)
    assert codes(results) == ["pdf", *["pdf_document_refused"] * len(bad), "pdf"]


def test_a_web_page_in_a_zip_is_not_opened(converter: OfficeConverter) -> None:
    content = b"PK\x03\x04<html><body>hello</body></html>"
    assert codes(converter.convert([content], deadline_seconds=DEADLINE)) == ["pdf_document_refused"]


def test_no_connection_leaves_the_office(converter: OfficeConverter) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/picture.png"
        drawing = f'<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml" style="width:9pt;height:9pt"><v:imagedata src="{address}"/></v:shape></w:pict></w:r></w:p>'  # noqa: E501 - one element
        hostile = [
            letters.linked_picture(address),
            letters.linked_picture(address, kind="hyperlink"),
            letters.embedded_picture(letters.svg_of(address)),
            letters.with_relationship("attachedTemplate", address),
            letters.with_relationship("aFChunk", address, inner='<w:altChunk r:id="rId99"/>'),
            letters.with_body(letters.field(f'INCLUDEPICTURE "{address}" \\d')),
            letters.with_body(letters.field(f'INCLUDETEXT "{address}"')),
            letters.with_body(letters.field(f'DDEAUTO soffice "{address}" a')),
            letters.with_body(drawing),
        ]
        # None of these passes the check of templates; this is the second wall.
        results = converter.convert(hostile, deadline_seconds=DEADLINE)
        listening.settimeout(0)
        with pytest.raises(BlockingIOError):
            listening.accept()
    assert len(results) == len(hostile)


def test_a_file_of_the_machine_does_not_get_into_a_pdf(converter: OfficeConverter, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the crown jewels")
    hostile = [
        letters.with_body(letters.field(f'INCLUDETEXT "{secret}"')),
        letters.with_relationship("aFChunk", secret.as_uri(), inner='<w:altChunk r:id="rId99"/>'),
    ]
    for result in converter.convert(hostile, deadline_seconds=DEADLINE):
        assert isinstance(result, ConversionFailed) or "crown" not in text(result, tmp_path)


def test_a_drawing_that_shows_a_picture_of_the_machine_never_reaches_the_office(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(drawing())
    with pytest.raises(Invalid) as refused:
        word.compile_template(letters.embedded_picture(letters.svg_of(logo.as_uri())))
    assert refused.value.code == "template_unsupported_part"


def test_a_killed_office_is_started_again_and_nothing_is_lost(tmp_path: Path, seed: Path) -> None:
    documents = [long_letter(), *[letters.letter("Hello")] * 3]
    with OfficeConverter(tmp_path, seed=seed) as converter:
        converter.start()
        attacker = attack(tmp_path, signal.SIGKILL)
        assert codes(converter.convert(documents, deadline_seconds=DEADLINE)) == ["pdf"] * 4
        attacker.join()


def test_a_hang_of_the_office_costs_no_document(tmp_path: Path, seed: Path) -> None:
    documents = [letters.letter("Hello")] * 3
    with OfficeConverter(tmp_path, seed=seed) as converter:
        converter.start()
        os.kill(min(offices_in(tmp_path)), signal.SIGSTOP)
        assert codes(converter.convert(documents, deadline_seconds=3)) == ["pdf"] * 3


def test_a_document_that_takes_too_long_is_given_up_and_the_rest_goes_on(tmp_path: Path, seed: Path) -> None:
    with OfficeConverter(tmp_path, seed=seed) as converter:
        converter.start()
        first = converter.convert([long_letter()], deadline_seconds=0.2)
        merged = converter.convert_merged(long_letter(), 1, deadline_seconds=0.2)
        rest = converter.convert([letters.letter("Hello")], deadline_seconds=DEADLINE)
    assert codes([*first, *rest]) == ["pdf_timed_out", "pdf"]
    assert isinstance(merged, ConversionFailed)
    assert merged.code == "pdf_timed_out"


def test_the_office_is_renewed_after_so_many_documents(tmp_path: Path, seed: Path) -> None:
    with OfficeConverter(tmp_path, seed=seed, documents_per_office=1) as converter:
        converter.start()
        before = set(offices_in(tmp_path))
        assert codes(converter.convert([letters.letter("Hello")] * 2, deadline_seconds=DEADLINE)) == ["pdf"] * 2
        assert before.isdisjoint(offices_in(tmp_path))


def test_nothing_is_left_behind(tmp_path: Path, seed: Path) -> None:
    with OfficeConverter(tmp_path, seed=seed) as converter:
        converter.convert([letters.letter("Hello")], deadline_seconds=DEADLINE)
        assert len(offices_in(tmp_path)) >= 2
    assert offices_in(tmp_path) == []
    assert not list(tmp_path.glob("document.*"))


def test_a_converter_can_be_closed_twice_and_used_again(tmp_path: Path, seed: Path) -> None:
    converter = OfficeConverter(tmp_path, seed=seed)
    converter.close()
    converter.start()
    converter.close()
    assert codes(converter.convert([letters.letter("Hello")], deadline_seconds=DEADLINE)) == ["pdf"]
    converter.close()
    converter.close()
    assert offices_in(tmp_path) == []


def test_the_office_does_not_outlive_a_killed_worker(tmp_path: Path, seed: Path) -> None:
    program = textwrap.dedent(
        f"""
        import pathlib, time
        from herald.adapters.pdf.converter import OfficeConverter
        OfficeConverter(pathlib.Path({str(tmp_path)!r}), seed=pathlib.Path({str(seed)!r})).start()
        print("started", flush=True)
        time.sleep(600)
        """
    )
    environment = {**os.environ, "PYTHONPATH": "layers/common"}
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"started\n"
        worker.kill()
    wait_for(lambda: offices_in(tmp_path) == [])


def test_office_and_bridge_are_isolated_and_never_see_the_credentials_of_the_worker(
    tmp_path: Path, seed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret-of-the-worker")
    with OfficeConverter(tmp_path, seed=seed) as converter:
        converter.start()
        started = offices_in(tmp_path)
        assert len(started) >= 2
        for process in started:
            assert "NoNewPrivs:\t1" in Path(f"/proc/{process}/status").read_text()
            assert b"a-secret-of-the-worker" not in Path(f"/proc/{process}/environ").read_bytes()


def test_a_missing_office_is_said_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        pytest.raises(Unavailable, match="does not start"),
        OfficeConverter(tmp_path, program="/bin/true") as converter,
    ):
        converter.start()
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Unavailable, match="not installed"), OfficeConverter(tmp_path) as converter:
        converter.start()
