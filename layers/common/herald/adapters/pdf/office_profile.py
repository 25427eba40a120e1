"""The settings LibreOffice runs with: no macros, no links followed, nothing fetched, nothing asked."""

import shutil
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape, quoteattr

_COMMON: Final = "/org.openoffice.Office.Common"
_SECURITY: Final = f"{_COMMON}/Security/Scripting"
# The highest of LibreOffice's four levels: only macros from trusted places, of which there are none.
_VERY_HIGH: Final = 3
_NEVER: Final = 0
_MANUAL_PROXY: Final = 2
# The discard port (RFC 863) of the machine itself: whatever would go out by HTTP ends there.
_NOWHERE: Final = ("127.0.0.1", 9)
NOWHERE_URL: Final = f"http://{_NOWHERE[0]}:{_NOWHERE[1]}"
"""The same for programs that read the proxy from their environment."""

_SETTINGS: Final[tuple[tuple[str, str, bool | int | str], ...]] = (
    (_SECURITY, "BlockUntrustedRefererLinks", True),
    (_SECURITY, "DisableActiveContent", True),
    (_SECURITY, "DisableMacrosExecution", True),
    (_SECURITY, "MacroSecurityLevel", _VERY_HIGH),
    (_SECURITY, "CheckDocumentEvents", False),
    (_SECURITY, "WarnSaveOrSendDoc", False),
    ("/org.openoffice.Office.Writer/Content/Update", "Link", _NEVER),
    ("/org.openoffice.Inet/Settings", "ooInetProxyType", _MANUAL_PROXY),
    *(("/org.openoffice.Inet/Settings", f"ooInet{kind}ProxyName", _NOWHERE[0]) for kind in ("HTTP", "HTTPS", "FTP")),
    *(("/org.openoffice.Inet/Settings", f"ooInet{kind}ProxyPort", _NOWHERE[1]) for kind in ("HTTP", "HTTPS", "FTP")),
    (
        "/org.openoffice.Office.Jobs/Jobs/org.openoffice.Office.Jobs:Job['UpdateCheck']/Arguments",
        "AutoCheckEnabled",
        False,
    ),
    ("/org.openoffice.Office.Recovery/AutoSave", "Enabled", False),
    ("/org.openoffice.Office.Recovery/RecoveryInfo", "Enabled", False),
    # What Writer does beside the work while somebody types: nobody does.
    ("/org.openoffice.Office.Linguistic/SpellChecking", "IsSpellAuto", False),
    ("/org.openoffice.Office.Linguistic/GrammarChecking", "IsAutoCheck", False),
    ("/org.openoffice.Office.Writer/AutoFunction/Completion", "Enable", False),
    ("/org.openoffice.Office.Writer/AutoFunction/Completion", "CollectWords", False),
    (f"{_COMMON}/Undo", "Steps", 0),
    (f"{_COMMON}/Misc", "FirstRun", False),
    (f"{_COMMON}/Misc", "CollectUsageInformation", False),
    (f"{_COMMON}/Misc", "CrashReport", False),
    (f"{_COMMON}/Misc", "UseLocking", False),
    (f"{_COMMON}/Misc", "UseOpenCL", False),
    (f"{_COMMON}/History", "PickListSize", 0),
    ("/org.openoffice.Setup/Office", "OfficeRestartInProgress", False),
)


def prepare_profile(profile: Path, seed: Path | None) -> None:
    """Make the profile ready to start with: copied from a seed or written anew, hardened, without old locks and fonts.

    Args:
        profile: The profile's folder; made if it is not there.
        seed: A profile that has been started before, which makes the first start faster, or None.
    """
    if not profile.exists() and seed is not None and seed.is_dir():
        shutil.copytree(seed, profile)
    settings = profile / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True, exist_ok=True)
    # Written at every start: an office that was killed while saving its settings must not come back without them.
    settings.write_text(_registry(), encoding="utf-8")
    for lock in (profile / ".lock", profile / "user" / ".lock"):
        lock.unlink(missing_ok=True)
    _refuse_embedded_fonts(profile)


def _refuse_embedded_fonts(profile: Path) -> None:
    """Where LibreOffice puts the fonts of a document, for itself and all later documents, stands a file in its way."""
    place = profile / "user" / "temp" / "embeddedfonts"
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.touch()


def _registry() -> str:
    items = "".join(_item(*setting) for setting in _SETTINGS)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"{items}</oor:items>\n"
    )


def _item(path: str, name: str, value: bool | int | str) -> str:  # noqa: FBT001 - a setting's value, not a switch
    text = str(value).lower() if isinstance(value, bool) else escape(str(value))
    return (
        f'<item oor:path={quoteattr(path)}><prop oor:name={quoteattr(name)} oor:op="fuse">'
        f"<value>{text}</value></prop></item>"
    )
