"""The child process that speaks UNO to one running LibreOffice, with nothing but the standard library and ``uno``.

It runs under whichever interpreter can import Debian's ``python3-uno``, which need not be the one Herald runs under, so
it imports nothing of Herald. Started as ``python office_bridge.py <pipe name> <process id of the office>``.

Over standard input comes one JSON object per line, ``{"source": path, "target": path, "kind": SINGLE or MERGED}``; over
standard output goes one per line, ``{"ready": true}`` first, then ``{"done": true}`` or ``{"refused": reason}`` for
each. Whatever breaks the connection to the office ends this process: the parent then starts both anew.
"""

import contextlib
import json
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

DISTRIBUTION_PACKAGES: Final = "/usr/lib/python3/dist-packages"
SINGLE: Final = "single"
# Of many rows: the PDF needs to tell where each begins and ends.
MERGED: Final = "merged"
_POLL_SECONDS: Final = 0.02
# Constants of com.sun.star.document: MacroExecMode.NEVER_EXECUTE and UpdateDocMode.NO_UPDATE.
_NEVER: Final = 0
_JPEG_QUALITY: Final = 90
_PDF_1_7: Final = 17
_LARGE_DOCUMENT_BYTES: Final = 512 * 1024


def main() -> None:
    """Serve requests until standard input ends or the office is gone."""
    pipe, office = sys.argv[1], int(sys.argv[2])
    if DISTRIBUTION_PACKAGES not in sys.path:
        sys.path.append(DISTRIBUTION_PACKAGES)
    requests: queue.Queue[dict[str, str]] = queue.Queue()
    threading.Thread(target=_read_requests, args=(requests, office), daemon=True).start()
    desktop = _connect(pipe)
    _answer({"ready": True})
    while True:
        request = requests.get()
        _answer(_convert(desktop, **request))


def _read_requests(requests: "queue.Queue[dict[str, str]]", office: int) -> None:
    """Queue what comes in; when the parent is gone, end the office even if it hangs, and this process with it."""
    for line in sys.stdin:
        requests.put(json.loads(line))
    with contextlib.suppress(ProcessLookupError):
        os.killpg(office, signal.SIGKILL)
    os._exit(0)


def _answer(answer: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _connect(pipe: str) -> Any:  # noqa: ANN401 - UNO objects have no types in Python
    """Wait until the office listens; the parent holds the deadline."""
    import uno
    from com.sun.star.connection import NoConnectException

    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    while True:
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except NoConnectException:
            time.sleep(_POLL_SECONDS)


def _convert(desktop: Any, source: str, target: str, kind: str) -> dict[str, object]:  # noqa: ANN401 - as above
    import uno
    from com.sun.star.uno import Exception as OfficeException

    load = {
        "Hidden": True,
        "ReadOnly": True,
        # Without a filter's name the office would guess, and open web pages and text files as documents.
        "FilterName": "MS Word 2007 XML",
        "MacroExecutionMode": _NEVER,
        "UpdateDocMode": _NEVER,
    }
    try:
        document = desktop.loadComponentFromURL(Path(source).as_uri(), "_blank", 0, _properties(load))
    except OfficeException as error:
        return _refused(desktop, error)
    if document is None:
        return {"refused": "the office gave no document"}
    pdf = {
        "UseTaggedPDF": False,
        "SelectPdfVersion": _PDF_1_7,
        "ExportBookmarks": False,
        "ExportBookmarksToPDFDestination": kind == MERGED,
        "ExportFormFields": False,
        "ExportNotes": False,
        "Quality": _JPEG_QUALITY,
        # Pictures are drawn anew for every page to make them smaller: that costs a quarter of the time of a report
        # with a logo, and is only worth it where there is much to be saved.
        "ReduceImageResolution": Path(source).stat().st_size > _LARGE_DOCUMENT_BYTES,
    }
    data = uno.Any("[]com.sun.star.beans.PropertyValue", _properties(pdf))
    try:
        document.storeToURL(Path(target).as_uri(), _properties({"FilterName": "writer_pdf_Export", "FilterData": data}))
    except OfficeException as error:
        return _refused(desktop, error)
    finally:
        # A document that cannot be closed belongs to an office that is going down, which shows by itself.
        with contextlib.suppress(OfficeException):
            document.close(True)  # noqa: FBT003 - UNO knows no keyword arguments
    return {"done": True}


def _properties(values: Mapping[str, object]) -> tuple[Any, ...]:
    from com.sun.star.beans import PropertyValue

    return tuple(PropertyValue(name, 0, value, 0) for name, value in values.items())


def _refused(desktop: Any, error: Exception) -> dict[str, object]:  # noqa: ANN401 - as above
    """What the office said of a document, if it is still there to say more; otherwise this process ends."""
    # A dying office shows as one of several exceptions, none of which is the document's fault: so ask it again.
    desktop.supportsService("")
    return {"refused": f"{type(error).__name__}: {error}"[:500]}


if __name__ == "__main__":
    main()
