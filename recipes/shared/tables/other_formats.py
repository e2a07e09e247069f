"""Formats of files that are no tables, known by their first bytes."""

EXPORT = "export the table as CSV"
PICKLE = f"a pickle, which may run programs; {EXPORT} or Parquet"
PAGE = "a web page; download the file itself, or save its table as CSV"
NO_TABLES = {  # by their first bytes, in small letters where these are letters
    b"%PDF": f"a PDF; {EXPORT}",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"RIFF": "sound or video",
    b"SQLite format 3": f"a database; {EXPORT}",
    b"\x89HDF": f"HDF5; {EXPORT}",
    b"<!doctype": PAGE,
    b"<html": PAGE,
    b"<table": PAGE,
    b"<?xml": f"XML; {EXPORT}",
    b"Rar!": "an archive; unpack it",
    b"7z\xbc\xaf": "an archive; unpack it",
    b"BZh": "packed; unpack it",
    b"ARROW1": f"an Arrow file, as of Feather; {EXPORT} or Parquet",
    b"FEA1": f"an Arrow file, as of Feather; {EXPORT} or Parquet",
    b"\x80\x02": PICKLE,
    b"\x80\x03": PICKLE,
    b"\x80\x04": PICKLE,
    b"\x80\x05": PICKLE,
    b"\x93NUMPY": f"an array of NumPy; {EXPORT}",
    b"MATLAB": f"a file of MATLAB; {EXPORT}",
    b"$FL2": f"a file of SPSS; {EXPORT}",
    b"\0\0\0\0\0\0\0\0\0\0\0\0\xc2\xea\x81\x60": f"a file of SAS; {EXPORT}",
    b"<stata_dta>": f"a file of Stata; {EXPORT}",
    b"RDX": f"a file of R; {EXPORT}",
    b"X\n\0\0\0": f"a file of R; {EXPORT}",
    b"Obj\x01": f"Avro; {EXPORT}",
    b"ORC": f"ORC; {EXPORT} or Parquet",
    b"{\\rtf": f"a document; {EXPORT}",
    b"\xfd7zXZ": "packed; unpack it",
    b"\x28\xb5\x2f\xfd": "packed; unpack it",
}


def other_format(start: bytes) -> str:
    """Return what a file is by its first 512 bytes, and what to do; empty if a table."""
    head = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for mark, what in NO_TABLES.items():
        if start.startswith(mark) or mark[:1] == b"<" and head.startswith(mark):
            return what
    return "an archive (tar); unpack it" if start[257:262] == b"ustar" else ""
