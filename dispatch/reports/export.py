"""A report as a file for a spreadsheet. No cell is ever a formula there, whoever typed what stands in it."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape

from dispatch.reports.tables import Headline, Table

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
Row = Sequence[str | int | float | None]


def rows(title: str, headlines: Iterable[Headline], tables: Iterable[Table]) -> Iterator[Row]:
    yield [title]
    yield []
    for headline in headlines:
        yield [headline.label, headline.shown, headline.shown_before]
    for table in tables:
        yield []
        yield [table.title]
        yield table.head
        yield from table.rows


def as_csv(content: Iterable[Row]) -> bytes:
    """With a byte-order mark, so that a spreadsheet reads every alphabet."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in content:
        writer.writerow([safe(cell) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_xlsx(content: Iterable[Row]) -> bytes:
    """One sheet. Text is written as text, which no spreadsheet reads as a formula."""
    lines = "".join(f"<row>{''.join(_xml(cell) for cell in row)}</row>" for row in content)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in PARTS.items():
            book.writestr(name, HEAD + text)
        book.writestr(
            "xl/worksheets/sheet1.xml", f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{lines}</sheetData></worksheet>'
        )
    return out.getvalue()


def safe(cell: str | int | float | None) -> str | int | float:
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _xml(cell: str | int | float | None) -> str:
    if isinstance(cell, int | float):
        return f"<c><v>{cell}</v></c>"
    text = "".join(sign for sign in cell or "" if sign.isprintable() or sign in "\t\n")
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TIES = "http://schemas.openxmlformats.org/package/2006/relationships"
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{SHEETS}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{SHEETS}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{TIES}"><Relationship Id="rId1" Type="{KIND}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{MAIN}" xmlns:r="{KIND}"><sheets><sheet name="1" sheetId="1" r:id="rId1"/></sheets>'
        "</workbook>"
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{TIES}"><Relationship Id="rId1" Type="{KIND}/worksheet"'
        ' Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}
