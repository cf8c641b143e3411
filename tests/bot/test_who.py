"""Who are you, over HTTP: a shared contact, a code, a link on paper; and what a stranger hears."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest
from phones.world import NOW, STRANGER, World

from actions.actors import find_actors
from actions.identity.links import make_link
from bot.people import who
from bot.services import Services
from store.database import Database
from store.lifts import City
from store.parties import Contact

pytestmark = pytest.mark.one_store

NOBODY = "+8614000007777"


@dataclass
class Post:
    """Codes on their way, by number."""

    codes: dict[str, str] = field(default_factory=dict)

    async def __call__(self, number: str, code: str, language: str) -> None:
        """Keep it."""
        self.codes[number] = code


@pytest.fixture
def post() -> Post:
    """What was sent."""
    return Post()


@pytest.fixture
def services(post: Post) -> Any:
    """A process that sends codes."""
    return Services(post, b"k" * 32)


def acts_for(database: Database, chat: int) -> list[int]:
    with database.read() as session:
        return [one.contact_id for one in find_actors(session, "telegram", str(chat))]


async def test_ones_own_contact_opens_the_chat(phone: Any, world: World, database: Database) -> None:
    unit = world.people["unit_contact"]
    stranger = phone(STRANGER)
    await stranger.write("/start")
    await stranger.press("验证我的手机号")
    assert any("Telegram核实" in one.text for one in stranger.messages)
    await stranger.share_contact(unit.phone.removeprefix("+"))
    assert any("验证成功" in one.text for one in stranger.messages)
    assert stranger.sees("我的电梯")
    assert acts_for(database, STRANGER) == [unit.contact_id]


async def test_somebody_elses_contact_opens_nothing(phone: Any, world: World, database: Database) -> None:
    unit = world.people["unit_contact"]
    stranger = phone(STRANGER)
    await stranger.share_contact(unit.phone, user_id=unit.chat)
    theirs = stranger.text
    await stranger.share_contact(NOBODY)
    assert stranger.text == theirs
    assert "无法确认" in theirs
    assert acts_for(database, STRANGER) == []


async def test_a_number_that_nobody_has_leaves_the_chat_as_it_was(phone: Any, world: World, database: Database) -> None:
    unit = world.people["unit_contact"]
    me = phone(STRANGER)
    await me.share_contact(unit.phone)
    await me.share_contact(NOBODY)
    assert "未作任何改动" in me.text
    assert acts_for(database, STRANGER) == [unit.contact_id]


async def test_a_code_opens_the_chat_and_a_wrong_one_does_not(
    phone: Any, world: World, database: Database, post: Post
) -> None:
    unit = world.people["legal_rep"]
    stranger = phone(STRANGER)
    await stranger.write("/start")
    await stranger.press("验证我的手机号")
    await stranger.write("1" * 61)
    assert any("最多60个字" in one.text for one in stranger.messages[-2:])
    await stranger.write("不是号码")
    assert "不像一个手机号码" in stranger.messages[-2].text + stranger.text
    await stranger.write(unit.phone.removeprefix("+86"))
    assert "验证码短信" in stranger.text
    code = post.codes[unit.phone]
    await stranger.write(f"{(int(code) + 1) % 10**6:06d}")
    assert any("验证码不对" in one.text for one in stranger.messages)
    assert acts_for(database, STRANGER) == []
    await stranger.write(code)
    assert acts_for(database, STRANGER) == [unit.contact_id]
    assert stranger.sees("我的电梯")


async def test_a_stranger_with_an_unknown_number_hears_what_a_known_one_hears(
    phone: Any, world: World, post: Post
) -> None:
    heard = []
    for chat, number in ((STRANGER, NOBODY), (STRANGER + 7, world.people["legal_rep"].phone)):
        somebody = phone(chat)
        await somebody.write("/start")
        await somebody.press("验证我的手机号")
        await somebody.write(number)
        await somebody.write("not a code")
        await somebody.press("重新发送验证码")
        heard.append([one.text.replace(str(chat), "") for one in somebody.messages] + [somebody.popup])
    assert heard[0] == heard[1]
    assert list(post.codes) == [world.people["legal_rep"].phone]


async def test_a_link_on_paper_asks_for_the_code_and_opens_the_chat(
    phone: Any, world: World, database: Database, post: Post
) -> None:
    unit = world.people["legal_rep"]
    with database.write() as session:
        link: Any = make_link(session, unit.contact_id, NOW)
    stranger = phone(STRANGER)
    await stranger.write(f"/start k_{link.token}")
    assert "验证码短信" in stranger.text
    await stranger.write(post.codes[unit.phone])
    assert acts_for(database, STRANGER) == [unit.contact_id]
    other = phone(STRANGER + 7)
    await other.write(f"/start k_{link.token}")
    assert "验证码短信" in other.text
    assert list(post.codes) == [unit.phone]


async def test_a_person_of_two_parties_switches_and_forgets(phone: Any, world: World, database: Database) -> None:
    unit = world.people["unit_contact"]
    with database.write() as session:
        assert session.get(City, "guangzhou") is not None
        second = Contact(
            party_id=world.parties["other"], role="unit_contact", name="陈一鸣", phone=unit.phone, from_on=NOW.date()
        )
        session.add(second)
    me = phone(STRANGER)
    await me.share_contact(unit.phone)
    await me.press("我和登录")
    await me.press("星桥新村" if me.sees("星桥新村") else "⇄")
    assert "星桥物业" in me.text, me.popup
    await me.press("我和登录")
    await me.press("忘记此会话")
    await me.press("确认忘记")
    assert not me.sees("我的电梯")
    assert acts_for(database, STRANGER) == []


async def test_a_lost_telephone_is_reported_in_two_taps(phone: Any, world: World, database: Database) -> None:
    unit = world.people["unit_contact"]
    me, other = phone(STRANGER), phone(STRANGER + 7)
    for one in (me, other):
        await one.share_contact(unit.phone)
    await me.press("我和登录")
    await me.press("手机丢失")
    await me.press("确认挂失", twice=True)
    assert acts_for(database, STRANGER + 7) == []
    assert acts_for(database, STRANGER) == [unit.contact_id]
    await other.write("/menu")
    assert not other.sees("我的电梯")


async def test_a_code_asked_for_twice_in_a_minute_leaves_the_first_to_be_typed(
    phone: Any, post: Post, world: World, database: Database
) -> None:
    number = world.people["unit_contact"].phone
    stranger = phone(STRANGER)
    for _ in range(2):
        await stranger.write("/start")
        await stranger.press("验证我的手机号")
        await stranger.write(number)
    assert any("1 分钟后" in one.text for one in stranger.messages)
    assert "请把6位验证码发到这里" in stranger.text
    await stranger.write(post.codes[number])
    assert acts_for(database, STRANGER)


async def test_whose_code_was_taken_before_the_process_died_is_welcomed(
    phone: Any, world: World, post: Post, running: Any, start_bot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, number, me = asyncio.Event(), world.people["unit_contact"].phone, phone(STRANGER)
    await me.write("/start")
    await me.press("验证我的手机号")
    await me.write(number)

    async def hang(*_: Any) -> None:
        taken.set()
        await asyncio.sleep(60)

    with monkeypatch.context() as dying:
        dying.setattr(who, "_welcome", hang)
        me.deliver({"text": post.codes[number]})
        await asyncio.wait_for(taken.wait(), 10)
        await running.stop()
    again = start_bot()
    running.desk, running.polling, running.bot = again.desk, again.polling, again.bot
    await asyncio.sleep(0.3)
    await me._settle()
    assert any("验证成功" in one.text for one in me.messages)
    assert me.sees("我的电梯")
