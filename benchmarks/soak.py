"""Crashes and latency of real workers, over real HTTP to a provider that records what it takes, and a year. JSON lines.

    uv run --all-extras python benchmarks/soak.py crash [--database sqlite|postgresql://…] [--notices 10000]
        [--workers 3] [--kills 20] [--cuts 5] [--provider twilio|telegram] [--seed N] [--speed 60] [--provider-rate N]
        [--logs FOLDER]
    uv run --all-extras python benchmarks/soak.py latency [--database …] [--rate 50] [--seconds 120] [--burst 10000]
        [--workers 1 2] [--logs FOLDER]
    uv run --all-extras python benchmarks/soak.py institute [--seeds 20] [--lifts 6000] [--days 365] [--first-seed 1]
    uv run --all-extras python benchmarks/soak.py records [--database …] [--rate 200] [--seconds 60] [--lifts 2000]
        [--servers 1] [--crash COMMAND]
    uv run --all-extras python benchmarks/soak.py maintenance [--seeds 1] [--lifts 10000] [--days 365] [--first-seed 1]

`crash`: notices go to a provider that answers late, refuses, breaks or falls silent now and then, while workers are
killed and their connections to the database cut at random. At the end each notice must be settled and have reached the
provider: exactly once where it can be asked (Twilio); where it cannot (Telegram) more than once only if it was in
flight at a kill, or left in doubt by the provider, and then its history must say so. Exit code 1 if not. Minutes of
waiting (the looks after an attempt, retries, leases) pass `--speed` times as fast. The same seed makes the same
trouble, as far as processes let themselves be repeated.

`latency`: `--rate` notices a second become due for `--seconds`, and then `--burst` at once; `met` says whether 95 %
were handed to the provider within a second, `ratio` how much longer the burst took than at the channel's own rate.

`institute`: a year of an inspection institute under the clock, by the real passes and verbs, with units that are
prompt, late, silent, change people, dispute or have a wrong number (a unit for 20 lifts, 30 inspectors). At the end of
each day all that must hold is looked at (`institute/standing.py`, `institute/watch.py`); a line for each fault, then
one for each seed. Exit code 1 if there was a fault. The same seed plays the same year.

`maintenance`: a year of visits, records and signatures likewise (`contractors/`): what is due is visited, mostly; units
sign, object, agree to silence, waver or say nothing; storms hold everybody up. At the end the chains are verified.

`records`: platforms upload `--rate` records a second by the data interface while backups are made; everything is killed
(`--crash`: and the database's server, by this command). All that was acknowledged must be in the store, and in the
newest backup what was so before it was begun; restored elsewhere, the platforms send the rest again.
"""

import argparse
import json
import signal
import sys
import tempfile
from pathlib import Path
from random import SystemRandom
from typing import Any

import contractors.year
from institute import trial
from soaking import crash, latency, uploads

SQLITE = "sqlite"


def main() -> int:
    """Run what is asked for; 1 where something is amiss. Told to stop, it leaves no worker behind."""
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    options = read_options()
    with tempfile.TemporaryDirectory() as folder:
        logs = getattr(options, "logs", None) or Path(folder)
        logs.mkdir(parents=True, exist_ok=True)
        address = None if getattr(options, "database", SQLITE) == SQLITE else options.database
        code: int = options.run(options, address, logs)
        return code


def run_crash(options: argparse.Namespace, address: str | None, logs: Path) -> int:
    """Print the seed before the trial, and afterwards what it came to. A SQLite store is served by one worker."""
    trial = crash.Trial(
        address=address,
        notices=options.notices,
        workers=options.workers if address else 1,
        kills=options.kills,
        cuts=options.cuts if address else 0,
        protocol=options.provider,
        seed=options.seed,
        speed=options.speed,
        rate=options.provider_rate,
    )
    say({"seed": trial.seed})
    result = crash.run(trial, logs)
    say(result)
    return 1 if result["faults"] else 0


