"""Dataset-JSON against Python: plain json (and gzip, zlib, pandas) on generated tables, both ways.

    dataset_json.py make FOLDER [TABLES]   writes tables to FOLDER/in: .json, .ndjson and .dsjc (zlib and gzip in turn)
    (then have every file of FOLDER/in converted to FOLDER/out/NAME.json, NAME.ndjson and NAME.dsjc)
    dataset_json.py compare FOLDER         holds FOLDER/out against FOLDER/in, value by value
    dataset_json.py validate SCHEMA FILE…  holds files against the JSON Schema of the standard (needs jsonschema)

What is compared: names, labels, types, lengths, formats, keys, and each value: numbers bit by bit, texts without
trailing blanks, dates and times as their ISO text. Seeded: the same tables each time. pandas is used where it is
installed, as a second reader of the shape and the texts that were written, and its absence is said.
"""

import datetime
import gzip
import io
import json
import math
import pathlib
import random
import struct
import sys
import zlib

TYPES = [
    ("string", None), ("string", None), ("URI", None), ("integer", None), ("float", None), ("double", None),
    ("decimal", "decimal"), ("boolean", None), ("date", None), ("datetime", None), ("time", None),
    ("date", "integer"), ("datetime", "integer"), ("time", "integer"),
]
CHARACTERS = "abcXYZ 019,;\"'\\/\n\t\x01\x1b\x7fµé→中😀\u2028\u202e\u0301"


def number(dice):
    """A finite double: of any bits, or of the sorts that data hold."""
    sort = dice.randrange(6)
    if sort == 0:
        value = struct.unpack("<d", dice.randbytes(8))[0]
        return value if math.isfinite(value) else 0.5
    if sort == 1:
        return round(dice.uniform(-1000, 1000), dice.randrange(5))
    return [dice.gauss(0, 1), float(dice.randrange(-10**6, 10**6)), 5e-324, 1.7976931348623157e308][sort - 2]


def clock(dice):
    text = f"{dice.randrange(24):02}:{dice.randrange(60):02}:{dice.randrange(60):02}"
    return text if dice.random() < 0.5 else f"{text}.{dice.randrange(1, 1000):03}"


def value(dice, kind, target):
    if dice.random() < 0.15:
        return None
    if kind in ("string", "URI"):
        return "".join(dice.choice(CHARACTERS) for _ in range(dice.randrange(12)))
    if kind == "integer":
        return dice.choice([dice.randrange(-100, 100), 2**53, -(2**53), 0])
    if kind in ("float", "double"):
        return number(dice)
    if kind == "decimal":
        return repr(round(dice.uniform(-1000, 1000), dice.randrange(1, 12)))
    if kind == "boolean":
        return dice.random() < 0.5
    day = (datetime.date(1, 1, 1) + datetime.timedelta(days=dice.randrange(3652059))).isoformat()
    text = {"date": day, "datetime": f"{day}T{clock(dice)}", "time": clock(dice)}[kind]
    if target is None:
        text = text[: dice.choice([4, 7, 10, 100])] if kind != "time" else text[: dice.choice([2, 5, 100])]
    return text


def table(dice, name):
    columns = []
    for at in range(dice.randrange(1, 12)):
        kind, target = dice.choice(TYPES)
        column = {"itemOID": f"IT.{name}.V{at}", "name": f"V{at}", "label": f"Label µ {at}", "dataType": kind}
        if target:
            column["targetDataType"] = target
        if kind == "string" and dice.random() < 0.5:
            column["length"] = 20
        if target == "integer" and dice.random() < 0.5:
            column["displayFormat"] = {"date": "DATE9.", "datetime": "DATETIME20.", "time": "TIME8."}[kind]
        if dice.random() < 0.3:
            column["keySequence"] = at + 1
        columns.append(column)
    records = dice.choice([0, 1, 2, dice.randrange(40)])
    rows = [[value(dice, c["dataType"], c.get("targetDataType")) for c in columns] for _ in range(records)]
    head = {
        "datasetJSONCreationDateTime": "2024-06-30T12:00:00Z", "datasetJSONVersion": "1.1", "fileOID": "F",
        "itemGroupOID": f"IG.{name}", "records": records, "name": name, "label": "A label", "columns": columns,
    }
    return head, rows


def make(folder, tables):
    (folder / "in").mkdir(parents=True, exist_ok=True)
    for at in range(tables):
        dice = random.Random(at)
        name = f"T{at:05}"
        head, rows = table(dice, name)
        plain = at % 2 == 0
        dump = (lambda x: json.dumps(x)) if plain else (lambda x: json.dumps(x, ensure_ascii=False, separators=(",", ":")))
        lines = "\n".join([dump(head), *map(dump, rows)]) + ("\n" if at % 5 else "")
        target = folder / "in" / name
        match at % 4:
            case 0:
                target.with_suffix(".json").write_text(dump(head | {"rows": rows}), "utf-8")
            case 1:
                target.with_suffix(".ndjson").write_text(lines, "utf-8")
            case 2:
                target.with_suffix(".dsjc").write_bytes(zlib.compress(lines.encode()))
            case _:
                target.with_suffix(".dsjc").write_bytes(gzip.compress(lines.encode()))
    print(f"{tables} tables in {folder / 'in'}")


