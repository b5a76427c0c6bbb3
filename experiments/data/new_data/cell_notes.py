"""Notes on the cells of new rows: those that do not fit their column, and what training had not."""

from __future__ import annotations

from experiments.data.formats.unread_cells import UnreadCells
from experiments.data.new_data.learnt_ranges import OutsideRanges
from experiments.data.new_data.row_format import RowFormat
from experiments.data.new_data.unknown_categories import UnknownCategories
from experiments.data.raw_table import shown


class CellNotes:
    """Notes on the cells of new rows, which come in chunks.

    Args:
        form: the form in which the model takes rows.

    written:    column -> its format, of those that are written otherwise than in training.
    zones:      lines about zones of times, which training had not, or had.
    unread:     the cells that are missing because they do not fit their column.
    categories: the categories of the rows, beside those of training.
    ranges:     the numbers and dates of the rows, beside those of training.
    """

    def __init__(self, form: RowFormat):
        self.written: dict[str, str] = {}
        self.zones: list[str] = []
        self.unread = UnreadCells()
        self.categories = UnknownCategories(form.categories, form.pooled)
        self.ranges = OutsideRanges(form.ranges, dict(form.inputs), form.formats)

    def lines(self) -> list[str]:
        """Return a line for each thing that is to be said of the rows so far."""
        unread = [self.unread.note()] if self.unread.count else []
        said = ", ".join(f"{shown(name)} as {form}" for name, form in self.written.items())
        written = [f"written otherwise than in training, and read so: {said}"] if said else []
        known = [*self.categories.respelled(), *self.categories.unknown(), *self.ranges.lines()]
        return [*written, *self.zones, *known, *unread]
