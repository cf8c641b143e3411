"""Workers are killed and cut off while they send, in real processes: benchmarks/soak.py in small.

A failure prints its seed; `pytest tests/notifier/test_soak.py --seed N` makes the same trouble again.
"""

import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SMALL = {"--notices": "500", "--workers": "2", "--kills": "3", "--speed": "600"}
LONGEST = 300  # seconds, on a machine that does other things as well

Soak = Callable[..., dict[str, Any]]


@pytest.fixture
def soak(store_kind: str, stores: Any, tmp_path: Path, request: pytest.FixtureRequest, require: Any) -> Soak:
    """`soak("twilio", cuts=1)`: what the trial came to."""
    seed = request.config.getoption("--seed")
    seed = random.SystemRandom().randrange(1_000_000) if seed is None else seed
    address = "sqlite" if store_kind == "sqlite" else stores.url(store_kind, tmp_path)

    def run(provider: str, *, cuts: int) -> dict[str, Any]:
        options = SMALL | {"--provider": provider, "--cuts": str(cuts), "--seed": str(seed), "--database": address}
        words = [word for pair in options.items() for word in pair]
        command = [sys.executable, str(ROOT / "benchmarks" / "soak.py"), "crash", *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)
        assert done.returncode == 0, f"--seed {seed}: {done.stdout} {done.stderr[-2000:]}"
        result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return result

    return run


@pytest.mark.slow
def test_after_kills_and_a_cut_everybody_was_told_exactly_once(soak: Soak, store_kind: str) -> None:
    result = soak("twilio", cuts=1)
    assert (result["sent"], result["lost"], result["twice"]) == (500, 0, 0)
    assert (result["kills"], result["cuts"]) == (3, 0 if store_kind == "sqlite" else 1)


@pytest.mark.full
@pytest.mark.postgres
def test_where_nobody_can_be_asked_only_what_was_in_flight_comes_twice(soak: Soak) -> None:
    result = soak("telegram", cuts=1)
    assert (result["sent"], result["lost"]) == (500, 0)
    assert result["twice"] <= result["in_flight"] + result["in_doubt"]
