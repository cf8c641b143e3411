"""Logs: JSON lines for machines, readable ones on a terminal, and no personal data or secret in either.

Every record goes through `mask_record`, also those of libraries that use the standard logging module.
"""

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from tixing.masking import mask_value

# Libraries whose INFO lines are noise, or quote whole requests and parameters.
QUIET_LOGGERS = ("alembic", "apscheduler", "httpcore", "httpx", "sqlalchemy", "twilio", "urllib3")

# Its warnings say that a tick was left out because the one before is still at work: the clock is made so, and the next
# one finds what is due. A tick that fails is told by apscheduler.executors.
CLOCK_LOGGER = "apscheduler.scheduler"

# Keys that structlog itself writes: they say nothing about a person.
OWN_KEYS = {"event", "level", "timestamp", "logger", "exception", "stack"}
MANY_LINES = {"exception", "stack"}


def configure_logs(stream: TextIO | None = None, *, as_json: bool | None = None, level: int = logging.INFO) -> None:
    """Send structlog's and the standard library's records to `stream` (stderr), masked.

    `as_json` None: JSON lines unless the stream is a terminal. Servers that bring their own logging must be told
    not to (`uvicorn.run(…, log_config=None)`).
    """
    out = stream or sys.stderr
    shared = _processors_of_every_record()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                mask_record,
                *_renderers(as_json=not out.isatty() if as_json is None else as_json),
            ],
        )
    )
    handler.addFilter(_is_no_interrupt)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET_LOGGERS:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    logging.getLogger(CLOCK_LOGGER).setLevel(max(level, logging.ERROR))


def mask_record(_logger: WrappedLogger, _method: str, record: EventDict) -> EventDict:
    """The record with personal data and secrets masked in every value, however deep."""
    return {key: mask_value(value, "" if key in OWN_KEYS else key) for key, value in record.items()}


def _processors_of_every_record() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]


def _renderers(*, as_json: bool) -> list[Processor]:
    if as_json:
        return [structlog.processors.JSONRenderer(ensure_ascii=False)]
    return [
        _show_control_characters,
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]


def _is_no_interrupt(record: logging.LogRecord) -> bool:
    """Whoever presses Ctrl-C needs no traceback of the connection that was in use."""
    error = record.exc_info[1] if record.exc_info else None
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__context__
    return error is None


def _show_control_characters(_logger: WrappedLogger, _method: str, record: EventDict) -> EventDict:
    """A text from outside can neither move the cursor nor pretend to be a line of its own."""
    return {
        key: _escape_control(value, keep="\n" if key in MANY_LINES else "") if isinstance(value, str) else value
        for key, value in record.items()
    }


def _escape_control(text: str, keep: str) -> str:
    return "".join(sign if sign.isprintable() or sign in keep else repr(sign)[1:-1] for sign in text)
