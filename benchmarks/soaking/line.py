"""The line between workers and PostgreSQL: everything goes through it, and it can be cut."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from sqlalchemy.engine import URL

from store.database import parse_url

HOST = "127.0.0.1"
PORT = 5432
AT_ONCE = 65_536  # bytes


class Line:
    """What runs between both ends; `cut` drops all of it."""

    def __init__(self, server: URL) -> None:
        self._server = server
        self._ends: set[asyncio.StreamWriter] = set()
        self._is_down = False

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a worker, to its end."""
        if self._is_down:
            writer.transport.abort()
            return
        try:
            answers, server = await self._connect()
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, server}
        self._ends |= ends
        await asyncio.gather(_pass_on(reader, server), _pass_on(answers, writer))
        self._ends -= ends

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host = self._server.host or str(self._server.query.get("host", HOST))
        port = self._server.port or int(str(self._server.query.get("port", PORT)))
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, port)

    async def cut(self, seconds: float) -> None:
        """Drop every connection, in whatever it was doing, and take none for so long."""
        self._is_down = True
        for end in self._ends:
            end.transport.abort()
        await asyncio.sleep(seconds)
        self._is_down = False


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(AT_ONCE):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def line_to(address: str) -> AsyncIterator[tuple[Line, str]]:
    """A line to the server at `address`, and the address of its near end."""
    url = parse_url(address)
    line = Line(url)
    server = await asyncio.start_server(line.carry, HOST, 0)
    port = server.sockets[0].getsockname()[1]
    query = {name: value for name, value in url.query.items() if name not in ("host", "port")}
    near = url.set(drivername="postgresql", host=HOST, port=port, query=query)
    yield line, near.render_as_string(hide_password=False)
    server.close()
    await line.cut(0)
