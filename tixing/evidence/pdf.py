"""From words to a PDF. Equal words give equal bytes: nothing in them is the moment of making."""

import io
import logging
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound
from jinja2.sandbox import SandboxedEnvironment

from tixing.errors import TixingError

INSTALL = (
    "a PDF needs tixing[evidence] and the system's Pango with Chinese letters "
    "(Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0 fonts-noto-cjk)"
)
FIRST_CHINESE = 0x2E80  # from here on in Unicode a letter is one of East Asia
RARE_LETTERS = 10  # so many may be missing: somebody's name may have one that no font knows


class _Papers(BaseLoader):
    """Templates of templates/documents, wherever it is installed."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, None, None]:
        resource = files("templates") / "documents" / template
        if not resource.is_file():
            raise TemplateNotFound(template)
        return resource.read_text(encoding="utf-8"), None, None


@cache
def _environment() -> SandboxedEnvironment:
    """Whatever a register says is text, never markup."""
    return SandboxedEnvironment(
        loader=_Papers(), undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )


def write_html(name: str, data: Mapping[str, Any]) -> str:
    """The document `name` (month, lift, notice) as HTML."""
    return _environment().get_template(f"paper/{name}.html.j2").render(data)


def write_pdf(name: str, data: Mapping[str, Any]) -> bytes:
    """The document as a PDF; TixingError where the machine cannot make one that can be read."""
    document = _weasyprint().HTML(string=write_html(name, data)).render()
    pdf: bytes = document.write_pdf()
    missing = {letter for font in document.fonts.values() for letter in font.missing if letter >= FIRST_CHINESE}
    if len(missing) > RARE_LETTERS:
        raise TixingError(f"{INSTALL}; here no font has the Chinese letters")
    return pdf


@cache
def _weasyprint() -> Any:
    """Loaded when a PDF is wanted: it takes a second, and on a machine without Pango it prints its own advice."""
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            found = import_module("weasyprint")
    except ImportError as error:
        raise TixingError(f"{INSTALL}; here WeasyPrint is not installed") from error
    except OSError as error:  # the Python package is there, the library that it loads is not
        raise TixingError(f"{INSTALL}; here {str(error).splitlines()[0]}") from error
    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # a line for each letter that no font has
    return found
