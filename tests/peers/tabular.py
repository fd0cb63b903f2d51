#!/usr/bin/env python3
"""Parquet and CSV of trialpress against pyarrow and pandas.

    TABULAR=FOLDER cargo test --release --lib -- --ignored peers::write
    python3 tests/peers/tabular.py FOLDER
    TABULAR=FOLDER cargo test --release --lib -- --ignored peers::read

The first writes tables to FOLDER/ours; this reads them with pyarrow and pandas, compares them with the JSON beside
them, and writes tables of its own to FOLDER/theirs, which the last reads. Numbers are compared by their bits.
"""

import csv
import datetime
import decimal
import json
import random
import struct
import sys
from pathlib import Path

try:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError as missing:
    sys.exit(f"SKIPPED: {missing}")

EPOCH = datetime.date(1970, 1, 1)
TABLES = 2000


def bits(value):
    return None if value is None else struct.pack(">d", value).hex()


def from_bits(value):
    return None if value is None else struct.unpack(">d", bytes.fromhex(value))[0]


def ours(folder):
    wrong = tables = 0
    while (folder / f"{tables}.json").exists():
        dump = json.loads((folder / f"{tables}.json").read_text())
        table = pq.read_table(folder / f"{tables}.parquet", page_checksum_verification=True)
        frame = pd.read_parquet(folder / f"{tables}.parquet")
        words = json.loads(table.schema.metadata[b"trialpress"])
        assert len(frame) == table.num_rows
        texts = read_csv(folder / f"{tables}.csv")
        for at, column in enumerate(dump["columns"]):
            name, kind, values = column["name"], column["kind"], column["values"]
            arrow = table.column(name)
            types = {"number": pa.float64(), "text": pa.string(), "date": pa.date32(), "datetime": pa.timestamp("ms")}
            if arrow.type != types[kind] or words["variables"][at]["label"] != column["label"]:
                wrong += 1
                print(tables, name, arrow.type, words["variables"][at])
            found = arrow.cast({"date": pa.int32(), "datetime": pa.int64()}.get(kind, arrow.type)).to_pylist()
            found = [bits(value) for value in found] if kind == "number" else found
            if found != values:
                wrong += 1
                print(tables, name, "Parquet", found, values)
            special = dict(map(tuple, words["variables"][at].get("special", [])))
            plain = [as_text(kind, value, special.get(row)) for row, value in enumerate(values)]
            fields = [line[at] for line in texts[1:]]
            fields = [bits(float(f)) if kind == "number" and f and f[0] != "." else f for f in fields]
            if fields != plain:
                wrong += 1
                print(tables, name, "CSV", fields, plain)
            if kind == "text" and len(dump["columns"]) > 1:
                frame_csv = pd.read_csv(folder / f"{tables}.csv", dtype=str, keep_default_na=False, na_values=[""])
                pandas_values = [None if pd.isna(v) else v for v in frame_csv[name].tolist()]
                if pandas_values != values:
                    wrong += 1
                    print(tables, name, "CSV by pandas", pandas_values, values)
        tables += 1
    print(f"ours: {tables} tables read by pyarrow, pandas and csv, {wrong} differences")
    return wrong


def read_csv(path):
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.reader(lines, strict=True))


def as_text(kind, value, letter):
    if value is None:
        return f".{letter}" if letter else ""
    if kind == "date":
        return iso(value)
    if kind == "datetime":
        day, rest = divmod(value, 86_400_000)
        text = f"{iso(day)}T{rest // 3_600_000:02}:{rest // 60_000 % 60:02}:{rest // 1000 % 60:02}"
        return text + (f".{rest % 1000:03}" if rest % 1000 else "")
    return value


def iso(day):
    return (EPOCH + datetime.timedelta(days=day)).isoformat()


