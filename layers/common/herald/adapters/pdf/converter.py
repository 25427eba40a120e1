"""Word documents to PDF through one warm LibreOffice, which may crash or hang without taking anything else with it."""

import atexit
import contextlib
import functools
import json
import os
import resource
import select
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from herald.adapters.isolation import start_isolated
from herald.adapters.pdf import office_bridge
from herald.adapters.pdf.office_profile import NOWHERE_URL, prepare_profile
from herald.adapters.pdf.splitting import BrokenMerge, split_pdf
from herald.errors import Unavailable

DEFAULT_FOLDER: Final = Path("/tmp/herald-office")  # noqa: S108 - the one place a Lambda function may write to
# Writer's memory drifts from 148 to 220 MB over 400 documents.
DOCUMENTS_PER_OFFICE: Final = 500
START_SECONDS: Final = 30.0
_STARTS: Final = 3
# How often it is looked whether the office still lives: the bridge to one that crashed may stay silent.
_LOOK_SECONDS: Final = 0.1
_TRIES_PER_DOCUMENT: Final = 2
_LARGEST_FILE_BYTES: Final = 256 * 1024 * 1024
# There is no limit on memory: an office that meets one leaves pictures out and says that all is well.
# Where LibreOffice puts its named pipes, whatever TMPDIR says.
_PIPES: Final = Path("/tmp")  # noqa: S108 - see above
_ZIP: Final = b"PK\x03\x04"
_PDF: Final = b"%PDF-"


@dataclass(frozen=True, slots=True)
class ConversionFailed:
    """A document that did not become a PDF; it stands in the result where the PDF would.

    Attributes:
        code: ``pdf_document_refused``, ``pdf_office_crashed``, ``pdf_timed_out`` or ``pdf_merge_broken``.
        message: What happened, in a sentence.
    """

    code: str
    message: str


