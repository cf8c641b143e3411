"""What a log may not hold: phone numbers, chat ids, names, tokens and credentials, wherever they stand."""

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "***"

# Under these keys a value is hidden whole (any key that holds the word), shown by its first sign, or shortened.
SECRET_WORDS = ("token", "secret", "password", "passwd", "authorization", "cookie", "api_key", "apikey")
NAME_KEYS = ("name", "contact_name", "person", "username", "first_name", "last_name", "full_name", "legal_rep")
ADDRESS_KEYS = ("chat", "chat_id", "from_id", "user_id", "telegram_id", "phone", "phone_number", "mobile")
PEOPLE_KEYS = ("chat", "from", "from_user", "user", "contact", "sender_chat")  # their `id` is a chat id

_GAP = r"[ \u00a0\u3000-]?"
_MAINLAND_MOBILE = re.compile(
    rf"(?<!\d)(?:(?:[+\uff0b]|%2[Bb]|00)?{_GAP}86{_GAP})?([1\uff11][3-9\uff13-\uff19]\d){_GAP}(\d{{4}}){_GAP}(\d{{4}})(?!\d)"
)
_MAINLAND_LANDLINE = re.compile(
    rf"(?<![0-9A-Fa-f])(?<!\d\.)(0[1-9]\d{{1,2}})\)?{_GAP}(\d{{3,4}}){_GAP}(\d{{4}})(?![0-9A-Fa-f])"
)
_INTERNATIONAL = re.compile(r"(?:[+\uff0b]|%2[Bb]) ?(\d(?:[ ().\u00a0-]{0,2}\d){6,14})(?!\d)")
_URL_CREDENTIALS = re.compile(r"(?<=://)[^/\s'\"]+@")
_BOT_TOKEN = re.compile(r"(?<!\d)\d{3,}:[A-Za-z0-9_-]{20,}|(?<=/bot)\d+:[^/\s'\"]+")
_PATH_SECRET = re.compile(r"(?<=/webhooks/aliyun/)[^/\s'\"]+")
_AUTHORIZATION = re.compile(r"\b(Basic|Bearer)\s+[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE)
_SQL_PARAMETERS = re.compile(r"\[parameters: [^\n]*")
_PERSON_ID = re.compile(r"(\b(?:User|Chat)\(id=|['\"](?:chat|from|user)['\"]: ?\{['\"]id['\"]: ?)-?\d+")
# bounded, or a long text of nothing but such words would take minutes
_SECRET_KEY = rf"[A-Za-z0-9_-]{{0,40}}(?:{'|'.join(SECRET_WORDS)})[A-Za-z0-9_-]{{0,40}}"
_KEYS = "|".join([_SECRET_KEY, *NAME_KEYS, *ADDRESS_KEYS])
_NAMED_VALUE = re.compile(
    rf"(?<![A-Za-z0-9_-])(?P<key>{_KEYS})(?P<sign>[\"']?\s?[=:]\s?)"
    r"(?P<quote>[\"']?)(?P<value>(?<=[\"'])[^\"'\n]+|[^\s,;&)\]}\"'({\[][^\s,;&)\]}\"']*)",
    re.IGNORECASE,
)


def mask_value(value: Any, key: str = "") -> Any:
    """`value` as plain JSON types and masked, however deep; `key` is the name that it stands under, if any."""
    if isinstance(value, Mapping):
        return {mask_text(str(name)): mask_value(part, _key_below(key, str(name))) for name, part in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [mask_value(part, key) for part in value]
    if value is None or isinstance(value, (bool, float)):
        return value
    text = _describe(value)
    masked = mask_text(mask_named(key, text))
    return value if isinstance(value, int) and masked == text else masked


def mask_text(text: str) -> str:
    """`text` with phone numbers shortened (+8614000000001 → 140****0001) and secrets and named values hidden."""
    text = _SQL_PARAMETERS.sub("[parameters hidden]", text)
    text = _URL_CREDENTIALS.sub(f"{HIDDEN}@", text)
    text = _PATH_SECRET.sub(HIDDEN, text)
    text = _AUTHORIZATION.sub(rf"\1 {HIDDEN}", text)
    text = _BOT_TOKEN.sub(HIDDEN, text)
    text = _PERSON_ID.sub(rf"\1{HIDDEN}", text)
    text = _NAMED_VALUE.sub(_mask_match, text)
    return mask_phones(text)


def mask_named(key: str, text: str) -> str:
    """`text` as far as it may be shown under `key`."""
    key = key.lower().replace("-", "_")
    if any(word in key for word in SECRET_WORDS):
        return HIDDEN if text else text
    if key in NAME_KEYS:
        return mask_name(text)
    return mask_address(text) if key in ADDRESS_KEYS or key.endswith(("_phone", "_chat_id")) else text


def mask_phones(text: str) -> str:
    """`text` with phone numbers shortened: 140****0001, 020****4567, +852***4567."""
    text = _MAINLAND_MOBILE.sub(r"\1****\3", text)
    text = _INTERNATIONAL.sub(_shorten_international, text)
    return _MAINLAND_LANDLINE.sub(r"\1****\3", text)


def mask_name(name: str) -> str:
    """The first sign of a name: 陈一鸣 → 陈**."""
    stripped = name.strip()
    return f"{stripped[0]}**" if stripped else ""


def mask_address(address: str) -> str:
    """A phone number or chat id with its middle hidden; a short one hidden whole."""
    shortened = mask_phones(address)
    if HIDDEN in shortened:
        return shortened
    return f"{address[:2]}{HIDDEN}{address[-2:]}" if len(address) > 6 else HIDDEN


def _shorten_international(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[1])
    shown = 4 if len(digits) > 10 else 2
    return f"+{digits[: shown - 1]}{HIDDEN}{digits[-shown:]}"


def _mask_match(match: re.Match[str]) -> str:
    return f"{match['key']}{match['sign']}{match['quote']}{mask_named(match['key'], match['value'])}"


def _key_below(key: str, name: str) -> str:
    """The key that a part of a mapping is judged by: `chat: {id: 5}` holds a chat id, `token: {…}` only secrets."""
    if name.lower() == "id" and key.lower() in PEOPLE_KEYS:
        return "chat_id"
    return key if any(word in key.lower() for word in SECRET_WORDS) else name


def _describe(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="backslashreplace")
    return str(value)
