"""Sound files of the office's own music, where the PBX's folder of them is ours to write (MUSIC_DIR)."""

import subprocess
import sys
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch.audit import journal, verbs
from dispatch.staff.models import Person
from dispatch.staff.refusal import Refused
from telephony import music_file
from telephony.models import HoldMusic
from telephony.services import examinations

PATIENCE = 120  # seconds that a conversion may take
LONGEST_NAME = 40

verbs.register(
    {
        "music.added": gettext_lazy("added a file of music"),
        "music.removed": gettext_lazy("removed a file of music"),
    }
)


def can_be_added() -> bool:
    return bool(settings.MUSIC_DIR)


def names() -> list[str]:
    """Of the files that are there."""
    folder = _folder()
    return sorted(path.name for path in folder.glob("*.wav")) if folder and folder.is_dir() else []


def add(*, upload: UploadedFile, actor: Person) -> str:
    """Convert it and lay it there; one of the same name is replaced. Then the PBX is examined. Raises Refused."""
    folder = _folder()
    if folder is None:
        raise Refused(_("Files cannot be added here: MUSIC_DIR names no folder."))
    if (upload.size or 0) > settings.MUSIC_UPLOAD_MB * 1_000_000:
        raise Refused(_("The file is larger than %(most)s MB.") % {"most": settings.MUSIC_UPLOAD_MB})
    name = f"{slugify(Path(upload.name or '').stem)[:LONGEST_NAME] or 'music'}.wav"
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".", suffix=".upload") as given:
            for piece in upload.chunks():
                given.write(piece)
            given.flush()
            made = folder / f".{name}.made"
            _convert(given.name, made)
            made.chmod(0o644)  # the PBX is another user
            made.replace(folder / name)
    except OSError as error:
        raise Refused(_("The folder of music cannot be written to.")) from error
    _changed("music.added", name, actor)
    return name


def remove(*, name: str, actor: Person) -> None:
    """What is not there is no trouble; the last one stays, since an empty class is silence. Raises Refused."""
    folder = _folder()
    if folder is None or name not in names():
        return
    if names() == [name]:
        raise Refused(_("This is the last file: callers would hear silence. Add another one first."))
    try:
        (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise Refused(_("The folder of music cannot be written to.")) from error
    _changed("music.removed", name, actor)


def _folder() -> Path | None:
    return Path(settings.MUSIC_DIR) if settings.MUSIC_DIR else None


def _convert(source: str, target: Path) -> None:
    try:
        done = subprocess.run(  # noqa: S603  our own module, and names that we made
            [sys.executable, "-m", "telephony.music_file", source, str(target)],
            cwd=settings.BASE_DIR,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Refused(_("The file takes too long to convert. Make it shorter.")) from error
    if done.returncode == music_file.TOO_LONG:
        raise Refused(_("The music is longer than %(most)s minutes.") % {"most": music_file.SECONDS // 60})
    if done.returncode:
        raise Refused(_("This is no WAV file that can be read (PCM, 8 to 192 kHz). Convert it, and try again."))


def _changed(verb: str, name: str, actor: Person) -> None:
    music, _made = HoldMusic.objects.get_or_create(pk=1)
    journal.record(actor, verb, music, file=name)
    examinations.ask(actor=actor)
