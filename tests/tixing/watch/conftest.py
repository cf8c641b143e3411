"""A server of our own at the end of the alarm's and the heartbeat's URL."""

import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


@dataclass
class Outside:
    """What was asked of it; `status` is its answer, `pause` the seconds before it (an event ends them)."""

    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    status: int = 200
    answer: str = "OK"
    hangs: bool = False
    over: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/ping/secret-key"


@pytest.fixture
def outside() -> Iterator[Outside]:
    state = Outside()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            state.asked.append((self.command, self.path, body))
            if state.hangs:
                state.over.wait(10)
            self.send_response(state.status)
            self.end_headers()
            with suppress(BrokenPipeError):  # whoever asked did not wait
                self.wfile.write(state.answer.encode())

        do_GET = do_POST = handle_any

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield state
    state.over.set()
    server.shutdown()
    thread.join()
    server.server_close()