def load(path):
    if path.suffix == ".json":
        head = json.loads(path.read_text("utf-8"))
        return head, head.pop("rows", [])
    data = path.read_bytes()
    if path.suffix == ".dsjc":
        data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else zlib.decompress(data)
    lines = [json.loads(line) for line in data.decode().split("\n") if line]
    return lines[0], lines[1:]


def lines_of(path):
    """The rows of a file of lines, without the metadata."""
    return path.read_text("utf-8").split("\n", 1)[1]


def canonical(value, column):
    """A value as it must come back: missing when nothing but blanks, moments to the millisecond without end zeros."""
    kind = column["dataType"]
    if value is None or isinstance(value, str) and not value.rstrip(" "):
        return None
    if isinstance(value, bool):
        return value
    if kind == "decimal":
        return float(value) + 0.0
    if isinstance(value, (int, float)):
        return float(value) + 0.0
    if column.get("targetDataType") == "integer" and "." in value:
        return value.rstrip("0").rstrip(".")
    return value.rstrip(" ")


def same(left, right):
    if isinstance(left, float) and isinstance(right, float):
        return struct.pack("<d", left) == struct.pack("<d", right)
    return left == right and type(left) is type(right)


def compare(folder):
    try:
        import pandas
    except ImportError:
        pandas = None
        print("SKIPPED: pandas is not installed")
    files = values = wrong = seen = refused = 0
    for source in sorted((folder / "in").iterdir()):
        head, rows = load(source)
        for suffix in (".json", ".ndjson", ".dsjc"):
            path = folder / "out" / (source.stem + suffix)
            files += 1
            if not path.exists():
                print("missing", path)
                wrong += 1
                continue
            other, back = load(path)
            keys = [c["name"] for c in sorted((c for c in head["columns"] if "keySequence" in c), key=lambda c: c["keySequence"])]
            keys_back = [c["name"] for c in sorted((c for c in other["columns"] if "keySequence" in c), key=lambda c: c["keySequence"])]
            plain = lambda cs: [{k: v for k, v in c.items() if k != "keySequence"} for c in cs]
            agree = (
                plain(head["columns"]) == plain(other["columns"]) and keys == keys_back
                and all(head[k] == other[k] for k in ("records", "name", "label")) and len(rows) == len(back)
            )
            for row, row_back in zip(rows, back):
                for column, left, right in zip(head["columns"], row, row_back, strict=True):
                    values += 1
                    if not same(canonical(left, column), canonical(right, column)):
                        agree = False
                        print(path.name, column["name"], column["dataType"], repr(left), repr(right))
            if pandas is not None and suffix == ".ndjson" and back:
                try:
                    read = pandas.read_json(io.StringIO(lines_of(path)), lines=True, dtype=False, precise_float=True)
                except ValueError:
                    refused += 1  # numbers at the end of the range, which its decoder does not know
                else:
                    texts = [at for at, c in enumerate(other["columns"]) if c["dataType"] in ("string", "URI")]
                    agree &= read.shape == (len(back), len(other["columns"]))
                    agree &= all([v if isinstance(v, str) else None for v in read[at]] == [r[at] for r in back] for at in texts)
                    seen += 1
            wrong += not agree
    print(f"{files} files, {values} values, {wrong} files differ; pandas read {seen} and could not read {refused}")
    return wrong


def validate(schema, paths):
    import jsonschema

    schema = json.loads(pathlib.Path(schema).read_text("utf-8"))
    lines = dict(schema, properties={k: v for k, v in schema["properties"].items() if k != "rows"})
    check = jsonschema.Draft201909Validator(schema)
    check_lines = jsonschema.Draft201909Validator(lines)
    wrong = 0
    for path in map(pathlib.Path, paths):
        head, rows = load(path)
        errors = list((check if path.suffix == ".json" else check_lines).iter_errors(head | ({"rows": rows} if path.suffix == ".json" else {})))
        for error in errors[:3]:
            print(path.name, error.message[:200])
        wrong += bool(errors)
    print(f"{len(paths)} files, {wrong} not valid")
    return wrong


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["make", folder, *count]:
            make(pathlib.Path(folder), int(count[0]) if count else 1000)
        case ["compare", folder]:
            sys.exit(compare(pathlib.Path(folder)) > 0)
        case ["validate", schema, *paths]:
            sys.exit(validate(schema, paths) > 0)
        case _:
            sys.exit(__doc__)
