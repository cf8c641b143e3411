"""What it is when the store does not answer, and nobody is at fault: what waits stays, and is done when it is there."""

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

SILENCE = (OperationalError, InterfaceError, NoConnection)
