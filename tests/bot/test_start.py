"""/start and the menu: a stranger learns who we are and nothing else; everybody else sees what they can do."""

from typing import Any

import pytest
from phones.world import STRANGER


async def test_a_stranger_is_told_who_we_are_and_the_number_of_the_chat(phone: Any) -> None:
    stranger = phone(STRANGER)
    await stranger.write("/start")
    assert "梯信" in stranger.text
    assert str(STRANGER) in stranger.text


async def test_another_language_is_answered_in_english(phone: Any) -> None:
    stranger = phone(STRANGER, language="it")
    await stranger.write("/start")
    assert stranger.text.startswith("Hello, this is Tixing")


async def test_somebody_of_the_register_sees_what_they_can_do(phone: Any) -> None:
    unit = phone("unit_contact")
    await unit.write("/start")
    assert "广州示例云荔物业服务有限公司" in unit.text
    assert "使用单位联系人" in unit.text
    assert unit.sees("我的电梯")


@pytest.mark.parametrize("chat", ["stranger", "revoked"])
@pytest.mark.parametrize("said", ["/why", "3栋1梯", "/help", "/menu"])
async def test_whoever_is_nobody_learns_nothing_of_any_lift(phone: Any, world: Any, chat: str, said: str) -> None:
    nobody = phone(STRANGER if chat == "stranger" else world.people["revoked"].chat)
    await nobody.write(said)
    assert not [message for message in nobody.messages if "云荔" in message.text]
    assert not nobody.sees("我的电梯")


async def test_the_language_is_kept_for_the_chat(phone: Any) -> None:
    unit = phone("unit_contact")
    await unit.write("/language")
    assert unit.messages[-2].text == "English from now on."
    await unit.write("/menu")
    assert unit.sees("My lifts")


async def test_what_is_open_is_shown_again_in_the_new_language(phone: Any) -> None:
    unit = phone("unit_contact")
    await unit.write("/start")
    await unit.press("我的电梯")
    await unit.press("云荔花园1栋")
    for said, first, second in (("/language", "1栋1梯", "Menu"), ("/language en", "1栋1梯", "Menu")):
        await unit.write(said)
        assert unit.sees(first)
        assert unit.sees(second)
    await unit.press("1栋1梯")
    assert "Periodic inspection" in unit.text
