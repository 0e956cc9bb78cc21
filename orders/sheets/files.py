"""CSV and XLSX as rows of text. No Django.

What is written is safe to open: a cell that a spreadsheet program would take for a formula begins with an apostrophe;
what is read loses it again. openpyxl is imported where it is used: it is a fifth of what a web process needs to start.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import IO, Any

BOM = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
DELIMITERS = ",;\t|"
ENCODINGS = {
    "ru": "cp1251",
    "ar": "cp1256",
    "he": "cp1255",
    "pl": "cp1250",
}  # of old programs, by the reader's language
Cell = str | int | float | None
Row = Iterable[Cell]
MOST_COLUMNS = 60
LONGEST_CELL = 2000  # characters
MOST_UNPACKED = 300 * 1024 * 1024  # bytes of an XLSX, which is a ZIP
csv.field_size_limit(1024 * 1024)


class Unreadable(Exception):
    """Neither CSV nor XLSX, or broken, or unreasonably large inside."""


def read(content: bytes, *, language: str = "en") -> Iterator[list[str]]:
    """The rows of the first sheet, blank ones too, so that they count as the program counts. Raises Unreadable."""
    return _xlsx(content) if content[:4] == b"PK\x03\x04" else _csv(_text(content, language))


def safe(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def csv_lines(rows: Iterable[Row]) -> str:
    """As RFC 4180 has it: commas, CRLF, quotes where they are needed."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def write_xlsx(rows: Iterable[Row], file: IO[bytes]) -> None:
    """Row by row: what is in memory does not grow with the sheet."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append([_printable(safe(cell)) for cell in row])
    book.save(file)


def _text(content: bytes, language: str) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _decoded(content, "utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decoded(content, ENCODINGS.get(language, "cp1252"))


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable from None


def _csv(text: str) -> Iterator[list[str]]:
    if "\x00" in text:
        raise Unreadable
    heading = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=heading.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield [_plain(cell) for cell in row[:MOST_COLUMNS]]
    except csv.Error:
        raise Unreadable from None


def _xlsx(content: bytes) -> Iterator[list[str]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise Unreadable
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for row in book.worksheets[0].iter_rows(max_col=MOST_COLUMNS, values_only=True):
            yield _without_tail([_plain(_written(cell)) for cell in row])
    except (zipfile.BadZipFile, InvalidFileException, KeyError, IndexError, ValueError, SyntaxError, OSError):
        raise Unreadable from None


def _without_tail(cells: list[str]) -> list[str]:
    """Without the empty cells at the end: a sheet is as wide as somebody once clicked."""
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _written(cell: Any) -> str:
    """A number as one writes it (a telephone number is 79123456789, not 79123456789.0), a day as 2026-11-25."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _plain(cell: str) -> str:
    text = cell.strip()[:LONGEST_CELL]
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA) else text


def _printable(cell: Cell) -> Cell:
    """Without the signs that XML cannot hold."""
    if not isinstance(cell, str):
        return cell
    return "".join(sign for sign in cell if sign in "\t\n\r" or ord(sign) >= 32)
