import pytest

from notifier.places import PlaceParts, name_place, name_place_short


def parts(**stated: str) -> PlaceParts:
    names = ("compound", "building", "internal_number", "address", "certificate", "key", "district")
    return PlaceParts(**{name: stated.get(name, "") for name in names})


@pytest.mark.parametrize(
    ("stated", "short"),
    [
        ({"compound": "云荔花园", "building": "3栋", "internal_number": "1梯"}, "云荔花园3栋1梯"),
        ({"compound": "云荔花园", "building": "3栋", "internal_number": "3栋1梯"}, "云荔花园3栋1梯"),
        ({"compound": "云荔花园", "internal_number": "云荔花园左梯"}, "云荔花园左梯"),
        ({"compound": "星桥新村北区", "building": "12栋", "internal_number": "2号梯"}, "星桥新村北区12栋2号梯"),
        ({"compound": "岭上国际会展中心北区", "building": "12栋", "internal_number": "2号梯"}, "岭上国际会展12栋2号梯"),
        ({"building": "演示教学实验综合大楼A座", "internal_number": "东侧2号梯"}, "验综合大楼A座东侧2号梯"),
        ({"compound": "Lychee Gardens", "building": "Tower 12", "internal_number": "Lift 3"}, "Lych Tower 12 Lift 3"),
        ({"address": "天河区示例一路88号", "district": "天河区"}, "示例一路88号"),
        ({"address": "601 N CAROLINE ST, BALTIMORE MD 21205"}, "601 N CAROLINE ST"),
        ({"certificate": "梯11粤A00001(20)"}, "梯11粤A00001(20)"),
        ({"key": "MD-0001"}, "MD-0001"),
    ],
)
def test_a_lift_stays_recognisable_within_an_sms_variable(stated: dict[str, str], short: str) -> None:
    assert name_place_short(parts(**stated)) == short
    assert len(short) <= (20 if short.isascii() or "certificate" in stated else 12)


def test_a_chat_shows_the_whole_name() -> None:
    whole = parts(compound="岭上国际会展中心北区", building="12栋", internal_number="2号梯", certificate="x")
    assert name_place(whole) == "岭上国际会展中心北区12栋2号梯"
    assert name_place(parts(address="天河区示例一路88号")) == "天河区示例一路88号"
