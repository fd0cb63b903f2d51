"""Holds our SAS transport files against pyreadstat and pandas, in both directions, cell by cell.

By hand, since neither is present everywhere; FOLDER is `target/peers/xpt` of the crate whose tests are run:

    python tests/peers/xpt.py make FOLDER 2000 && cargo test --release --lib xpt::tests::peers -- --ignored
    python tests/peers/xpt.py compare FOLDER

`make` writes random tables by pyreadstat with what they hold beside them, for our test to read. `compare` reads the
tables and the dumps of real files that our tests wrote. Numbers are compared by their bits. pyreadstat does not tell
special missing values apart, so that their letters are put into and taken from the bytes of the file here.
"""

import json
import random
import re
import struct
import sys
import warnings
from pathlib import Path

import pandas
import pyreadstat

ENCODINGS = {"utf-8": "UTF-8", "windows-1252": "WINDOWS-1252", "gb18030": "GB18030"}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"


def bits(number):
    """The sixteen hexadecimal digits of a double."""
    return struct.pack(">d", number).hex()


def start(data):
    """Where the records begin."""
    return re.search(rb"HEADER RECORD\*{7}OBS(V8)? .{50}", data, re.DOTALL).start() + 80


def letter(data, row, column, widths):
    """The first byte of a numeric cell."""
    return data[start(data) + row * sum(widths) + sum(widths[:column])]


# ---- tables of theirs ------------------------------------------------------------------------------------------------


def number(dice):
    """A double within the range that ReadStat writes: from 2^249 to the limit of 2^252 it puts the largest number."""
    sort = dice.randrange(4)
    if sort == 0:
        pattern = dice.getrandbits(64) & ~(0x7FF << 52) | dice.randrange(763, 1272) << 52
        return struct.unpack(">d", pattern.to_bytes(8, "big"))[0]
    if sort == 1:
        return dice.randrange(-(10**6), 10**6) / 10 ** dice.randrange(4)
    return float(dice.randrange(-5, 1000)) if sort == 2 else 0.0


def text(dice, longest):
    """Text of no more bytes of UTF-8, without a blank at its end."""
    letters = "abc XYZ,;'\"\n09~" + dice.choice(["", "µé–€", "中文", "😀"])
    made = "".join(dice.choice(letters) for _ in range(dice.randrange(longest)))
    return made.encode()[:longest].decode(errors="ignore").rstrip(" ")


def column(dice, kind, records):
    """The cells of a variable: numbers, text or nothing."""
    if kind == "text":
        longest = dice.choice([3, 20, 200])
        return [text(dice, longest) or None for _ in range(records)]
    draw = {
        "number": lambda: number(dice),
        "date": lambda: float(dice.choice([dice.randrange(-715509, 2936550), dice.randrange(15000, 24000)])),
        "datetime": lambda: dice.randrange(10**12, 2 * 10**12) / 1000,
    }[kind]
    return [draw() if dice.random() < 0.8 else None for _ in range(records)]


def make(folder, count, seed=1):
    """Writes `count` tables in each version, with what they hold."""
    folder = folder / "theirs"
    folder.mkdir(parents=True, exist_ok=True)
    formats = {
        "number": ["", "8.2", "BEST12.", "TIME8."],
        "text": ["", "$20."],
        "date": ["DATE9.", "YYMMDD10.", "E8601DA."],
        "datetime": ["DATETIME20.", "E8601DT23.3"],
    }
    for version in (5, 8):
        for table in range(count):
            dice = random.Random(f"{seed}-{version}-{table}")
            records = dice.randrange(1, 13)
            # The first is a number: version 5 cannot hold records of blanks at the end.
            kinds = ["number"] + [dice.choice(list(formats)) for _ in range(dice.randrange(6))]
            names = [f"V{at}" if version == 5 else f"A_LONG_NAME_{at}" for at in range(len(kinds))]
            cells = [column(dice, kind, records) for kind in kinds]
            labels = [text(dice, 40 if version == 5 else 200).replace("\n", "") for _ in kinds]
            shapes = [dice.choice(formats[kind]) for kind in kinds]
            label = dice.choice(["", "a dataset"])
            kept = dict(zip(names, cells))
            frame = pandas.DataFrame(
                {name: pandas.Series(values, dtype="object" if kind == "text" else "float64")
                 for (name, values), kind in zip(kept.items(), kinds)}
            )
            path = folder / f"{version}-{table}.xpt"
            pyreadstat.write_xport(
                frame, str(path), file_format_version=version, table_name="ADXX", file_label=label,
                column_labels=labels, variable_format={n: s for n, s in zip(names, shapes) if s},
            )
            _, meta = pyreadstat.read_xport(str(path), metadataonly=True)
            widths = [meta.variable_storage_width[name] for name in names]
            data = bytearray(path.read_bytes())
            variables = []
            for at, (name, kind) in enumerate(zip(names, kinds)):
                said = []
                for row, cell in enumerate(cells[at]):
                    if cell is None and kind != "text" and dice.random() < 0.3:
                        said.append({"missing": dice.choice(LETTERS)})
                        data[start(data) + row * sum(widths) + sum(widths[:at])] = ord(said[-1]["missing"])
                    else:
                        said.append(bits(cell) if isinstance(cell, float) else cell)
                variables.append({
                    "name": name, "label": labels[at].rstrip(" "), "kind": kind, "format": shapes[at] or None,
                    "length": widths[at], "cells": said,
                })
            path.write_bytes(data)
            said = {"encoding": "utf-8", "label": label, "records": records, "variables": variables}
            path.with_suffix(".json").write_text(json.dumps(said), encoding="utf-8")
    print(f"{2 * count} tables in {folder}")


