"""SMS to numbers of the mainland through Aliyun: only texts that it has approved, by their ids."""

import json
from datetime import datetime, timedelta
from typing import Protocol

from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_dysmsapi20170525.models import (
    QuerySendDetailsRequest,
    SendSmsRequest,
)

from notifier.channels.aliyun_account import TIMEOUT_SECONDS, AliyunAccess, local_number
from notifier.channels.aliyun_filings import StoredFilings
from notifier.channels.base import EarlierAttempt, OutgoingMessage, Rates, UnknownOutcome
from notifier.routing import SMS
from notifier.status_calls import BY_OUR_NUMBER
from store.zone import SHANGHAI

ENDPOINT = "dysmsapi.aliyuncs.com"
PAGE, PAGES = 50, 20
FAILED = 2  # SendStatus: 1 on its way, 2 failed, 3 arrived
CLOCKS_APART = timedelta(minutes=10)


class Listed(Protocol):
    """A message in its list."""

    out_id: str | None
    content: str | None
    send_status: int | None


class AliyunSms:
    """The address is an E.164 number of the mainland. The signature goes in a field of its own."""

    name = SMS
    list_lag = timedelta(minutes=10)
    rates = Rates(per_second=1000)  # 5,000 in all are allowed an account

    def __init__(
        self,
        key_id: str,
        key_secret: str,
        filings: StoredFilings,
        *,
        base_url: str | None = None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self._access = AliyunAccess(key_id, key_secret, ENDPOINT, base_url, timeout)
        self._client = Client(self._access.config())
        self._filings = filings

    async def send(self, message: OutgoingMessage) -> str:
        """Send the text; its BizId is the provider's id. Our own number of the attempt goes along and comes back."""
        said = await self._filings.find(SMS, message.prepared.template, message.body)
        request = SendSmsRequest(
            phone_numbers=local_number(message.address),
            sign_name=sign_name(message.prepared.signature),
            template_code=said.code,
            template_param=json.dumps(said.values, ensure_ascii=False) if said.values else None,
            out_id=str(message.delivery_id) if message.delivery_id else None,
        )
        answer = await self._access.ask(self._client.send_sms_with_options, request)
        if not answer.body.biz_id:
            raise UnknownOutcome("Aliyun's answer has no BizId")
        return str(answer.body.biz_id)

    async def find(self, attempt: EarlierAttempt) -> list[str]:
        """Whether its list of the day shows the message with our own number of this attempt and with these words.

        The list shows no BizId, so what is found is known by our number.
        """
        ours: list[Listed] = []
        for day in sorted(_days_around(attempt.attempted_at)):
            ours += [one for one in await self._list(local_number(attempt.address), day) if _is(one, attempt)]
        return [f"{BY_OUR_NUMBER}{attempt.delivery_id}"] if ours else []

    async def _list(self, number: str, day: str) -> list[Listed]:
        listed: list[Listed] = []
        for page in range(1, PAGES + 1):
            request = QuerySendDetailsRequest(phone_number=number, send_date=day, page_size=PAGE, current_page=page)
            answer = await self._access.ask(self._client.query_send_details_with_options, request)
            shown = answer.body.sms_send_detail_dtos
            found = shown.sms_send_detail_dto if shown is not None else None
            listed += found or []
            if len(found or []) < PAGE:
                break
        return listed

    async def close(self) -> None:
        """Its connections are kept by the client for the whole process."""


def sign_name(signature: str) -> str:
    """【梯信演示】 as it was filed: without what stands around it."""
    return signature.strip("【】[] ")


def _is(listed: Listed, attempt: EarlierAttempt) -> bool:
    words = listed.content.strip() if isinstance(listed.content, str) else ""
    return (
        listed.out_id == str(attempt.delivery_id)
        and listed.send_status != FAILED
        and words.endswith(attempt.body.strip())
    )


def _days_around(moment: datetime) -> set[str]:
    """The days in China, as 20261123, on which the list may have the message: around midnight there are two."""
    return {f"{(moment + apart).astimezone(SHANGHAI):%Y%m%d}" for apart in (-CLOCKS_APART, CLOCKS_APART)}
