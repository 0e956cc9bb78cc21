"""A report as a file for a spreadsheet. No cell is ever a formula there, whoever typed what stands in it."""

import io
from collections.abc import Iterable, Iterator

from dispatch.reports.tables import Headline, Table
from orders.sheets import files
from orders.sheets.files import Row


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
    return files.BOM.encode() + files.csv_lines(content).encode()


def as_xlsx(content: Iterable[Row]) -> bytes:
    """One sheet. Figures are figures, text is text, which no spreadsheet reads as a formula."""
    out = io.BytesIO()
    files.write_xlsx(content, out)
    return out.getvalue()
