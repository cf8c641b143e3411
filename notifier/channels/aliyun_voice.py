"""Calls by a machine to numbers of the mainland through Aliyun: an approved text is read out and one key answers it."""

import json
from datetime import timedelta

from alibabacloud_dyvmsapi20170525.client import Client
from alibabacloud_dyvmsapi20170525.models import IvrCallRequest, IvrCallRequestMenuKeyMap

from notifier.channels.aliyun_account import TIMEOUT_SECONDS, AliyunAccess, local_number
from notifier.channels.aliyun_filings import StoredFilings
from notifier.channels.base import CannotTell, EarlierAttempt, OutgoingMessage, Rates, UnknownOutcome
from notifier.filing_texts import REPLY
from notifier.filings import Said
from notifier.replies import AGAIN, offered_keys, say
from notifier.routing import VOICE

ENDPOINT = "dyvmsapi.aliyuncs.com"
TIMES = 2  # the text is read out; 3 at most
PATIENCE = 8_000  # milliseconds for a key, after the last word


class AliyunVoice:
    """The address is an E.164 number of the mainland. Which key was pressed Aliyun tells when the call is over."""

    name = VOICE
    list_lag = timedelta(0)
    rates = Rates(
        per_second=1, shared=True
    )  # a number of ours carries few calls at a time, and what is more is refused

    def __init__(
        self,
        key_id: str,
        key_secret: str,
        caller: str,
        filings: StoredFilings,
        *,
        base_url: str | None = None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self._access = AliyunAccess(key_id, key_secret, ENDPOINT, base_url, timeout)
        self._client = Client(self._access.config())
        self._caller, self._filings = caller, filings

    async def send(self, message: OutgoingMessage) -> str:
        """Begin the call; its CallId is the provider's id. Our own number of the attempt goes along and comes back."""
        said = await self._filings.find(VOICE, message.prepared.template, message.body)
        request = IvrCallRequest(
            called_number=local_number(message.address),
            called_show_number=self._caller,
            start_code=said.code,
            start_tts_params=_values(said),
            menu_key_map=await self._menu(said, message.prepared.language),
            play_times=TIMES,
            timeout=PATIENCE,
            out_id=str(message.delivery_id),
        )
        answer = await self._access.ask(self._client.ivr_call_with_options, request)
        if not answer.body.call_id:
            raise UnknownOutcome("Aliyun's answer has no CallId")
        return str(answer.body.call_id)

    async def _menu(self, said: Said, language: str) -> list[IvrCallRequestMenuKeyMap]:
        """What is read out after each key; 0 says it again."""
        menu = []
        for key, meaning in offered_keys().items():
            spoken = said
            if meaning != AGAIN:
                spoken = await self._filings.find(VOICE, REPLY, say(VOICE, language, meaning))
            menu.append(IvrCallRequestMenuKeyMap(key=key, code=spoken.code, tts_params=_values(spoken)))
        return menu

    async def find(self, attempt: EarlierAttempt) -> list[str]:
        """Aliyun shows a call only by its own id, which an attempt of unknown outcome does not have."""
        raise CannotTell("Aliyun cannot be asked about a call without its CallId")

    async def close(self) -> None:
        """Its connections are kept by the client for the whole process."""


def _values(said: Said) -> str | None:
    return json.dumps(said.values, ensure_ascii=False) if said.values else None
