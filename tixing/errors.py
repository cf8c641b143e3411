"""Errors as a person meets them: one sentence and an exit code, never a traceback."""

import os
import sys
import tempfile
import traceback
from contextlib import ContextDecorator
from pathlib import Path
from types import TracebackType
from uuid import uuid4

from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from store.database import StoreError
from tixing.masking import mask_text

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_BUG = 70
EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141


class TixingError(Exception):
    """Something a person can put right; the message is one sentence that says what, where and what to do."""

    exit_code = EXIT_FAILED


class UsageError(TixingError):
    """The command or the environment is wrong; nothing was done."""

    exit_code = EXIT_USAGE


class one_line_errors(ContextDecorator):
    """Around the whole command: turns an error into one line on stderr and an exit code.

    An error that nobody foresaw is written with its traceback to a file of its own, masked, and the line names it;
    TIXING_DEBUG=1 shows the traceback at once.
    """

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if error is None or isinstance(error, (SystemExit, GeneratorExit)):
            return
        sys.exit(report_error(error))


def report_error(error: BaseException) -> int:
    """Say `error` in one line on stderr and return the exit code that belongs to it."""
    if isinstance(error, KeyboardInterrupt):
        return EXIT_INTERRUPTED
    if isinstance(error, BrokenPipeError):
        _silence_stdout()
        return EXIT_BROKEN_PIPE
    sentence = describe_known_error(error)
    if sentence is None:
        _say(_describe_unforeseen_error(error))
        return EXIT_BUG
    if _is_debugging():
        _write(_format_traceback(error))
    _say(sentence)
    return error.exit_code if isinstance(error, TixingError) else EXIT_FAILED


def describe_known_error(error: BaseException) -> str | None:
    """The sentence for an error that a person can put right, or None for any other."""
    if isinstance(error, (TixingError, StoreError)):
        return str(error)
    if isinstance(error, ValidationError):
        return _describe_validation_error(error)
    if isinstance(error, OperationalError):
        return _describe_database_error(error)
    if isinstance(error, UnicodeEncodeError) and error.reason == "surrogates not allowed":
        return "a word of the command is not text in UTF-8"  # Python hands its bytes on as halves of pairs
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return None


def _describe_database_error(error: OperationalError) -> str:
    """The driver's own words: str(error) would also show the statement with its parameters, which are personal data."""
    if "no such table" in str(error.orig):
        return "the database has no tables yet (or is another program's); 'tixing init' makes them"
    return f"the database refused: {mask_text(str(error.orig))}"


def _describe_validation_error(error: ValidationError) -> str:
    """The first fault of the input and the number of others; values are left out, they may be personal."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    place = ".".join(str(part) for part in faults[0]["loc"])
    sentence = f"{error.title}: {place}: {faults[0]['msg']}" if place else f"{error.title}: {faults[0]['msg']}"
    return sentence if len(faults) == 1 else f"{sentence} (and {len(faults) - 1} more)"


def _describe_unforeseen_error(error: BaseException) -> str:
    reference = uuid4().hex[:8]
    details = _format_traceback(error)
    if _is_debugging():
        _write(details)
        return f"unexpected {type(error).__name__} (reference {reference}); the traceback stands above"
    path = Path(tempfile.gettempdir()) / f"tixing-{reference}.log"
    try:
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(details, encoding="utf-8", errors="backslashreplace")
    except OSError:
        return f"unexpected {type(error).__name__} (reference {reference}); TIXING_DEBUG=1 shows where"
    return f"unexpected {type(error).__name__} (reference {reference}); please report it with the file {path}"


def _format_traceback(error: BaseException) -> str:
    return mask_text("".join(traceback.format_exception(error)))


def _is_debugging() -> bool:
    return os.environ.get("TIXING_DEBUG") == "1"


def _say(sentence: str) -> None:
    _write(f"tixing: {' '.join(sentence.split())}\n")


def _write(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except BrokenPipeError:
        return  # nobody reads any more


def _silence_stdout() -> None:
    """Let the interpreter's last flush go nowhere, else it would complain about the closed pipe."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
