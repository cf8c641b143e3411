"""Settings of a process, each with what it does and an example. `tixing.environment` reads them."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from notifier.modes import Mode
from notifier.phones import mainland_only, mainland_too
from store.database import Database, parse_url
from store.quiet import QuietHours
from tixing.settings_checks import (
    SHORTEST_SECRET,
    BaseUrl,
    Guest,
    SecretUrl,
    check_account_sid,
    check_aliyun,
    check_auth_token,
    check_caller,
    check_chinese_caller,
    check_database_url,
    check_groups,
    check_key_id,
    check_mail_url,
    check_own_secret,
    check_sender,
    check_telegram_token,
    parse_quiet_hours,
    wrong,
)
from tixing.settings_interface import InterfaceSettings
from tixing.settings_records import RecordsSettings

PREFIX = "TIXING_"


class Settings(RecordsSettings, InterfaceSettings):
    """What the environment says. Its repr shows neither secrets nor guests nor the database's password."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, hide_input_in_errors=True, validate_default=False
    )

    database_url: Annotated[str, AfterValidator(check_database_url)] = Field(
        default="sqlite:///tixing.sqlite",
        repr=False,
        description="Where everything is kept: a SQLite file (the default lies in the folder in which tixing is "
        "started) or a PostgreSQL database.",
        examples=["sqlite:////var/lib/tixing/tixing.sqlite"],
    )
    mode: Mode = Field(
        default=Mode.DEMO,
        description="Whom messages may reach: `demo` nobody outside this machine, `guests` only those in "
        "`TIXING_GUESTS`, `live` everybody in the register.",
        examples=["guests"],
    )
    guests: Annotated[tuple[Guest, ...], NoDecode] = Field(
        default=(),
        repr=False,
        description="In mode `guests`: phone numbers with country code and Telegram chat ids, separated by commas.",
        examples=["+8614000000001,123456789"],
    )
    telegram_token: Annotated[SecretStr, AfterValidator(check_telegram_token)] | None = Field(
        default=None,
        description="The bot's token from @BotFather. With it Telegram is a channel.",
        examples=["123456:AAH-example"],
    )
    telegram_api: BaseUrl = Field(
        default="https://api.telegram.org",
        description="Base URL of the Bot API, for a server of your own or a test server.",
        examples=["http://127.0.0.1:8081"],
    )
    twilio_account_sid: Annotated[str, AfterValidator(check_account_sid)] | None = Field(
        default=None,
        description="Twilio account. With its token and a sender SMS is a channel.",
        examples=["AC00000000000000000000000000000000"],
    )
    twilio_auth_token: Annotated[SecretStr, AfterValidator(check_auth_token)] | None = Field(
        default=None,
        description="Auth token of the Twilio account.",
        examples=["0123456789abcdef0123456789abcdef"],
    )
    twilio_from: Annotated[str, AfterValidator(check_sender)] | None = Field(
        default=None,
        description="The number or sender name that SMS come from.",
        examples=["+15005550006"],
    )
    twilio_voice_from: Annotated[str, AfterValidator(check_caller)] | None = Field(
        default=None,
        description="The number that calls by a machine come from, where it is not that of `TIXING_TWILIO_FROM`.",
        examples=["+15005550006"],
    )
    calls_by: Literal["person", "machine"] = Field(
        default="person",
        description="Who makes the calls that the rules ask for: `person` (a task for the inspection department) or "
        "`machine` (Twilio, or Aliyun for numbers of the mainland, reads the text out and takes one key; numbers that "
        "neither calls are still a person's).",
        examples=["machine"],
    )
    twilio_api: BaseUrl = Field(
        default="https://api.twilio.com",
        description="Base URL of Twilio's interface, for a test server.",
        examples=["http://127.0.0.1:4010"],
    )
    aliyun_key_id: Annotated[str, AfterValidator(check_key_id)] | None = Field(
        default=None,
        description="Id of an access key at Aliyun. With its secret SMS to numbers of the mainland go through Aliyun, "
        "in the texts that are filed there (`tixing filings`). Needs `tixing[china]`.",
        examples=["LTAI5tExampleExampleExample"],
    )
    aliyun_key_secret: Annotated[SecretStr, AfterValidator(check_auth_token)] | None = Field(
        default=None,
        description="The secret of that access key.",
        examples=["ExampleExampleExampleExample12"],
    )
    aliyun_voice_from: Annotated[str, AfterValidator(check_chinese_caller)] | None = Field(
        default=None,
        description="The number, bought at Aliyun, that calls by a machine to numbers of the mainland come from.",
        examples=["02012345678"],
    )
    aliyun_api: BaseUrl | None = Field(
        default=None,
        description="Base URL of Aliyun's interfaces, for a test server; its own if not set.",
        examples=["http://127.0.0.1:4020"],
    )
    groups: bool = Field(
        default=False,
        description="`1` tells groups in WeCom, DingTalk and Feishu through the robots that `tixing chats` has for a "
        "party. Needs `tixing[groups]`.",
        examples=["1"],
    )
    mail_url: Annotated[SecretStr, AfterValidator(check_mail_url)] | None = Field(
        default=None,
        description="The mail server, with who writes. With it e-mail is a channel to the addresses that "
        "`tixing chats` has for a party. `mailtos` is encrypted. Needs `tixing[groups]`.",
        examples=["mailtos://user:password@smtp.example.org?from=lifts@example.org"],
    )
    public_url: BaseUrl | None = Field(
        default=None,
        description="The address under which this service is reached from outside (links in messages, webhooks).",
        examples=["https://lifts.example.org"],
    )
    quiet_hours: Annotated[QuietHours | None, NoDecode] = Field(
        default=QuietHours(),
        description="When messages wait for the morning, as times of day in China; `none` sends at any time. In "
        "mode `demo` nothing waits.",
        examples=["21:00-08:00"],
    )
    operator: Annotated[tuple[Guest, ...], NoDecode] = Field(
        default=(),
        repr=False,
        description="Who is told when tixing itself stands still: phone numbers with country code and Telegram chat "
        "ids, separated by commas.",
        examples=["+8614000000001,123456789"],
    )
    operator_language: Literal["zh", "en"] = Field(
        default="zh", description="The language of those alarms: `zh` or `en`.", examples=["en"]
    )
    alarm_url: SecretUrl | None = Field(
        default=None,
        description="A webhook that gets each alarm, and its end, as JSON.",
        examples=["https://monitor.example.org/alarms?key=1"],
    )
    heartbeat_url: SecretUrl | None = Field(
        default=None,
        description="A dead man's switch: called every minute while all is well. Its silence tells you when the whole "
        "machine is gone.",
        examples=["https://monitor.example.org/ping/1"],
    )
    metrics_token: Annotated[SecretStr, AfterValidator(check_own_secret)] | None = Field(
        default=None,
        description="With it `/metrics` is shown to whoever sends it as a bearer token; without one, to this machine.",
        examples=["use-openssl-rand-hex-32-instead"],
    )
    sms_price: float = Field(
        default=0.05,
        ge=0,
        le=100,
        description="What one SMS segment costs, in your currency, for estimates (`/metrics`, `outbox --stats`).",
        examples=["0.045"],
    )
    secret: Annotated[SecretStr, AfterValidator(check_own_secret)] | None = Field(
        default=None,
        description=f"At least {SHORTEST_SECRET} characters, from which the keys of webhooks and sessions are derived.",
        examples=["use-openssl-rand-hex-32-instead"],
    )

    @field_validator("*", mode="before")
    @classmethod
    def strip_blanks(cls, value: Any) -> Any:
        """Blanks and line ends around a value come from copying."""
        return value.strip() if isinstance(value, str) else value

    @field_validator("*", mode="before")
    @classmethod
    def refuse_control_characters(cls, value: Any) -> Any:
        """They would end up in headers and file names."""
        if isinstance(value, str) and not value.strip().isprintable():
            raise wrong("holds a control character")
        return value

    @field_validator("quiet_hours", mode="before")
    @classmethod
    def read_quiet_hours(cls, value: Any) -> Any:
        """`21:00-08:00`, or `none`."""
        return parse_quiet_hours(value) if isinstance(value, str) else value

    @field_validator("guests", "operator", mode="before")
    @classmethod
    def split_addresses(cls, value: Any) -> Any:
        """`a, b,` → (a, b); the comma may be a Chinese one."""
        if not isinstance(value, str):
            return value
        return tuple(dict.fromkeys(part.strip() for part in re.split("[,\uff0c]", value) if part.strip()))

    @model_validator(mode="after")
    def check_together(self) -> Self:
        """Settings that need each other."""
        twilio = {
            "ACCOUNT_SID": self.twilio_account_sid,
            "AUTH_TOKEN": self.twilio_auth_token,
            "FROM": self.twilio_from,
        }
        missing = [f"TIXING_TWILIO_{name}" for name, value in twilio.items() if value is None]
        if 0 < len(missing) < len(twilio):
            raise wrong(f"{' and '.join(missing)} must be set too: SMS through Twilio needs account, token and sender")
        check_aliyun(
            self.aliyun_key_id, self.aliyun_key_secret, self.aliyun_voice_from, public=self.public_url, own=self.secret
        )
        check_groups(self.groups, self.mail_url)
        if self.calls_by == "machine" and self.caller is None and self.aliyun_caller is None:
            raise wrong(
                "TIXING_CALLS_BY=machine needs TIXING_PUBLIC_URL, where keys are handed over, and a number to call "
                "from: TIXING_TWILIO_VOICE_FROM or TIXING_TWILIO_FROM with the three of TIXING_TWILIO_…, or "
                "TIXING_ALIYUN_VOICE_FROM with the two of TIXING_ALIYUN_KEY_…"
            )
        if self.mode is Mode.GUESTS and not self.guests:
            raise wrong("TIXING_MODE=guests needs TIXING_GUESTS, for example TIXING_GUESTS=+8614000000001,123456789")
        if self.mode is Mode.LIVE and not self.channels:
            raise wrong(
                "TIXING_MODE=live has no channel: set TIXING_TELEGRAM_TOKEN, the three of TIXING_TWILIO_… or the two "
                "of TIXING_ALIYUN_KEY_…"
            )
        return self

    @property
    def caller(self) -> str | None:
        """The number from which Twilio calls; None where it does not."""
        number = self.twilio_voice_from or self.twilio_from or ""
        is_there = self.twilio_account_sid is not None and self.public_url is not None and number.startswith("+")
        return number if self.calls_by == "machine" and is_there else None

    @property
    def aliyun_caller(self) -> str | None:
        """The number from which Aliyun calls; None where it does not."""
        is_there = self.aliyun_key_id is not None and self.public_url is not None
        return self.aliyun_voice_from if self.calls_by == "machine" and is_there else None

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels to the outside that are configured."""
        channels = {
            "telegram": self.telegram_token,
            "sms": self.twilio_account_sid or self.aliyun_key_id,
            "voice": self.caller or self.aliyun_caller,
            "group": self.groups or None,
            "email": self.mail_url,
        }
        return tuple(name for name, credential in channels.items() if credential is not None)

    @property
    def available(self) -> frozenset[str]:
        """Those, and which numbers they reach; as notifier.channels.by_number says it of the channels themselves."""
        at_home = {"sms": self.aliyun_key_id, "voice": self.aliyun_caller}
        abroad = {"sms": self.twilio_account_sid, "voice": self.caller}
        by_number = {
            mainland_too(name) if abroad[name] is not None else mainland_only(name)
            for name, credential in at_home.items()
            if credential is not None
        }
        return frozenset(self.channels) | by_number

    @property
    def operator_addresses(self) -> tuple[tuple[str, str], ...]:
        """The operator's addresses as (channel, address)."""
        return tuple(("sms" if address.startswith("+") else "telegram", address) for address in self.operator)

    @property
    def shown_database(self) -> str:
        """The database's URL without its password."""
        return parse_url(self.database_url).render_as_string(hide_password=True)

    def open_database(self) -> Database:
        """The store that these settings name; nothing is read or made yet."""
        return Database(self.database_url)
