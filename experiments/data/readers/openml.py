"""A data set of OpenML by its number, as a sheet."""

from __future__ import annotations

import re
import warnings
from typing import Any

from experiments.config.data_options import Data
from experiments.data.raw_table import RawTable, brief, check_size, column_names
from experiments.errors import DataError

DEFAULT_TARGET = "default-target"


def fetched(**query: Any) -> Any:
    """What `fetch_openml` brings, without its warning at each attempt that failed; it raises what that raises."""
    from sklearn.datasets import fetch_openml

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "A network error occurred")
        return fetch_openml(**query)


def read_openml(data: Data) -> tuple[RawTable, Data]:
    """The columns of openml:ID, and [data] with the target that OpenML names where the study names none.

    Raises:
        DataError: it is no number, or the data set cannot be had or has no one target.
    """
    import pyarrow as pa

    number = data.source.removeprefix("openml:")
    if not re.fullmatch(r"[1-9]\d{0,8}", number):
        raise DataError(
            f"data.source: openml: is followed by a data set's number, as in openml:61, but got {number!r}."
        )
    try:
        bunch = fetched(data_id=int(number), as_frame=True, parser="auto", target_column=DEFAULT_TARGET)
    except Exception as error:  # whatever the network, the cache or the server does
        raise DataError(f"data.source: {data.source} cannot be had from OpenML: {brief(error)}.") from None
    frame = bunch.frame
    check_size(data.source, *frame.shape)
    names = column_names(data.source, [str(one) for one in frame.columns])
    if data.target is None:
        targets = [str(one) for one in bunch.target_names or ()]
        if len(targets) != 1:
            raise DataError(f"data.target: {data.source} names {len(targets)} targets; name one of its columns.")
        data = data.model_copy(update={"target": targets[0]})
    table = pa.Table.from_pandas(frame.set_axis(names, axis=1), preserve_index=False)
    declared = frozenset(name for name in names if pa.types.is_dictionary(table.schema.field(name).type))
    columns = dict(zip(names, table.columns, strict=True))
    return RawTable(f"openml-{number}", data.source, columns, lambda row: f"row {row} (from 0)", declared), data
