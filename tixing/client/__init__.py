"""A client of the data interface, for platforms in Python: `Client("https://…", "tx_…").upload_record({...})`.

It needs nothing but Python. `api.py` is generated from the interface's own document.
"""

from tixing.client.api import Client
from tixing.client.connection import ProblemError

__all__ = ["Client", "ProblemError"]
