"""`tixing worker` by the clock of a trial: `python -m soaking.worker START BEGAN SPEED LEASE` (a lease in seconds).

Everything else is the command's own: its settings come from the environment, and it runs until it is stopped.
"""

import asyncio
import sys
from datetime import timedelta

from notifier.settling import Patience
from soaking.clock import Clock
from tixing.commands.options import open_store
from tixing.environment import load_settings
from tixing.logs import configure_logs
from tixing.ticking import TICK_SECONDS, Pace
from tixing.work import work

WORKS = "tixing works"


def main() -> None:
    """Run until SIGTERM."""
    *clock, lease = sys.argv[1:]
    pace = Pace(Clock.read(*clock).now, Patience(lease=timedelta(seconds=float(lease))))
    configure_logs()
    with open_store() as database:
        asyncio.run(work(database, load_settings(), _say, place=None, every=TICK_SECONDS, pace=pace))


def _say() -> None:
    print(WORKS, flush=True)


if __name__ == "__main__":
    main()
