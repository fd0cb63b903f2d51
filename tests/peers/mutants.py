"""The mutants of tests/mutants.rs shown to other readers: how many each takes for sound, with other values in them.

    TRIALPRESS_MUTANTS=20000 TRIALPRESS_MUTANTS_DIR=/tmp/mutants cargo test --release --locked mutants
    python3 tests/peers/mutants.py /tmp/mutants

Needs pyreadstat, pandas, pyarrow and polars; a reader that is absent is named and left out.
"""

import collections
import json
import pathlib
import sys
import zlib


def readers():
    """Readers by format: name and function from path to something that can be compared."""
    found = collections.defaultdict(list)
    try:
        import pyreadstat

        found["xpt"].append(("pyreadstat", lambda path: pyreadstat.read_xport(path)[0]))
    except ImportError:
        print("SKIPPED: pyreadstat is absent")
    try:
        import pandas

        found["xpt"].append(("pandas", lambda path: pandas.read_sas(path, format="xport")))
        found["csv"].append(("pandas", pandas.read_csv))
        found["parquet"].append(("pandas", pandas.read_parquet))
    except ImportError:
        print("SKIPPED: pandas is absent")
    try:
        import polars

        found["csv"].append(("polars", lambda path: polars.read_csv(path)))
        found["parquet"].append(("polars", lambda path: polars.read_parquet(path, glob=False)))
    except ImportError:
        print("SKIPPED: polars is absent")
    found["json"].append(("json", lambda path: json.loads(path.read_text())["rows"]))
    found["ndjson"].append(("json", lambda path: [json.loads(line) for line in path.read_text().splitlines()]))
    found["dsjc"].append(("zlib + json", lambda path: [json.loads(line) for line in zlib.decompress(path.read_bytes()).splitlines()]))
    return found


def same(one, two):
    """Whether two reads say the same."""
    return one.equals(two) if hasattr(one, "equals") else one == two


def main(folder):
    folder = pathlib.Path(folder)
    sound = {path.name.split("-")[0]: path for path in folder.glob("*-sound.*")}
    counts = collections.defaultdict(collections.Counter)
    found = readers()
    truth = {}
    for path in sorted(folder.iterdir()):
        if path in sound.values():
            continue
        edition, _, harm = path.stem.split("-")
        kind = path.suffix[1:]
        for name, read in found[kind]:
            key = (edition, name)
            try:
                if key not in truth:
                    truth[key] = read(sound[edition])
                fate = "same" if same(truth[key], read(path)) else "other"
            except BaseException:  # noqa: BLE001 - some readers panic
                fate = "refused"
            counts[kind, name, harm][fate] += 1
    print(f"{'format':10}{'reader':14}{'harm':8}{'refused':>9}{'same':>7}{'other':>7}")
    for (kind, name, harm), fates in sorted(counts.items()):
        print(f"{kind:10}{name:14}{harm:8}{fates['refused']:9}{fates['same']:7}{fates['other']:7}")


if __name__ == "__main__":
    main(sys.argv[1])
