"""A data set of OpenML by its number, as a raw table."""

from __future__ import annotations

import re
import warnings
from typing import Any

from experiments.config.data_options import DataSection
from experiments.data.raw_table import RawTable, brief, check_size, column_names
from experiments.errors import DataError


def fetched(**query: Any) -> Any:
    """Call scikit-learn's `fetch_openml` without its warning at every failed attempt."""
    from sklearn.datasets import fetch_openml

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "A network error occurred")
        return fetch_openml(**query)


def read_openml(data: DataSection) -> tuple[RawTable, DataSection]:
    """Read the columns of openml:ID, and complete [data] with OpenML's target where the study names none.

    Raises:
        DataError: the ID is not a number, the data set cannot be fetched, or it has no single target.
    """
    import pyarrow as pa

    number = data.source.removeprefix("openml:")
    if not re.fullmatch(r"[1-9]\d{0,8}", number):
        raise DataError(
            f"data.source: openml: must be followed by a data set's number, as in openml:61, but got {number!r}."
        )
    try:
        bunch = fetched(data_id=int(number), as_frame=True, parser="auto")
    except Exception as error:  # whatever the network, the cache or the server does
        raise DataError(f"data.source: {data.source} cannot be fetched from OpenML: {brief(error)}.") from None
    frame = bunch.frame
    check_size(data.source, *frame.shape)
    names = column_names(list(map(str, frame.columns)))
    if data.target is None:
        targets = list(map(str, bunch.target_names or ()))
        if len(targets) != 1:
            raise DataError(
                f"data.target: {data.source} has {len(targets)} default targets; name the column to predict."
            )
        data = data.model_copy(update={"target": targets[0]})
    table = pa.Table.from_pandas(frame.set_axis(names, axis=1), preserve_index=False)
    declared = frozenset(name for name in names if pa.types.is_dictionary(table.schema.field(name).type))
    columns = dict(zip(names, table.columns, strict=True))
    return RawTable(f"openml-{number}", data.source, columns, declared=declared), data
