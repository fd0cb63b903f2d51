"""Files written by `trialpress convert`, read by other programs and compared with the CSV files they were made from.

    python3 tests/peers/sample.py FOLDER

Called by tests/peers.rs. A reader that is absent is named and left out. The exit number is 1 when a cell differs.
"""

import csv
import datetime
import json
import math
import pathlib
import sys
import zlib

EPOCH = datetime.date(1960, 1, 1)


def expected(path):
    """Rows of text, number or None, whole number or None, days since 1960 or None."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    number = lambda field: float(field) if field else None
    days = lambda field: float((datetime.date.fromisoformat(field) - EPOCH).days) if field else None
    return [[text, number(value), number(visit), days(date)] for text, value, visit, date in rows]


def plain(value):
    """A cell as text, number or None; dates as days since 1960."""
    if value is None or isinstance(value, float) and math.isnan(value) or type(value).__name__ in ("NaTType", "NAType"):
        return None
    if isinstance(value, datetime.datetime):
        value = value.date()
    if isinstance(value, datetime.date):
        return float((value - EPOCH).days)
    if isinstance(value, str):
        return value
    return float(value)


def of_json(rows):
    """Rows of Dataset-JSON, where a date is ISO text."""
    days = lambda date: None if date is None else float((datetime.date.fromisoformat(date) - EPOCH).days)
    return [[text, plain(value), plain(visit), days(date)] for text, value, visit, date in rows]


def readers():
    """Reader by ending, with its name."""
    found = {
        ".ndjson": [("json", lambda path: of_json([json.loads(line) for line in path.read_text("utf-8").splitlines()[1:]]))],
        ".dsjc": [("zlib", lambda path: of_json([json.loads(line) for line in zlib.decompress(path.read_bytes()).decode().splitlines()[1:]]))],
        ".xpt": [],
        ".parquet": [],
    }
    rows = lambda frame: [[plain(value) for value in row] for row in frame.itertuples(index=False, name=None)]
    try:
        import pyreadstat

        found[".xpt"].append(("pyreadstat", lambda path: rows(pyreadstat.read_xport(path)[0])))
    except ImportError:
        print("**** SKIPPED: pyreadstat is absent ****")
    try:
        import pyarrow.parquet

        table = lambda path: pyarrow.parquet.read_table(path, page_checksum_verification=True)
        found[".parquet"].append(("pyarrow", lambda path: [[plain(v) for v in row.values()] for row in table(path).to_pylist()]))
    except ImportError:
        print("**** SKIPPED: pyarrow is absent ****")
    return found


def same(one, two):
    """Whether two cells are the same; IBM doubles hold 53 to 56 bits, so a double survives them unchanged."""
    return one == two


def main(folder):
    folder = pathlib.Path(folder)
    compared, wrong = 0, []
    for path in sorted(folder.iterdir()):
        for name, read in readers_by_ending.get(path.suffix, []):
            want = expected(folder / (path.name.split(".")[0] + ".csv"))
            have = read(path)
            if len(want) != len(have):
                wrong.append(f"{path.name} by {name}: {len(have)} records instead of {len(want)}")
                continue
            for record, (one, two) in enumerate(zip(want, have)):
                for left, right in zip(one, two):
                    compared += 1
                    if not same(left, right):
                        wrong.append(f"{path.name} by {name}, record {record + 1}: {right!r} instead of {left!r}")
    print(f"{compared} cells compared, {len(wrong)} differ")
    for line in wrong[:20]:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    readers_by_ending = readers()
    sys.exit(main(sys.argv[1]))
