"""What Twilio reads out and writes back, in its own markup (TwiML). Whatever stands in a text is escaped."""

from typing import Any

from twilio.twiml.messaging_response import MessagingResponse  # type: ignore[import-untyped]  # twilio ships no types
from twilio.twiml.voice_response import Gather, VoiceResponse  # type: ignore[import-untyped]  # as above

from notifier.replies import say

LARGEST = 4000  # characters of TwiML in a request for a call, by Twilio's API description
VOICE_PATH = "/webhooks/twilio/voice"
# https://www.twilio.com/docs/voice/twiml/say/text-speech; a voice must be one of its language
VOICES = {
    "zh": {"language": "cmn-CN", "voice": "Polly.Zhiyu"},
    "en": {"language": "en-GB", "voice": "Polly.Amy"},
}
PATIENCE_SECONDS = 8  # for a key, after the last word


def key_address(public_url: str, delivery_id: int) -> str:
    """Where Twilio hands over the key that somebody pressed in the call of this attempt."""
    return f"{public_url.rstrip('/')}{VOICE_PATH}?delivery={delivery_id}"


def ask_for_key(text: str, language: str, address: str, *, times: int = 1, first: str = "") -> str:
    """Read `text` out so many times and wait for one key, which goes to `address`; then take leave.

    `first` is said before it, once.
    """
    # without finish_on_key "#" would end the waiting with no key at all
    gather = Gather(
        num_digits=1, action=address, method="POST", timeout=PATIENCE_SECONDS, finish_on_key="", input="dtmf"
    )
    if first:
        gather.say(_plain(first), **VOICES[language])
    gather.say(_plain(text), loop=times, **VOICES[language])
    response = VoiceResponse()
    response.append(gather)
    response.say(_plain(say("voice", language, "no_key")), **VOICES[language])
    return _written(response)


def take_leave(text: str, language: str) -> str:
    """Say one thing and end the call."""
    response = VoiceResponse()
    response.say(_plain(text), **VOICES[language])
    response.hangup()
    return _written(response)


def hang_up() -> str:
    """End a call of which we know nothing."""
    response = VoiceResponse()
    response.hangup()
    return _written(response)


def write_back(text: str) -> str:
    """Answer an SMS; with an empty text there is no answer."""
    response = MessagingResponse()
    if text:
        response.message(_plain(text))
    return _written(response)


def _written(response: Any) -> str:
    return str(response.to_xml())


def _plain(text: str) -> str:
    """Without the characters that XML cannot hold and lines that nobody hears."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