# ---- tables of ours ---------------------------------------------------------------------------------------------------


def differences(said, path):
    """What pyreadstat and pandas read otherwise than our dump says."""
    data = path.read_bytes()
    frame, meta = pyreadstat.read_xport(
        str(path), encoding=ENCODINGS[said["encoding"]], disable_datetime_conversion=True
    )
    names = [variable["name"] for variable in said["variables"]]
    if meta.column_names != names or len(frame) != said["records"] or (meta.file_label or "") != said["label"]:
        yield "pyreadstat", "shape", (meta.column_names, len(frame), said["records"], meta.file_label)
        return
    widths = [meta.variable_storage_width[name] for name in names]
    readers = [("pyreadstat", frame)]
    if data.startswith(b"HEADER RECORD*******LIBRARY"):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                frame = pandas.read_sas(path, format="xport", encoding=None)
            if len(frame) == said["records"] and list(frame.columns) == names:
                readers.append(("pandas", frame))
            else:
                yield "pandas", "shape", (list(frame.columns), len(frame))
        except (StopIteration, ValueError) as refused:
            yield "pandas", "refusal", repr(refused)
    for at, variable in enumerate(said["variables"]):
        name = variable["name"]
        ours = (variable["label"], (variable["format"] or "").rstrip("."), variable["length"])
        theirs = (meta.column_names_to_labels[name] or "", meta.original_variable_types[name] or "", widths[at])
        if ours != (theirs[0], theirs[1].rstrip("."), theirs[2]):
            yield "pyreadstat", "variable", (ours, theirs)
        for reader, frame in readers:
            for row, (ours, cell) in enumerate(zip(variable["cells"], frame[name].tolist())):
                if isinstance(cell, bytes):
                    cell = cell.rstrip(b" \0").decode(said["encoding"])
                if variable["kind"] == "text":
                    theirs = cell or None
                elif cell is None or cell != cell:
                    first = chr(letter(data, row, at, widths))
                    theirs = None if first == "." else {"missing": first}
                else:
                    theirs = bits(cell + 0.0)
                if ours != theirs:
                    yield reader, "cell", (name, row, ours, theirs)


def explained(reader, what, variable, shown):
    """Why a difference is one of the other reader: it was looked into, in the bytes and in the source of the reader."""
    if what == "cell":
        _, _, ours, theirs = shown
        if reader == "pandas" and ours == "0" * 16 and theirs == bits(2.0**-260):
            return "pandas reads zero as 16^-65"
        if reader == "pandas" and variable["kind"] == "text" and (ours or "").rstrip() == (theirs or ""):
            return "pandas takes line ends off as if they were blanks"
        if reader == "pyreadstat" and variable["kind"] != "text" and variable["length"] == 2:
            return "ReadStat takes numbers of 2 bytes for missing (TS-140 has lengths of 2 to 8)"
    if reader == "pandas" and what == "shape":
        return "pandas takes blanks of the last line for padding, in words of 8 bytes"
    if reader == "pandas" and what == "refusal":
        return "pandas reads no file without records and no label of a dataset that is not UTF-8"
    if reader == "pyreadstat" and what == "shape" and shown[1] < shown[2]:
        return "ReadStat drops blank records at the end, also where they are more than padding can be"
    return None


def compare(folder):
    """Prints how many tables and cells were compared, what differs, and why."""
    unexplained = 0
    for part in ("ours", "real"):
        tables = cells = 0
        found = {}
        for dump in sorted((folder / part).glob("*.json")):
            said = json.loads(dump.read_text(encoding="utf-8"))
            path = Path(said.get("path", dump.with_suffix(".xpt")))
            tables += 1
            cells += sum(len(variable["cells"]) for variable in said["variables"])
            named = {variable["name"]: variable for variable in said["variables"]}
            for reader, what, shown in differences(said, path):
                variable = named[shown[0]] if what == "cell" else None
                why = explained(reader, what, variable, shown)
                unexplained += why is None
                found.setdefault(why or f"UNEXPLAINED: {reader}, {what}", []).append((path.name, shown))
        print(f"{part}: {tables} tables, {cells} cells")
        for why, all_of_them in found.items():
            print(f"  {why}: {len(all_of_them)}, such as {all_of_them[0]}")
    print(f"{unexplained} unexplained differences")
    return unexplained


if __name__ == "__main__":
    verb, place, *numbers = sys.argv[1:]
    sys.exit({"make": make, "compare": compare}[verb](Path(place), *map(int, numbers)))
