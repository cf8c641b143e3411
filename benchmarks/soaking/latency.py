"""How long notices wait from becoming due to being handed to the provider, by one clock for everybody."""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import quantiles
from typing import Any

from dispatching.rows import NOW

from notifier.channels.twilio_sms import TwilioSms
from soaking.clock import Clock
from soaking.crew import Worker, crew
from soaking.desk import Manner
from soaking.fates import Fates
from soaking.provider import Provider, provider
from soaking.rows import full_store, notice_at, numbers, put_off

LOOK_SECONDS = 0.2
LEAD_SECONDS = 40  # workers have so long to start before the first notice becomes due
STANDSTILL_SECONDS = 30  # with nothing handed over for so long, nothing will be
LEASE_SECONDS = 300
AIM_SECONDS, AIM_SHARE = 1.0, 0.95


def run_stream(address: str | None, workers: int, rate: float, seconds: float, logs: Path) -> dict[str, Any]:
    """`rate` notices a second become due for so long: 95 % are to be handed over within a second."""
    waits = measure(address, workers, [number / rate for number in range(int(rate * seconds))], logs)
    within = sum(wait <= AIM_SECONDS for wait in waits) / len(waits)
    cuts = quantiles(waits, n=100)
    shown = {f"p{percent}": round(cuts[percent - 1], 3) for percent in (50, 95, 99)}
    aim = {"within_1s": round(within, 4), "aim": AIM_SHARE, "met": within >= AIM_SHARE}
    return {"what": "stream", "workers": workers, "rate": rate, "notices": len(waits), **shown, **aim}


def run_burst(address: str | None, workers: int, notices: int, logs: Path) -> dict[str, Any]:
    """All become due at once: the last is to wait only for the rate at which its channel hands over."""
    waits = measure(address, workers, [0.0] * notices, logs)
    rate = TwilioSms.rates.per_second * workers
    took = {
        "seconds": round(max(waits), 2),
        "at_the_rate": notices / rate,
        "ratio": round(max(waits) * rate / notices, 3),
    }
    return {"what": "burst", "workers": workers, "rate": rate, "notices": notices, **took}


def measure(address: str | None, workers: int, due: Sequence[float], logs: Path) -> list[float]:
    """The waits of notices that become due so many seconds after the first, on an otherwise quiet store."""
    clock = Clock(NOW, time.monotonic())
    manner = Manner("twilio", clock, Fates(0, {}, clock.speed), workers)
    with (
        tempfile.TemporaryDirectory() as folder,
        full_store(address, Path(folder), manner.protocol, len(due)) as database,
        provider(manner) as theirs,
    ):
        first = time.monotonic() + LEAD_SECONDS
        moments = dict(zip(numbers(len(due)), (first + after for after in due), strict=True))
        put_off(database, {notice: clock.at(moment) for notice, moment in moments.items()})
        url = database.url.set(drivername=database.url.get_backend_name()).render_as_string(hide_password=False)
        with crew(manner.protocol, theirs.doors, url, clock, LEASE_SECONDS, logs) as crewed:
            _wait_for(crewed, first)
            _wait_for_messages(theirs, len(due))
            for worker in crewed:
                worker.stop()
        came = {notice_at(one.address): one.came for one in theirs.record().taken}
    if len(came) != len(due):
        raise SystemExit(f"{len(came)} of {len(due)} notices were handed over")
    return [came[notice] - moment for notice, moment in moments.items()]


def _wait_for(crewed: Sequence[Worker], first: float) -> None:
    while not all(worker.works for worker in crewed):
        if time.monotonic() >= first:
            raise SystemExit(f"the workers took longer than {LEAD_SECONDS} s to start")
        time.sleep(LOOK_SECONDS)


def _wait_for_messages(theirs: Provider, number: int) -> None:
    """Until all are there, or nothing comes any more."""
    count, changed = 0, time.monotonic() + LEAD_SECONDS
    while count < number and time.monotonic() < changed + STANDSTILL_SECONDS:
        now = theirs.count()
        if now != count:
            count, changed = now, time.monotonic()
        time.sleep(LOOK_SECONDS)
