"""The workers of a trial: processes as an operator starts them, that can be killed and started again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from soaking import telegram, twilio
from soaking.clock import Clock
from soaking.provider import url_of
from soaking.worker import WORKS

HERE = Path(__file__).resolve().parents[1]
STOP_SECONDS = 60  # what is being sent is finished first


@dataclass
class Worker:
    """One place at the work, filled by one process after the other; it reaches the provider through its own door."""

    door: int
    environment: dict[str, str]
    arguments: list[str]
    log: Path
    earlier: int = 0  # times that processes before this one, of which the log tells, had come to their work
    process: "subprocess.Popen[bytes]" = field(init=False)

    def start(self) -> None:
        """Start a process."""
        self.earlier = self._told()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "soaking.worker", *self.arguments],
                cwd=HERE,
                env=self.environment,
                stdout=log,
                stderr=log,
            )

    @property
    def works(self) -> bool:
        """Whether the last process that was started has come to its work."""
        return self._told() > self.earlier

    def begin_again(self) -> None:
        """As a supervisor does with one that found no database when it was started."""
        if self.process.poll() is not None and not self.works:
            self.start()

    def _told(self) -> int:
        return self.log.read_text(encoding="utf-8").count(WORKS) if self.log.exists() else 0

    def kill(self) -> None:
        """SIGKILL: it can do nothing about it."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM; the code with which it ended, a kill's where it did not end in time."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            return -signal.SIGKILL


@contextmanager
def crew(
    protocol: str, doors: Sequence[int], url: str, clock: Clock, lease_seconds: float, logs: Path
) -> Iterator[list[Worker]]:
    """A worker for each door on the store at `url`, started; whoever still runs at the end of the block is killed."""
    arguments = [*clock.words(), repr(lease_seconds)]
    workers = [
        Worker(door, _environment(protocol, door, url), arguments, logs / f"worker-{number}.log")
        for number, door in enumerate(doors, 1)
    ]
    try:
        for worker in workers:
            worker.start()
        yield workers
    finally:
        for worker in workers:
            if worker.process.poll() is None:
                worker.kill()


def _environment(protocol: str, door: int, url: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("TIXING_")}
    theirs = {
        "twilio": {
            "TIXING_TWILIO_ACCOUNT_SID": twilio.ACCOUNT,
            "TIXING_TWILIO_AUTH_TOKEN": twilio.SECRET,
            "TIXING_TWILIO_FROM": twilio.SENDER,
            "TIXING_TWILIO_API": url_of(door),
        },
        "telegram": {"TIXING_TELEGRAM_TOKEN": telegram.TOKEN, "TIXING_TELEGRAM_API": url_of(door)},
    }
    ours = {"TIXING_DATABASE_URL": url, "TIXING_MODE": "live", "TIXING_QUIET_HOURS": "none"}  # nights pass in minutes
    return own | ours | theirs[protocol]