class OfficeConverter:
    """Keeps one LibreOffice running and turns Word documents into PDFs with it; for one thread at a time.

    Use it as a context manager, or call `close`. Nothing is started before the first conversion.
    """

    def __init__(
        self,
        folder: Path = DEFAULT_FOLDER,
        *,
        program: str = "",
        python: str = "",
        seed: Path | None = None,
        documents_per_office: int = DOCUMENTS_PER_OFFICE,
    ) -> None:
        """Choose where the office lives.

        Args:
            folder: Holds the office's home, profile and working files; no other converter may use it.
            program: LibreOffice; by default the one that the system finds.
            python: An interpreter that can import ``uno``; by default whichever is found to.
            seed: A profile to begin with, that has been started before.
            documents_per_office: After how many an office is ended and a new one started.
        """
        self._folder = folder
        self._program = program
        self._python = python
        self._seed = seed
        self._documents_per_office = documents_per_office
        self._session: _Session | None = None
        self._converted = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the office now, so that the first conversion finds it warm.

        Raises:
            Unavailable: LibreOffice or its Python bridge is not installed, or does not start.
        """
        if self._session is None:
            office, python = _office_command(self._program), _bridge_python(self._python)
            self._session = _start(office, python, self._folder, self._seed)
            self._converted = 0
            atexit.register(self.close)

    def close(self) -> None:
        """End the office and everything it started; can be called at any time, and again."""
        session, self._session = self._session, None
        if session is not None:
            session.end()
            atexit.unregister(self.close)

    def convert(self, documents: Sequence[bytes], *, deadline_seconds: float) -> list[bytes | ConversionFailed]:
        """Convert documents one after another; a bad one costs only itself.

        A document during which the office crashes or hangs is tried once more with a new office, for that may not have
        been its fault.

        Args:
            documents: The bytes of .docx files.
            deadline_seconds: How long one document may take, in seconds, at each of its two tries.

        Returns:
            For each document, in order, the bytes of its PDF or what went wrong.

        Raises:
            Unavailable: LibreOffice does not start.
        """
        return [self._convert(document, office_bridge.SINGLE, deadline_seconds) for document in documents]

    def convert_merged(self, document: bytes, rows: int, *, deadline_seconds: float) -> list[bytes] | ConversionFailed:
        """Convert what `CompiledTemplate.merge` gave, once, and cut the PDF into one for each row.

        Args:
            document: The bytes of the merged .docx file.
            rows: How many rows were merged.
            deadline_seconds: How long the document may take, in seconds, at each of its two tries.

        Returns:
            The bytes of a PDF for each row, in order; or what went wrong with all of them.

        Raises:
            Unavailable: LibreOffice does not start.
        """
        merged = self._convert(document, office_bridge.MERGED, deadline_seconds)
        if isinstance(merged, ConversionFailed):
            return merged
        try:
            return split_pdf(merged, rows)
        except BrokenMerge as error:
            return ConversionFailed("pdf_merge_broken", f"The rows cannot be told apart in the PDF: {error}")

    def _convert(self, document: bytes, kind: str, deadline_seconds: float) -> bytes | ConversionFailed:
        if not document.startswith(_ZIP):
            return ConversionFailed("pdf_document_refused", "This is not a Word document.")
        for _ in range(_TRIES_PER_DOCUMENT):
            result = self._convert_once(document, kind, deadline_seconds)
            if not isinstance(result, ConversionFailed) or result.code == "pdf_document_refused":
                return result
            # Whatever is left of an office that crashed or hangs is of no use to the next try.
            self.close()
        return result

    def _convert_once(self, document: bytes, kind: str, deadline_seconds: float) -> bytes | ConversionFailed:
        if self._converted >= self._documents_per_office:
            self.close()
        self.start()
        if self._session is None:
            raise Unavailable("LibreOffice is not running.")
        self._converted += 1
        return self._session.convert(document, kind, deadline_seconds)


class _Session:
    """One running office and the bridge to it."""

    def __init__(
        self, office: "subprocess.Popen[bytes]", bridge: "subprocess.Popen[bytes]", folder: Path, pipe: str
    ) -> None:
        self._office = office
        self._bridge = bridge
        self._temporary = folder / "temporary"
        self._pipe = pipe
        self._source = folder / "document.docx"
        self._target = folder / "document.pdf"
        self._heard = b""

    def wait_until_ready(self) -> bool:
        """Wait for the bridge to reach the office; tells whether it did."""
        answer = self._hear(START_SECONDS)
        return isinstance(answer, dict) and "ready" in answer

    def convert(self, document: bytes, kind: str, deadline_seconds: float) -> bytes | ConversionFailed:
        """Convert one document within the deadline."""
        self._target.unlink(missing_ok=True)
        self._source.write_bytes(document)
        request = json.dumps({"source": str(self._source), "target": str(self._target), "kind": kind})
        answer = self._hear(deadline_seconds) if self._say(request) else None
        if isinstance(answer, ConversionFailed):
            return answer
        if answer is None:
            return ConversionFailed("pdf_office_crashed", "LibreOffice crashed on this document.")
        pdf = self._target.read_bytes() if "done" in answer and self._target.exists() else b""
        if not pdf.startswith(_PDF):
            return ConversionFailed("pdf_document_refused", "LibreOffice could not read this document.")
        return pdf

    def end(self) -> None:
        """Kill both process groups and wait for them, so that nothing is left behind."""
        for process in (self._office, self._bridge):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for stream in (self._bridge.stdin, self._bridge.stdout):
            if stream is not None:
                # What was not sent before the bridge died cannot be sent any more.
                with contextlib.suppress(BrokenPipeError):
                    stream.close()
        self._sweep()

    def _sweep(self) -> None:
        """Remove what a killed office leaves behind, so that a worker's small disk does not fill up."""
        self._source.unlink(missing_ok=True)
        self._target.unlink(missing_ok=True)
        shutil.rmtree(self._temporary, ignore_errors=True)
        for socket in _PIPES.glob(f"OSL_PIPE_*_{self._pipe}"):
            socket.unlink(missing_ok=True)

    def _say(self, request: str) -> bool:
        stream = self._bridge.stdin
        if stream is None:
            return False
        try:
            stream.write(request.encode() + b"\n")
            stream.flush()
        except BrokenPipeError:
            return False
        return True

    def _hear(self, seconds: float) -> "dict[str, object] | ConversionFailed | None":
        """The bridge's next line; None when it or the office has died."""
        stream = self._bridge.stdout
        deadline = time.monotonic() + seconds
        while stream is not None and b"\n" not in self._heard:
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return ConversionFailed("pdf_timed_out", f"LibreOffice needed more than {seconds:g} seconds.")
            readable, _, _ = select.select([stream], [], [], min(remaining, _LOOK_SECONDS))
            chunk = os.read(stream.fileno(), 65536) if readable else b""
            if readable and not chunk:
                return None
            if not readable and self._office.poll() is not None:
                return None
            self._heard += chunk
        line, _, self._heard = self._heard.partition(b"\n")
        answer: dict[str, object] = json.loads(line)
        return answer


