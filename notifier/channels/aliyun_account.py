"""What SMS and calls through Aliyun share: the account's client, numbers as it writes them, what its refusals mean."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.utils_models import Config
from darabonba.exceptions import RetryError, UnretryableException
from darabonba.runtime import RuntimeOptions
from urllib3.exceptions import NewConnectionError

from notifier.channels.base import ChannelError, PermanentError, TemporaryError, UnknownOutcome
from notifier.phones import MAINLAND

Answer = TypeVar("Answer")
TIMEOUT_SECONDS = 20
AN_HOUR = 3600
OK = "OK"
UNREADABLE = "Aliyun's answer could not be read"
logging.getLogger("darabonba-core").handlers.clear()  # its own handler would pass by what masks our log
RETRY_LATER = (408, 429, 503)
# Codes of our own account, signature, text or number to call from, and of the hour: the number called is not at fault.
# https://help.aliyun.com/document_detail/101346.html (SMS), https://help.aliyun.com/document_detail/178344.html (calls)
OUR_FAULT = frozenset(
    [
        *("isv.ACCOUNT_NOT_EXISTS", "isv.ACCOUNT_ABNORMAL", "isv.AMOUNT_NOT_ENOUGH", "isv.AMOUNT_NOT_ENOUG"),
        *("isv.OUT_OF_SERVICE", "isv.PRODUCT_UN_SUBSCRIPT", "isv.PRODUCT_UNSUBSCRIBE", "isp.RAM_PERMISSION_DENY"),
        *("isv.DENY_IP_RANGE", "isv.SMS_SIGNATURE_ILLEGAL", "isv.SMS_SIGNATURE_SCENE_ILLEGAL", "isv.SMS_SIGN_ILLEGAL"),
        *("isv.SMS_TEMPLATE_ILLEGAL", "isv.TTS_TEMPLATE_ILLEGAL", "isv.TEMPLATE_ILLEGAL", "isv.DISPLAY_NUMBER_ILLEGAL"),
        *("isv.BILLID_NOT_EXIST", "isv.VOICE_ROBOT_NOT_PERIOD", "isv.VOICE_CALL_PERIOD_ERROR", "isv.VOICE_CALL_FAIL"),
    ]
)
TOO_OFTEN = frozenset(["isv.BUSINESS_LIMIT_CONTROL", "isv.DAY_LIMIT_CONTROL", "isv.MONTH_LIMIT_CONTROL"])
NO_SUCH_NUMBER = "isv.MOBILE_NUMBER_ILLEGAL"
OF_THE_MESSAGE = ("isv.", "isp.")  # how codes begin that speak of a message, and not of the request


@dataclass(frozen=True)
class AliyunAccess:
    """The account, as one product's client asks for it. `base_url` is a test server in place of the product's own."""

    key_id: str
    key_secret: str
    endpoint: str
    base_url: str | None = None
    timeout: float = TIMEOUT_SECONDS

    def config(self) -> Config:
        """For the client of one product."""
        parts = urlsplit(self.base_url or f"https://{self.endpoint}")
        return Config(
            access_key_id=self.key_id,
            access_key_secret=self.key_secret,
            endpoint=parts.netloc,
            protocol=parts.scheme,
        )

    async def ask(self, question: Callable[[Any, RuntimeOptions], Answer], request: Any) -> Answer:
        """Aliyun's answer, or one of the errors of the channels' contract.

        In a thread: only the client that blocks keeps its connections open. It tries nothing a second time.
        """
        milliseconds = int(self.timeout * 1000)
        options = RuntimeOptions(connect_timeout=milliseconds, read_timeout=milliseconds)
        try:
            answer = await asyncio.to_thread(question, request, options)
        except AlibabaCloudException as error:
            raise explain_refusal(error) from error
        except UnretryableException as error:
            raise explain_network(error.inner_exception) from error
        except (AttributeError, TypeError, ValueError) as error:
            # the client takes what it has read for an object, whatever came
            raise UnknownOutcome(UNREADABLE) from error
        body: Any = getattr(answer, "body", None)
        if body is None or not body.code:
            raise UnknownOutcome(UNREADABLE)
        if body.code != OK:
            raise explain(body.code)
        return answer


def local_number(phone: str) -> str:
    """A number of the mainland as people there dial it: a landline with 0 before its area, any other as it is."""
    bare = phone.removeprefix(MAINLAND)
    is_mobile = len(bare) == 11 and bare.startswith("1")
    return bare if is_mobile or bare.startswith(("400", "800")) else f"0{bare}"


def explain(code: str) -> ChannelError:
    """What a code other than OK in an answer means for the message."""
    said = f"Aliyun answered {code}"
    if code in TOO_OFTEN:
        return TemporaryError(said, retry_after=AN_HOUR)
    if code in OUR_FAULT:
        return TemporaryError(said)
    if code.startswith("isp."):
        return UnknownOutcome(said)
    return PermanentError(said, no_such=code == NO_SUCH_NUMBER)


def explain_refusal(error: AlibabaCloudException) -> ChannelError:
    """What a refusal by its gateway means: credentials, rights, clock and rate are ours, never the number's."""
    code, status = error.code or "", error.status_code or 0
    if code.startswith(OF_THE_MESSAGE) and status < 500:
        return explain(code)
    said = f"Aliyun answered {status}, {code}"
    if status >= 500 and status not in RETRY_LATER:
        return UnknownOutcome(said)
    wait = error.retry_after
    return TemporaryError(said, retry_after=wait / 1000 if wait else None)


def explain_network(fault: Exception) -> ChannelError:
    """Whether the request can have reached it."""
    if not isinstance(fault, RetryError):
        return UnknownOutcome(UNREADABLE)
    cause = fault.__context__
    reason = getattr(next(iter(cause.args), None), "reason", None) if cause is not None else None
    if isinstance(cause, requests.ConnectTimeout) or isinstance(reason, NewConnectionError):
        return TemporaryError("Aliyun cannot be reached")
    return UnknownOutcome("Aliyun did not answer")