def theirs(folder, seed):
    """Tables as pyarrow and pandas write them, in every type and option that means one of our kinds."""
    folder.mkdir(exist_ok=True)
    draw = random.Random(seed)
    for at in range(TABLES):
        records = draw.choice([0, 1, 2, 7, 40])
        arrays, fields, dump = [], [], []
        for number in range(draw.randint(1, 6)):
            kind, values, array = column(draw, records)
            label = draw.choice(["", "a label", "µ, \"x\""])
            fields.append(pa.field(f"V{number}", array.type, metadata={"label": label} if label else None))
            arrays.append(array)
            dump.append({"name": f"V{number}", "kind": kind, "label": label, "values": values})
        table = pa.Table.from_arrays(arrays, schema=pa.schema(fields))
        pq.write_table(
            table,
            folder / f"{at}.parquet",
            row_group_size=draw.choice([1, 3, 100]),
            compression=draw.choice(["NONE", "SNAPPY", "GZIP", "ZSTD", "BROTLI", "LZ4"]),
            use_dictionary=draw.random() < 0.5,
            data_page_version=draw.choice(["1.0", "2.0"]),
            version=draw.choice(["1.0", "2.4", "2.6"]),
            write_page_checksum=draw.random() < 0.5,
            write_page_index=draw.random() < 0.5,
            write_statistics=draw.random() < 0.8,
            store_schema=any(f.metadata for f in fields) or draw.random() < 0.5,
        )
        frame = pd.DataFrame({c["name"]: pd.Series([field(c["kind"], v) for v in c["values"]], dtype=object) for c in dump})
        end = draw.choice(["\n", "\r\n"])
        quoting = draw.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
        frame.to_csv(folder / f"{at}.csv", index=False, lineterminator=end, quoting=quoting, encoding=draw.choice(["utf-8", "utf-8-sig"]))
        (folder / f"{at}.json").write_text(json.dumps({"columns": dump}))
    print(f"theirs: {TABLES} tables written by pyarrow and pandas, seed {seed}")


def field(kind, value):
    if value is None:
        return None
    return repr(from_bits(value)) if kind == "number" else as_text(kind, value, None)


def column(draw, records):
    sort = draw.choice(["double", "float", "int", "small", "decimal", "text", "dictionary", "date", "datetime"])
    nulls = [draw.random() < 0.2 for _ in range(records)]
    values = [None if null else one(draw, sort) for null in nulls]
    if sort == "double":
        return "number", [bits(v) for v in values], pa.array(values, pa.float64())
    if sort == "float":
        values = [None if v is None else struct.unpack("f", struct.pack("f", v))[0] for v in values]
        return "number", [bits(v) for v in values], pa.array(values, pa.float32())
    if sort == "int":
        of = draw.choice([pa.int32(), pa.int64(), pa.uint32(), pa.uint64()])
        return "number", [bits(v and float(v)) if v != 0 else bits(0.0) for v in values], pa.array(values, of)
    if sort == "small":
        of = draw.choice([pa.int8(), pa.int16(), pa.uint8(), pa.uint16()])
        return "number", [bits(None if v is None else float(v)) for v in values], pa.array(values, of)
    if sort == "decimal":
        scale = draw.randint(0, 4)
        values = [None if v is None else decimal.Decimal(v).scaleb(-scale) for v in values]
        of = draw.choice([pa.decimal128(9, scale), pa.decimal128(18, scale), pa.decimal128(30, scale)])
        return "number", [bits(None if v is None else float(v) + 0.0) for v in values], pa.array(values, of)
    if sort == "text":
        of = draw.choice([pa.string(), pa.large_string(), pa.string_view()])
        return "text", values, pa.array(values, of)
    if sort == "dictionary":
        return "text", values, pa.array(values, pa.string()).dictionary_encode()
    if sort == "date":
        return "date", values, pa.array(values, pa.int32()).cast(pa.date32())
    unit = draw.choice([("ms", 1), ("us", 1000)])
    scaled = [None if v is None else v * unit[1] for v in values]
    return "datetime", values, pa.array(scaled, pa.int64()).cast(pa.timestamp(unit[0]))


def one(draw, sort):
    if sort in ("double", "float"):
        return draw.choice([draw.uniform(-1e6, 1e6), draw.gauss(0, 1), float(draw.randint(-99, 99)) + 0.0, 1e-20])
    if sort == "int":
        return draw.randint(0, 2**31 - 1)
    if sort == "small":
        return draw.randint(0, 127)
    if sort == "decimal":
        return draw.randint(-(10**8), 10**8)
    if sort == "date":
        return draw.randint(-700_000, 2_900_000)
    if sort == "datetime":
        return draw.randint(-60_000_000_000_000, 250_000_000_000_000)
    text = "".join(draw.choice("ABC abc,\"\n;'=+µ末01") for _ in range(draw.randint(1, 20))).rstrip(" ")
    return text or "x"


if __name__ == "__main__":
    root = Path(sys.argv[1])
    differences = ours(root / "ours")
    theirs(root / "theirs", 20261123)
    sys.exit(differences > 0)
