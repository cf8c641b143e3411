"""Speed and memory of the import, with every check on. Prints one JSON object.

    python benchmarks/import_register.py [REGISTER.csv --mapping maryland] [--rows 100000] [--derive] [--repeat 3]
        [--database postgresql://…]

Without a register it takes that of Maryland from the data folder beside the checkout.

`--rows` makes a larger register by repeating the rows with altered keys. The fastest of `--repeat` runs counts, each
into an empty store; the memory is what the process holds at its peak beyond what it held before the first import.
"""

import argparse
import csv
import json
import resource
import sys
import tempfile
from datetime import UTC, date, datetime
from itertools import cycle, islice
from pathlib import Path

from sqlmodel import Session
from stores import ADDRESS_HELP, empty_store

from actions.register import ImportSummary, import_register
from actions.register.layout_rules import rules_for
from actions.register.mapping import load_mapping
from actions.register.source import open_register
from schedules.duties import rebuild

MARYLAND = Path(__file__).resolve().parents[2] / "shared" / "data" / "registers" / "maryland.csv"
CITY = "guangzhou"
AS_OF = date(2022, 7, 1)
NOW = datetime(2022, 7, 1, tzinfo=UTC)
KIB_IN_MIB = 1024


def main() -> None:
    """Measure and print."""
    options = read_options()
    before = peak_memory_mb()
    with tempfile.TemporaryDirectory() as folder:
        register = enlarge(options, Path(folder)) if options.rows else options.register
        runs = [measure(register, options, Path(folder) / "store.sqlite") for _ in range(options.repeat)]
    best = min(runs, key=lambda run: run.timings["import"])
    seconds = best.timings["import"]
    result = {
        "database": "postgres" if options.database else "sqlite",
        "rows": best.rows,
        "rejected": best.rejected,
        "seconds": round(seconds, 3),
        "rows_per_second": round(best.rows / seconds),
        "peak_memory_mb": round(peak_memory_mb() - before, 1),
        "derive_seconds": round(best.timings["derive"], 3) if options.derive else None,
    }
    sys.stdout.write(json.dumps(result) + "\n")


def read_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("register", type=Path, nargs="?")
    parser.add_argument("--mapping")
    parser.add_argument("--rows", type=int)
    parser.add_argument("--derive", action="store_true", help="derive the duties too, timed apart")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--database", help=ADDRESS_HELP)
    options = parser.parse_args()
    if options.register is None:
        options.register, options.mapping = MARYLAND, "maryland"
    return options


def measure(register: Path, options: argparse.Namespace, target: Path) -> ImportSummary:
    """One import into an empty store."""
    with empty_store(options.database, target) as database:
        return import_register(
            database,
            register,
            city_id=CITY,
            mapping=options.mapping,
            as_of=AS_OF,
            now=NOW,
            derive=derive if options.derive else None,
        )


def derive(session: Session, import_id: int) -> None:
    """The duties of the imported lifts."""
    rebuild(session, city_id=CITY, today=AS_OF, now=NOW, import_id=import_id)


def enlarge(options: argparse.Namespace, folder: Path) -> Path:
    """A register of `options.rows` rows: those of the file over and over, their keys made different."""
    layout = open_register(
        options.register, rules_for(load_mapping(options.mapping) if options.mapping else None)
    ).layout
    keys = [index for name, index in layout.columns.items() if name in ("key", "equipment_code", "registration_code")]
    path = folder / "large.csv"
    with options.register.open(encoding="utf-8-sig", newline="") as file, path.open("w", newline="") as target:
        rows = list(csv.reader(file))
        writer = csv.writer(target)
        writer.writerow(rows[0])
        for number, row in enumerate(islice(cycle(rows[1:]), options.rows)):
            turn = number // (len(rows) - 1)
            writer.writerow([f"{cell}{turn}" if index in keys else cell for index, cell in enumerate(row)])
    return path


def peak_memory_mb() -> float:
    """The most that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_IN_MIB


if __name__ == "__main__":
    main()
