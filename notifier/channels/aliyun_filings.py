"""The approved texts of a deployment, as a channel of Aliyun looks them up in the store."""

import asyncio

from notifier.channels.base import PermanentError
from notifier.filings import Filings, Said, load_filings
from store.database import Database


class StoredFilings:
    """Kept in memory and read again when a message is not among them: somebody may have filed it meanwhile."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known = Filings()

    async def find(self, kind: str, template: str, body: str) -> Said:
        """The id and values that say this message. Raises PermanentError where no approved text does."""
        said = self._known.find(kind, template, body)
        if said is None:
            self._known = await asyncio.to_thread(self._read)
            said = self._known.find(kind, template, body)
        if said is None:
            raise PermanentError(f"no text filed with Aliyun says this {kind} of {template or 'no template'}")
        return said

    def _read(self) -> Filings:
        with self._database.read() as session:
            return load_filings(session)
