"""What a setting may look like. Each check returns the value, or raises the sentence that follows the variable's name.

No sentence quotes the value: somebody may have put a secret into the wrong variable.
"""

import re
from datetime import time
from importlib.util import find_spec
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator, SecretStr
from pydantic_core import PydanticCustomError

from store.database import StoreError, parse_url
from store.quiet import QuietHours

SHORTEST_SECRET = 16

_PHONE = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_CHAT_ID = re.compile(r"-?\d{1,15}", re.ASCII)
_MAINLAND_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_SENDER_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")


def wrong(fault: str) -> PydanticCustomError:
    """A fault in our own words."""
    return PydanticCustomError("setting", "{fault}", {"fault": fault})


def check_database_url(text: str) -> str:
    """A URL of a SQLite file or of a PostgreSQL database."""
    try:
        url = parse_url(text)
    except StoreError as error:
        raise wrong(str(error).removeprefix("TIXING_DATABASE_URL ")) from error
    except ValueError as error:
        raise wrong("is not a database URL (is its port a number?)") from error
    if url.drivername == "sqlite" and url.database in (None, "", ":memory:"):
        raise wrong("names no file, so everything would be forgotten at the end")
    return text


def check_base_url(text: str) -> str:
    """An http(s) URL, returned without its last slash."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or re.search(r"\s", text):
        raise wrong("is not a URL that begins with http:// or https://")
    if parts.username or parts.password:
        raise wrong("holds a user or password; credentials have variables of their own")
    if parts.query or parts.fragment:
        raise wrong("is not a base URL: leave out what follows ? or #")
    return text.rstrip("/")


def parse_quiet_hours(text: str) -> QuietHours | None:
    """`21:00-08:00`; None for `none`."""
    if text.strip().lower() == "none":
        return None
    try:
        begins, ends = (time.fromisoformat(part.strip()) for part in text.split("-"))
    except ValueError as error:
        raise wrong("is neither two times of day as in 21:00-08:00 nor none") from error
    if begins == ends or begins.tzinfo or ends.tzinfo:
        raise wrong("must begin and end at different times of day in China; none means no quiet hours")
    return QuietHours(begins, ends)


def check_secret_url(secret: SecretStr) -> SecretStr:
    """An http(s) URL that may hold a key; it is called as it stands."""
    text = secret.get_secret_value()
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or re.search(r"\s", text):
        raise wrong("is not a URL that begins with http:// or https://")
    return secret


def check_telegram_token(secret: SecretStr) -> SecretStr:
    """A token as @BotFather gives it."""
    return _must_match(secret, r"\d+:[A-Za-z0-9_-]+", "is not a bot token: digits, a colon, then letters and digits")


def check_account_sid(text: str) -> str:
    """The id of a Twilio account."""
    if not re.fullmatch(r"AC[A-Za-z0-9]+", text):
        raise wrong("is not an account SID: AC, then letters and digits")
    return text


def check_auth_token(secret: SecretStr) -> SecretStr:
    """Anything that can stand in a header."""
    return _must_match(secret, r"[!-~]+", "holds blanks or signs that no token has")


def check_own_secret(secret: SecretStr) -> SecretStr:
    """Long enough not to be guessed."""
    return _must_match(secret, rf".{{{SHORTEST_SECRET},}}", f"is shorter than {SHORTEST_SECRET} characters")


def check_sender(text: str) -> str:
    """A phone number in E.164, or a sender name where carriers allow one."""
    number = _without_separators(text)
    if _PHONE.fullmatch(number):
        return number
    if _SENDER_NAME.fullmatch(text):
        return text
    raise wrong("is neither a number with + and country code nor a sender name of up to 11 letters and digits")


def check_caller(text: str) -> str:
    """A phone number in E.164: a call shows no name."""
    number = _without_separators(text)
    if _PHONE.fullmatch(number):
        return number
    raise wrong("is not a number with + and country code")


def check_key_id(text: str) -> str:
    """The id of an access key."""
    if not re.fullmatch(r"[A-Za-z0-9._-]+", text):
        raise wrong("is not the id of an access key: letters and digits")
    return text


def check_chinese_caller(text: str) -> str:
    """A number as people of the mainland see it: 0 and its area, or 400…, 95…, 1…; a country code is taken off."""
    number = _without_separators(text)
    number = f"0{number[3:]}" if re.fullmatch(r"\+86[2-9]\d{8,10}", number) else number.removeprefix("+86")
    if re.fullmatch(r"\d{5,13}", number, re.ASCII):
        return number
    raise wrong("is not a number as it is dialled in the mainland, such as 02012345678")


def check_aliyun(
    key_id: str | None, key_secret: SecretStr | None, caller: str | None, *, public: str | None, own: SecretStr | None
) -> None:
    """The settings of Aliyun that need each other, and its clients."""
    if (key_id is None) != (key_secret is None):
        missing = "TIXING_ALIYUN_KEY_ID" if key_id is None else "TIXING_ALIYUN_KEY_SECRET"
        raise wrong(f"{missing} must be set too: SMS through Aliyun needs the access key's id and its secret")
    if caller is not None and key_id is None:
        raise wrong("TIXING_ALIYUN_VOICE_FROM needs TIXING_ALIYUN_KEY_ID and TIXING_ALIYUN_KEY_SECRET")
    if key_id is None:
        return
    if find_spec("alibabacloud_dysmsapi20170525") is None or find_spec("alibabacloud_dyvmsapi20170525") is None:
        raise wrong("TIXING_ALIYUN_KEY_ID needs Aliyun's clients: pip install 'tixing[china]'")
    if public is not None and own is None:
        raise wrong(
            "TIXING_SECRET must be set too: from it the addresses are derived at which Aliyun tells how it went"
        )


TELLS = frozenset(["to", "cc", "bcc"])  # what names people to whom each mail would go too


def check_mail_url(secret: SecretStr) -> SecretStr:
    """A mail server as Apprise writes it, without the address of whoever is told."""
    text = secret.get_secret_value()
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("mailto", "mailtos") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or re.search(r"\s", text):
        raise wrong("is not the address of a mail server: mailto:// or mailtos://, user, password, server")
    query = parse_qs(parts.query, keep_blank_values=True)
    told = bool(parts.path.strip("/")) or any(name.lower() in TELLS for name in query)
    if not any(query.get("from", [])) or told:
        raise wrong(
            "must say who writes (?from=lifts@example.org), and nobody who is told, neither after the server nor by "
            "to=, cc= or bcc="
        )
    return secret


def check_groups(groups: bool, mail_url: SecretStr | None) -> None:
    """What groups and e-mail need."""
    name = "TIXING_GROUPS" if groups else "TIXING_MAIL_URL"
    if (groups or mail_url is not None) and find_spec("apprise") is None:
        raise wrong(f"{name} needs Apprise: pip install 'tixing[groups]'")


def check_guest(text: str) -> str:
    """A phone number in E.164 or a chat id."""
    number = _without_separators(text) if text.startswith("+") else text
    if _MAINLAND_MOBILE.fullmatch(number):
        raise wrong("has a mobile number without its country code: write +86 before it")
    if _PHONE.fullmatch(number) or _CHAT_ID.fullmatch(number):
        return number
    raise wrong("holds something that is neither a number with + and country code nor a chat id")


def _without_separators(number: str) -> str:
    return re.sub(r"[ ()-]", "", number)


def _must_match(secret: SecretStr, pattern: str, fault: str) -> SecretStr:
    if not re.fullmatch(pattern, secret.get_secret_value()):
        raise wrong(fault)
    return secret


BaseUrl = Annotated[str, AfterValidator(check_base_url)]
Guest = Annotated[str, AfterValidator(check_guest)]
SecretUrl = Annotated[SecretStr, AfterValidator(check_secret_url)]
