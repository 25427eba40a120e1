"""Herald once, end to end: `python -m local.demo` (or `make demo`).

A clinic signs up, uploads a Word template and a workbook of 25 people, watches the PDFs being made, sends each person a
text, and one of them opens theirs. Everything runs here: the AWS engine and the carrier are local.
"""

import shutil
import sys
import time
from pathlib import Path

import openpyxl
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from local.demo.client import DemoFailed, Organisation, Person, link_mailed_to, texts_sent_to
from local.samples.template import write_sample_template
from local.samples.workbook import write_sample_workbook
from local.stack.addresses import free_ports
from local.stack.running import STATE, RunningStack, running_stack

FOLDER = STATE / "demo"
STACK_FOLDER = STATE / "demo-stack"
EMAIL = "results@greenfield.example"
PASSWORD = "results-for-everyone"  # noqa: S105 - of a tenant that lives for a minute, on this machine

console = Console(highlight=False, soft_wrap=True)
"""Lines are not broken here, so that a link in one can be copied or followed; the terminal folds what is too long."""


def main() -> int:
    """Tell the story; 0 where it ended well."""
    started = time.monotonic()
    FOLDER.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(STACK_FOLDER, ignore_errors=True)
    console.print("[bold]Herald[/]: from a workbook and a Word template to one PDF per person, behind a link.\n")
    try:
        with running_stack(STACK_FOLDER, free_ports()) as stack:
            _say(f"The local stack is up: {stack.api_url}", time.monotonic() - started)
            timings = _tell(stack)
    except DemoFailed as error:
        console.print(f"\n[red]The demo failed:[/] {error}\nLogs: {STACK_FOLDER}/*.log")
        return 1
    _summarise(timings, time.monotonic() - started)
    return 0


def _tell(stack: RunningStack) -> dict[str, str]:
    template, workbook = FOLDER / "letter.docx", FOLDER / "people.xlsx"
    write_sample_template(template)
    write_sample_workbook(workbook)
    clinic = Organisation(stack.api_url)
    clinic.sign_up(EMAIL, PASSWORD, "Greenfield Clinic")
    clinic.confirm_address(link_mailed_to(stack.mail_url, EMAIL))
    _say(f"Signed up as {EMAIL}, and confirmed the address by the link in the mail")
    uploaded = clinic.upload_template(template, "Laboratory results")
    _say(f"Uploaded {_shown(template)}; it asks for {', '.join(uploaded['placeholders'][:6])}, ...")
    batch = clinic.create_batch("Results of November", uploaded["id"])
    began = time.monotonic()
    clinic.upload_workbook(batch["upload_url"], workbook)
    people = _people(workbook)
    _say(f"Uploaded {_shown(workbook)}: {len(people)} people")
    timings = {"PDFs, from the upload to the last one stored": _watch_batch(clinic, batch["id"], len(people), began)}
    timings["Texts, from the request to the last one delivered"] = _watch_deliveries(stack, clinic, batch["id"])
    timings["Opening one: link, password, PDF"] = _open_one(stack, people)
    return timings


def _watch_batch(clinic: Organisation, batch_id: str, people: int, began: float) -> str:
    with _progress() as progress:
        bar = progress.add_task("Making PDFs", total=people)
        for status in clinic.follow_batch(batch_id):
            progress.update(bar, completed=status["progress"]["processed"])
    if status["status"] != "completed" or status["progress"]["failed"]:
        raise DemoFailed(f"The batch ended as {status}")
    return f"{time.monotonic() - began:.1f} s"


def _watch_deliveries(stack: RunningStack, clinic: Organisation, batch_id: str) -> str:
    began = time.monotonic()
    reports = clinic.send_batch(batch_id)
    with _progress() as progress:
        bar = progress.add_task("Sending texts", total=reports)
        for seen in clinic.follow_deliveries(batch_id):
            progress.update(bar, completed=sum(1 for report in seen if report["delivery"]["status"] == "delivered"))
    for report in seen:
        texts = len(texts_sent_to(stack.carrier_url, report["phone"]))
        if texts != 1 or report["delivery"]["status"] != "delivered":
            raise DemoFailed(f"{report['phone']} got {texts} texts; the report says {report['delivery']}")
    _say("Each person got exactly one text")
    return f"{time.monotonic() - began:.1f} s"


def _open_one(stack: RunningStack, people: list[dict[str, str]]) -> str:
    chosen = people[0]
    (text,) = texts_sent_to(stack.carrier_url, chosen["phone"])
    console.print(f"\n  [dim]Text to {text.to}:[/] {text.body}\n")
    began = time.monotonic()
    person = Person(stack.api_url)
    if 'type="password"' not in person.open_page(text):
        raise DemoFailed("The page behind the link asks for no password.")
    pdf = FOLDER / "report.pdf"
    pdf.write_bytes(person.open_report(text, chosen["password"]))
    _say(f"{chosen['name']} opened it with the password: {_shown(pdf)} ({pdf.stat().st_size // 1024} KB)")
    return f"{time.monotonic() - began:.1f} s"


def _people(workbook: Path) -> list[dict[str, str]]:
    """Names, phones and passwords, as whoever made the sheet knows them."""
    rows = openpyxl.load_workbook(workbook, read_only=True, data_only=True).worksheets[0].iter_rows(values_only=True)
    titles = [str(title).lower() for title in next(rows)]
    people = [dict(zip(titles, row, strict=True)) for row in rows]
    return [
        {"name": str(row["name"]), "phone": f"+{str(row['phone']).lstrip('+')}", "password": str(row["password"])}
        for row in people
    ]


def _summarise(timings: dict[str, str], total: float) -> None:
    table = Table(title="How long it took here", title_justify="left", show_header=False, box=None, padding=(0, 2))
    for what, seconds in timings.items():
        table.add_row(what, seconds)
    table.add_row("Everything, the stack's start and stop included", f"{total:.1f} s")
    console.print()
    console.print(table)
    console.print(
        f"\nLook at {_shown(FOLDER / 'report.pdf')}. `make up` keeps Herald running on http://localhost:8080."
    )


def _progress() -> Progress:
    columns = (TextColumn("  {task.description:<14}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console)


def _shown(path: Path) -> str:
    return str(path.relative_to(STATE.parent))


def _say(sentence: str, seconds: float | None = None) -> None:
    console.print(f"  [green]✓[/] {sentence}" + (f" [dim]({seconds:.1f} s)[/]" if seconds is not None else ""))


if __name__ == "__main__":
    sys.exit(main())
