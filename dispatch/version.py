"""Which version of the pages' scripts and styles this is."""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

LENGTH = 12


def version_of(folders: Iterable[Path]) -> str:
    """Another one as soon as any file in them is another, has another name, or is gone."""
    digest = sha256()
    for folder in folders:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            digest.update(f"{file.relative_to(folder).as_posix()}\0{file.stat().st_size}\0".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:LENGTH]
