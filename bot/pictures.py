"""Pictures for a phone: a template of templates/pictures drawn to a PNG, with Chinese letters on any machine."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from unicodedata import east_asian_width

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound
from jinja2.sandbox import SandboxedEnvironment
from pylopdf_fonts_zh_cn import sans_path
from resvg_py import svg_to_bytes

FONT = "Noto Sans SC"
# How wide letters of this font are, as a part of their height; those that are no wide (Chinese) ones.
NARROW, BROAD, OTHER = 0.33, 0.9, 0.57
NARROW_LETTERS, BROAD_LETTERS = frozenset(" .,:;!'|()[]-/ijlftrI"), frozenset("mwMWQO@%&")
ELLIPSIS = "…"


class _Pictures(BaseLoader):
    """Templates of templates/pictures, wherever it is installed."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, None, None]:
        resource = files("templates") / "pictures" / template
        if not resource.is_file():
            raise TemplateNotFound(template)
        return resource.read_text(encoding="utf-8"), None, None


@cache
def _environment() -> SandboxedEnvironment:
    """Whatever a register says is text, never markup."""
    environment = SandboxedEnvironment(
        loader=_Pictures(), undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["in_lines"] = in_lines
    return environment


def draw(name: str, language: str, data: Mapping[str, Any], *, zoom: float = 2) -> bytes:
    """The picture `name` in that language, such as ("glance", "zh", …), as the bytes of a PNG.

    The template is templates/pictures/<name>.<language>.svg.j2, or <name>.svg.j2 where all its words are in `data`.
    Its SVG says how large it is, and `zoom` how many pixels each of its units gets (2: sharp on a phone).
    """
    return svg_to_bytes(
        svg_string=write_svg(name, language, data),
        skip_system_fonts=True,  # the same picture on every machine
        font_files=[str(sans_path())],
        font_family=FONT,
        sans_serif_family=FONT,
        zoom=zoom,
    )


def write_svg(name: str, language: str, data: Mapping[str, Any]) -> str:
    """The same picture before it is drawn."""
    return _environment().select_template([f"{name}.{language}.svg.j2", f"{name}.svg.j2"]).render(data)


def width_of(text: str, size: float) -> float:
    """About how wide a text of letters of this size is, in the same unit."""
    return size * sum(_part_of(letter) for letter in text)


def _part_of(letter: str) -> float:
    if east_asian_width(letter) in "WFA":  # ambiguous ones, such as …, are wide in a Chinese font
        return 1
    if letter in NARROW_LETTERS:
        return NARROW
    return BROAD if letter in BROAD_LETTERS else OTHER


def in_lines(text: str, width: float, size: float, most: int = 3) -> list[str]:
    """The text broken into at most so many lines of this width; what does not fit ends in an ellipsis.

    SVG breaks no lines itself. Chinese breaks anywhere, Latin between words unless one is too long for a line.
    """
    lines = list(_broken(text, width, size))
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and width_of(last + ELLIPSIS, size) > width:
        last = last[:-1]
    return [*lines[: most - 1], last + ELLIPSIS]


def _broken(text: str, width: float, size: float) -> Iterator[str]:
    line = ""
    for word in _words(" ".join(text.split())):
        if line and width_of(line + word.rstrip(), size) > width:
            yield line.rstrip()
            line = ""
        for letter in word:  # a word that alone is too long is broken inside
            if line and width_of(line + letter.strip(), size) > width:
                yield line.rstrip()
                line = ""
            line += letter
    if line.strip():
        yield line.rstrip()


def _words(text: str) -> Iterator[str]:
    """What may not be broken: a wide letter by itself, else all up to and with the next space."""
    word = ""
    for letter in text:
        if east_asian_width(letter) in "WF":
            if word:
                yield word
                word = ""
            yield letter
            continue
        word += letter
        if letter == " ":
            yield word
            word = ""
    if word:
        yield word
