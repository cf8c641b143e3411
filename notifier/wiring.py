"""Which channels a process has, by its mode and by what is configured."""

from dataclasses import dataclass

from aiogram import Bot

from notifier.channels.base import Channel
from notifier.channels.call_task import CallTasks
from notifier.channels.demo import DemoSms, DemoTelegram
from notifier.channels.telegram import Telegram
from notifier.channels.twilio_sms import TwilioSms
from notifier.channels.twilio_voice import TwilioVoice
from notifier.channels.webchat import WebChat
from notifier.modes import Mode
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


def channels_for(
    mode: Mode, database: Database, *, bot: Bot | None = None, twilio: TwilioAccount | None = None
) -> dict[str, Channel]:
    """The channels by name. In demo nothing leaves, whatever is configured."""
    channels: list[Channel] = [WebChat(database), CallTasks(database)]
    if mode is Mode.DEMO:
        channels += [DemoSms(database), DemoTelegram(database)]
    else:
        if bot is not None:
            channels.append(Telegram(bot))
        if twilio is not None:
            channels.append(
                TwilioSms(
                    twilio.account_sid,
                    twilio.auth_token,
                    twilio.sender,
                    base_url=twilio.api_url,
                    public_url=twilio.public_url,
                )
            )
        if twilio is not None and twilio.caller is not None and twilio.public_url is not None:
            channels.append(
                TwilioVoice(
                    twilio.account_sid,
                    twilio.auth_token,
                    twilio.caller,
                    base_url=twilio.api_url,
                    public_url=twilio.public_url,
                )
            )
    return {channel.name: channel for channel in channels}


async def close_channels(channels: dict[str, Channel]) -> None:
    """Give every channel's connections back."""
    for channel in channels.values():
        await channel.close()
