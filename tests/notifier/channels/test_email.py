"""E-mail: over real SMTP, against a server that keeps what it takes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import Any

import pytest

from notifier.channels.base import ChannelError, PermanentError, TemporaryError, UnknownOutcome
from notifier.channels.groups import Email

BODY = "贵单位有14台电梯到期。\n<b>请</b>约检 & 配合 {{ n }}。"


@dataclass
class FakeMail:
    """A mail server: what it was given, and what it says to each command (by its first word)."""

    mails: list[tuple[str, str, Any]] = field(default_factory=list)
    says: dict[str, str] = field(default_factory=dict)
    port: int = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """RFC 5321, as far as a client that sends one mail needs it."""
        envelope: dict[str, str] = {}

        async def say(line: str) -> None:
            writer.write(line.encode() + b"\r\n")
            await writer.drain()

        await say("220 mail.example.org")
        while line := (await reader.readline()).decode().strip():
            word = line.split(":")[0].split(" ")[0].upper()
            answer = self.says.get(word, {"QUIT": "221 bye", "DATA": "354 go on"}.get(word, "250 OK"))
            if answer == "hang up":
                break
            envelope[word] = line
            await say(answer)
            if word == "DATA" and answer.startswith("354"):
                data = await reader.readuntil(b"\r\n.\r\n")
                ending = self.says.get("END", "250 taken")
                if ending == "hang up":
                    break
                if ending.startswith("250"):
                    parsed = message_from_bytes(data[:-5], policy=policy.default)
                    self.mails.append((envelope["MAIL"], envelope["RCPT"], parsed))
                await say(ending)
            if word == "QUIT":
                break
        writer.close()


@pytest.fixture
async def mail() -> AsyncIterator[FakeMail]:
    fake = FakeMail()
    server = await asyncio.start_server(fake.talk, "127.0.0.1", 0)
    fake.port = server.sockets[0].getsockname()[1]
    yield fake
    server.close()


def email_to(mail: FakeMail, **options: Any) -> Email:
    return Email(f"mailto://127.0.0.1:{mail.port}?from=lifts@example.org", **options)


async def test_a_mail_is_signed_in_its_subject_and_says_what_is_written(
    mail: FakeMail, make_message: Callable[..., Any]
) -> None:
    assert await email_to(mail).send(make_message("email", "li+lift@example.cn", BODY, delivery_id=7)) == "email:7"
    [(sender, to, said)] = mail.mails
    assert ("lifts@example.org" in sender, "li+lift@example.cn" in to) == (True, True)
    assert said["Subject"] == "梯信演示"
    assert said.get_content_type() == "text/plain"
    assert said.get_content().strip().replace("\r\n", "\n") == BODY


async def test_figures_come_with_their_picture(mail: FakeMail, make_message: Callable[..., Any]) -> None:
    message = make_message("email", "li@example.cn", BODY, figures={"open": 1})
    await email_to(mail, draw=lambda prepared: b"\x89PNG drawn").send(message)
    [(_, _, said)] = mail.mails
    [picture] = said.iter_attachments()
    assert (picture.get_content_type(), picture.get_content()) == ("image/png", b"\x89PNG drawn")
    assert said.get_body().get_content().strip().replace("\r\n", "\n") == BODY


@pytest.mark.parametrize(
    ("says", "error"),
    [
        ({"RCPT": "550 nobody here"}, PermanentError),
        ({"RCPT": "550 5.1.1 nobody here"}, PermanentError),
        ({"RCPT": "550 5.7.1 your IP is blocked"}, TemporaryError),
        ({"RCPT": "550-5.7.1 your IP\r\n550 5.7.1 is 'blocked'"}, TemporaryError),
        ({"RCPT": "550 5.1.8 your domain does not exist"}, TemporaryError),
        ({"RCPT": "550 5.2.1 nobody reads this, see 5.7.1"}, PermanentError),
        ({"RCPT": "450 later"}, TemporaryError),
        ({"MAIL": "451 later"}, TemporaryError),
        ({"MAIL": "554 your address is blocked, 'ask us'"}, TemporaryError),
        ({"END": "554 spam"}, PermanentError),
        ({"END": "554 it's, \"spam\", 'x'"}, PermanentError),
        ({"END": "554 5.7.1 your domain is not signed"}, TemporaryError),
        ({"END": "hang up"}, UnknownOutcome),
    ],
)
async def test_what_a_mail_server_says(
    mail: FakeMail, make_message: Callable[..., Any], says: dict[str, str], error: type[Exception]
) -> None:
    mail.says = says
    with pytest.raises(error) as caught:
        await email_to(mail).send(make_message("email", "li@example.cn"))
    assert "li@example.cn" not in str(caught.value)
    assert mail.mails == []


async def test_a_mail_server_that_is_not_there_is_tried_later(make_message: Callable[..., Any]) -> None:
    with pytest.raises(TemporaryError, match="cannot be reached"):
        await Email("mailto://127.0.0.1:9?from=a@example.org").send(make_message("email", "li@example.cn"))


@pytest.mark.parametrize("address", ["", "nobody", "a b@example.cn"])
async def test_what_is_no_address_is_not_written_to(
    mail: FakeMail, make_message: Callable[..., Any], address: str
) -> None:
    with pytest.raises(ChannelError):
        await email_to(mail).send(make_message("email", address))
    assert mail.mails == []