def _start(office: str, python: str, folder: Path, seed: Path | None) -> _Session:
    """Start an office and its bridge; a fresh profile may make the office end itself once before it stays."""
    for attempt in range(_STARTS):
        for needed in (folder, folder / "home", folder / "temporary"):
            needed.mkdir(parents=True, exist_ok=True, mode=0o700)
        profile = folder / "profile"
        if attempt > 1:
            shutil.rmtree(profile, ignore_errors=True)
        prepare_profile(profile, seed)
        session = _launch(office, python, folder)
        if session.wait_until_ready():
            return session
        session.end()
    raise Unavailable("LibreOffice does not start. Try again later.", code="pdf_office_unavailable")


def _launch(office: str, python: str, folder: Path) -> _Session:
    pipe = f"herald-{uuid.uuid4().hex}"
    environment = _environment(folder)
    running = start_isolated(
        [
            office,
            f"-env:UserInstallation={(folder / 'profile').resolve().as_uri()}",
            "--headless",
            "--invisible",
            "--nologo",
            "--nodefault",
            "--norestore",
            "--nolockcheck",
            "--nofirststartwizard",
            f"--accept=pipe,name={pipe};urp;StarOffice.ComponentContext",
        ],
        environment=environment,
        folder=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    resource.prlimit(running.pid, resource.RLIMIT_CORE, (0, 0))
    resource.prlimit(running.pid, resource.RLIMIT_FSIZE, (_LARGEST_FILE_BYTES, _LARGEST_FILE_BYTES))
    bridge = start_isolated(
        # Isolated (-I): the script's neighbours, such as queue.py, must not hide the standard library from it.
        [python, "-I", office_bridge.__file__, pipe, str(running.pid)],
        environment=environment,
        folder=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    return _Session(running, bridge, folder, pipe)


def _environment(folder: Path) -> dict[str, str]:
    """All that the office needs; above all not the function's own credentials. What asks for a proxy gets nobody."""
    return {
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "temporary"),
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        **dict.fromkeys(("http_proxy", "https_proxy", "ftp_proxy", "all_proxy"), NOWHERE_URL),
        "SAL_USE_VCLPLUGIN": "svp",
        "SAL_NO_MOUSEGRABS": "1",
        # Writer allocates and frees small objects by the million; keeping them at hand saves 7 % of its time.
        "GLIBC_TUNABLES": "glibc.malloc.tcache_count=60000:glibc.malloc.trim_threshold=536870912:"
        "glibc.malloc.top_pad=67108864",
    }


def _office_command(program: str) -> str:
    """The office's own program: its starter scripts leave a child behind when they are killed."""
    found = program or shutil.which("soffice")
    if found is None:
        raise Unavailable("LibreOffice is not installed.", code="pdf_office_unavailable")
    starter = Path(found).resolve()
    beside = starter.with_name("soffice.bin")
    return str(beside if beside.exists() else starter)


@functools.cache
def _bridge_python(named: str) -> str:
    """An interpreter that can import ``uno``: the named one, this one, or the system's."""
    probe = f"import sys; sys.path.append({office_bridge.DISTRIBUTION_PACKAGES!r}); import uno"
    for python in (named, sys.executable, "/usr/bin/python3"):
        if python and subprocess.run([python, "-I", "-c", probe], capture_output=True, check=False).returncode == 0:  # noqa: S603
            return python
    raise Unavailable("LibreOffice's Python bridge (python3-uno) is not installed.", code="pdf_office_unavailable")
