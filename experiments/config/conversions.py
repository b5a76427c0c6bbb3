"""The conversion of files that are not read: a command for each ending, as the end of a sentence."""

from __future__ import annotations

import json
from pathlib import PurePath
from shlex import quote

FRAMES = {  # ending -> how pandas reads it
    **dict.fromkeys((".feather", ".arrow"), "read_feather({})"),
    ".orc": "read_orc({})",
    ".dta": "read_stata({})",
    ".sas7bdat": 'read_sas({}, encoding="infer")',
    ".xpt": 'read_sas({}, encoding="latin-1")',
    ".sav": "read_spss({})",
}
PICKLED = (".h5", ".hdf5", ".pkl", ".pickle", ".joblib", ".pt", ".pth")  # arrays, or what is never unpickled
SPARSE = (".svm", ".svmlight", ".libsvm")
COMPRESSED = (".bz2", ".xz", ".zst", ".lz4", ".7z", ".rar", ".tar", ".tgz")
SHEETS = (".xls", ".xlsb", ".ods", ".numbers")  # the last of Apple's Numbers, which exports it
DATABASES = (".db", ".sqlite", ".sqlite3", ".db3")


def conversion(source: str) -> str:
    """Say how to convert a file that is not read; empty where its ending is not known.

    >>> conversion("b.dta"), conversion("b.xls"), conversion("b.doc")[:1]
    ('make it .parquet by python -c \\'import pandas; pandas.read_stata("b.dta").to_parquet("b.parquet")\\'', \
'save it as .xlsx', '')
    """
    path = PurePath(source.replace("\\", "/"))
    ending, file, table = path.suffix.lower(), _text(path), _text(path.with_suffix(".csv")) if path.name else ""
    if ending in FRAMES:
        code = f"import pandas; pandas.{FRAMES[ending].format(file)}.to_parquet({_text(path.with_suffix('.parquet'))})"
        return f"{'pip install pyreadstat and ' if ending == '.sav' else ''}make it .parquet by {_python(code)}"
    if ending in SPARSE:
        return sparse_conversion(source)
    if ending == ".mat":
        arrays = f'{{k: v for k, v in scipy.io.loadmat({file}).items() if k[0] != "_"}}'
        code = f"import numpy, scipy.io; numpy.savez({_text(path.with_suffix('.npz'))}, **{arrays})"
        return f"make it .npz by {_python(code)}"
    if ending == ".arff":
        plain = "map(lambda v: v.decode() if isinstance(v, bytes) else v)"
        frame = f"pandas.DataFrame(arff.loadarff({file})[0]).{plain}"
        code = f"import pandas; from scipy.io import arff; {frame}.to_csv({table}, index=False)"
        return f"openml:ID reads it from OpenML, or make it .csv by {_python(code)}"
    if ending in DATABASES:
        name = path.with_suffix(".csv").as_posix()
        command = f"sqlite3 -header -csv {quote(str(path))} 'select * from NAME'"  # noqa: S608  # for a person to type
        return f"make it .csv by {command} > {quote(name)}"
    if ending == ".rds":
        return f"make it .csv in R by write.csv(readRDS({file}), {table}, row.names = FALSE)"
    if ending in (".rdata", ".rda"):
        return f"make it .csv in R by load({file}); write.csv(NAME, {table}, row.names = FALSE)"
    if ending in PICKLED:
        saved = path.with_suffix(".npz").name
        return f"save its arrays, as in numpy.savez({saved!r}, X=..., y=...), or a table as .csv"
    others = {**dict.fromkeys(SHEETS, "save it as .xlsx"), **dict.fromkeys(COMPRESSED, "unpack it")}
    return others.get(ending, "")


def sparse_conversion(source: str) -> str:
    """Say how to convert a file of lines such as `1 3:0.5 7:1`, as LIBSVM and SVMlight write them."""
    path = PurePath(source.replace("\\", "/"))
    arrays = f"numpy.savez({_text(path.with_suffix('.npz'))}, X=x.toarray(), y=y)"
    code = f"import numpy, sklearn.datasets as d; x, y = d.load_svmlight_file({_text(path)}); {arrays}"
    return f"make it .npz by {_python(code)}"


def _text(path: PurePath) -> str:
    return json.dumps(str(path), ensure_ascii=False)


def _python(code: str) -> str:
    return f"python -c {quote(code)}"