def run_latency(options: argparse.Namespace, address: str | None, logs: Path) -> int:
    """Print each measurement."""
    for workers in options.workers if address else [1]:
        say(latency.run_stream(address, workers, options.rate, options.seconds, logs))
        if options.burst:
            say(latency.run_burst(address, workers, options.burst, logs))
    return 0


def run_institute(options: argparse.Namespace, _address: str | None, folder: Path) -> int:
    """Print each fault as it is found, and what each year came to."""
    seeds = list(range(options.first_seed, options.first_seed + options.seeds))
    faults = 0
    for line in trial.run(folder, seeds=seeds, lifts=options.lifts, days=options.days, say=say_fault):
        say(line)
        faults += line["faults"]
    return 1 if faults else 0


def run_records(options: argparse.Namespace, address: str | None, folder: Path) -> int:
    """Print what it came to."""
    trial = uploads.Trial(address, options.lifts, options.rate, options.seconds, options.servers, options.crash)
    line = uploads.run(trial, folder)
    say(line)
    return 1 if line["faults"] else 0


def run_maintenance(options: argparse.Namespace, _address: str | None, folder: Path) -> int:
    """The same of years of maintenance."""
    faults = 0
    for seed in range(options.first_seed, options.first_seed + options.seeds):
        line = contractors.year.run(folder, seed, options.lifts, options.days, say_fault)
        say(line)
        faults += line["faults"]
    return 1 if faults else 0


def say_fault(fault: str) -> None:
    """Something that does not hold."""
    say({"fault": fault})


def say(line: dict[str, Any]) -> None:
    """One line of the output."""
    print(json.dumps(line, ensure_ascii=False), flush=True)


def read_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    both = argparse.ArgumentParser(add_help=False)
    both.add_argument("--database", default=SQLITE, help="sqlite (the default) or postgresql://…")
    both.add_argument("--logs", type=Path, help="where the workers' logs are to stay")
    what = parser.add_subparsers(required=True)
    one = what.add_parser("crash", parents=[both])
    one.add_argument("--notices", type=int, default=10_000)
    one.add_argument("--workers", type=int, default=3, help="on SQLite it is one")
    one.add_argument("--kills", type=int, default=20)
    one.add_argument("--cuts", type=int, default=5, help="on SQLite there is nothing to cut")
    one.add_argument("--provider", choices=["twilio", "telegram"], default="twilio")
    one.add_argument("--seed", type=int, default=SystemRandom().randrange(1_000_000))
    one.add_argument("--provider-rate", type=int, default=0, help="messages a second, above which it answers 429")
    one.add_argument("--speed", type=float, default=60)
    one.set_defaults(run=run_crash)
    other = what.add_parser("latency", parents=[both])
    other.add_argument("--rate", type=float, default=50)
    other.add_argument("--seconds", type=float, default=120)
    other.add_argument("--burst", type=int, default=10_000, help="0: none")
    other.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="on SQLite it is one")
    other.set_defaults(run=run_latency)
    year = what.add_parser("institute")
    year.add_argument("--seeds", type=int, default=20, help="how many years")
    year.add_argument("--first-seed", type=int, default=1)
    year.add_argument("--lifts", type=int, default=6000)
    year.add_argument("--days", type=int, default=365)
    year.set_defaults(run=run_institute)
    arriving = what.add_parser("records", parents=[both])
    arriving.add_argument("--rate", type=int, default=200, help="records a second")
    arriving.add_argument("--seconds", type=float, default=60)
    arriving.add_argument("--lifts", type=int, default=2000)
    arriving.add_argument("--servers", type=int, default=1)
    arriving.add_argument("--crash", default="", help="a command that kills the database's server and starts it again")
    arriving.set_defaults(run=run_records)
    visits = what.add_parser("maintenance")
    visits.add_argument("--seeds", type=int, default=1, help="how many years")
    visits.add_argument("--first-seed", type=int, default=1)
    visits.add_argument("--lifts", type=int, default=10_000)
    visits.add_argument("--days", type=int, default=365)
    visits.set_defaults(run=run_maintenance)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
