"""Which channels a process has, by its mode and by what is configured."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from notifier.channels.base import Channel
from notifier.channels.by_number import ByNumber
from notifier.channels.call_task import CallTasks
from notifier.channels.demo import DemoSms, DemoTelegram
from notifier.channels.twilio_sms import TwilioSms
from notifier.channels.twilio_voice import TwilioVoice
from notifier.channels.webchat import WebChat
from notifier.modes import Mode
from notifier.pictures import Draw
from store.database import Database


@dataclass(frozen=True)
class TwilioAccount:
    """What Twilio asks for, and where its callbacks find us. It calls only with a number to call from."""

    account_sid: str
    auth_token: str
    sender: str
    api_url: str | None = None
    public_url: str | None = None
    caller: str | None = None


@dataclass(frozen=True)
class AliyunAccount:
    """What Aliyun asks for. It calls only with a number to call from."""

    key_id: str
    key_secret: str
    api_url: str | None = None
    caller: str | None = None


def channels_for(
    mode: Mode,
    database: Database,
    *,
    bot: Any = None,
    twilio: TwilioAccount | None = None,
    aliyun: AliyunAccount | None = None,
    groups: bool = False,
    mail_url: str | None = None,
    draw: Draw | None = None,
) -> dict[str, Channel]:
    """The channels by name. In demo nothing leaves, whatever is configured.

    `bot`: aiogram's, whose types take seconds to load: that is done only where there is one. `draw` makes the pictures
    of notices that tell figures.
    """
    channels: list[Channel] = [WebChat(database, draw), CallTasks(database)]
    if mode is Mode.DEMO:
        channels += [DemoSms(database), DemoTelegram(database)]
    else:
        if bot is not None:
            channels.append(import_module("notifier.channels.telegram").Telegram(bot, draw))
        channels += _by_phone(database, twilio, aliyun)
        channels += _by_apprise(groups, mail_url, draw)
    return {channel.name: channel for channel in channels}


def _by_phone(database: Database, twilio: TwilioAccount | None, aliyun: AliyunAccount | None) -> list[Channel]:
    """SMS and calls, each through the provider of the number."""
    abroad = _twilio_channels(twilio) if twilio is not None else {}
    if aliyun is None:
        return list(abroad.values())
    at_home = _aliyun_channels(database, aliyun)
    return [
        ByNumber(name, mainland=at_home[name], elsewhere=abroad.get(name)) if name in at_home else abroad[name]
        for name in sorted({*at_home, *abroad})
    ]


def _twilio_channels(twilio: TwilioAccount) -> dict[str, Channel]:
    account = (twilio.account_sid, twilio.auth_token)
    sms = TwilioSms(*account, twilio.sender, base_url=twilio.api_url, public_url=twilio.public_url)
    if twilio.caller is None or twilio.public_url is None:
        return {sms.name: sms}
    voice = TwilioVoice(*account, twilio.caller, base_url=twilio.api_url, public_url=twilio.public_url)
    return {sms.name: sms, voice.name: voice}


def _aliyun_channels(database: Database, aliyun: AliyunAccount) -> dict[str, Channel]:
    """Loaded here: whoever does not use them need not have tixing[china], whose clients take seconds to load."""
    filings = import_module("notifier.channels.aliyun_filings").StoredFilings(database)
    account = (aliyun.key_id, aliyun.key_secret)
    sms: Channel = import_module("notifier.channels.aliyun_sms").AliyunSms(*account, filings, base_url=aliyun.api_url)
    if aliyun.caller is None:
        return {sms.name: sms}
    voice: Channel = import_module("notifier.channels.aliyun_voice").AliyunVoice(
        *account, aliyun.caller, filings, base_url=aliyun.api_url
    )
    return {sms.name: sms, voice.name: voice}


def _by_apprise(groups: bool, mail_url: str | None, draw: Draw | None) -> list[Channel]:
    """Loaded here: whoever does not use them need not have tixing[groups]."""
    if not groups and mail_url is None:
        return []
    known = import_module("notifier.channels.groups")
    channels: list[Channel] = [known.Groups(draw=draw)] if groups else []
    return channels if mail_url is None else [*channels, known.Email(mail_url, draw=draw)]


async def close_channels(channels: dict[str, Channel]) -> None:
    """Give every channel's connections back."""
    for channel in channels.values():
        await channel.close()
