"""Files: written all or none, never over another's unasked, and told apart."""

import contextlib
import hashlib
import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from analysis.errors import InputError


def check_ending(option: str, path: Path | None, ending: str) -> None:
    """Refuse what ``option`` names where the name says that it is another kind of file. Raises ``InputError``."""
    if path and path.suffix.lower() != ending:
        raise InputError(f"{option}: found {path}; allowed is a name that ends in {ending}, which is what is written")


def check_free(paths: Collection[Path], replace: bool) -> None:
    """Refuse ``paths`` that are there, files only where not ``replace``, and those that cannot be written.

    For before the work. Raises ``InputError``.
    """
    for path in paths:
        if path.is_dir() or (os.path.lexists(path) and not replace):
            raise InputError(f"{path}: found it there already; allowed is a new file, or --force to replace old ones")
    with _hidden(dict.fromkeys(paths, b"")):
        pass


def write_together(contents: Mapping[Path, str | bytes]) -> None:
    """Write each content under a hidden name beside its place, then move all; a failure leaves what was there.

    Raises ``InputError`` where a file cannot be written.
    """
    with _hidden(contents) as hidden:
        for path in contents:
            with writing(path):
                os.replace(hidden[path], path)


@contextlib.contextmanager
def _hidden(contents: Mapping[Path, str | bytes]) -> Iterator[dict[Path, Path]]:
    """Each content under a hidden name beside its place, by its place; in the end what then is left of it is gone."""
    hidden = {path: path.with_name(f".{path.name}.{os.getpid()}") for path in contents}
    parents = {folder for path in contents for folder in path.parents}
    made = sorted((folder for folder in parents if not folder.exists()), reverse=True)
    try:
        for path, content in contents.items():
            with writing(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                hidden[path].write_bytes(content.encode() if isinstance(content, str) else content)
        yield hidden
    finally:
        for path in hidden.values():
            with contextlib.suppress(OSError):
                path.unlink()
        for folder in made:  # innermost first; what now holds something stays
            with contextlib.suppress(OSError):
                folder.rmdir()


@contextlib.contextmanager
def writing(target: Path) -> Iterator[None]:
    """Whatever the disk refuses while ``target`` is written becomes one line, ``InputError``."""
    try:
        yield
    except OSError as error:
        said = os.strerror(error.errno) if error.errno else str(error)
        raise InputError(f"{target}: cannot be written: {said}") from error


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
