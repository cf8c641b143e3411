"""What the bot says: templates/chat, by language."""

from functools import cache
from typing import Any

from jinja2 import PackageLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment


def say(name: str, language_code: str | None, **data: Any) -> str:
    """The text of a template for a person whose app speaks `language_code` (such as zh-hans): Chinese or English."""
    language = "zh" if (language_code or "zh").startswith("zh") else "en"
    return _environment().get_template(f"{language}/{name}.j2").render(data).strip()


@cache
def _environment() -> SandboxedEnvironment:
    return SandboxedEnvironment(
        loader=PackageLoader("templates", "chat"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
