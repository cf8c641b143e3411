"""What single cells mean: dates, identifiers, phones, places, headers."""

from datetime import date

import pytest

from actions.register.dates import NO_DATE, read_date
from actions.register.errors import RowRefused
from actions.register.headers import recognise
from actions.register.identifiers import normalise_identifier, read_identifier
from actions.register.persons import invent_phone
from actions.register.phones import read_phones
from actions.register.places import places_of
from actions.register.units import plain_name
from store.lifts import NameKind


@pytest.mark.parametrize(
    "stated",
    [
        "2024-04-17", "2024/04/17", "2024/4/17", "2024.04.17", "20240417", "2024年04月17日", "2024年4月17日",
        "2024年4月17号", "2024 年 4 月 17 日", "2024-04-17 00:00:00", "2024-04-17T08:30:00", "2024/4/17 0:00",
        "２０２４－０４－１７", "45399", "45399.5", " 2024-04-17 ", "'2024-04-17",
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_form_that_registers_use(stated: str) -> None:
    assert read_date(stated) == ("2024-04-17", "day")


@pytest.mark.parametrize("stated", ["2024-02", "2024-2", "2024年02月", "2024年2月", "2024/02", "2024.2", "202402"])
def test_a_month_means_its_last_day(stated: str) -> None:
    assert read_date(stated) == ("2024-02-29", "month")


@pytest.mark.parametrize(
    "stated",
    [
        "", " ", "-", "--", "—", "——", "/", "无", "暂无", "null", "N/A", "2099-12-31", "2099年12月",
        "9999-12-31", "1900-01-01", "1900-01-00", "0000-00-00", "20991231",
    ],
)  # fmt: skip
def test_a_sentinel_means_no_date(stated: str) -> None:
    assert read_date(stated) == NO_DATE


@pytest.mark.parametrize(
    "stated",
    [
        "soon",
        "2024-13",
        "2024-02-30",
        "2024",
        "31/05/2026",
        "2024-04-17至2025-04-16",
        "########",
        "24-04-17",
        "2024-00-10",
    ],
)
def test_what_is_no_date_is_said_to_be_none(stated: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (any sentence will do, the row says its own)
        read_date(stated)


@pytest.mark.parametrize(
    "written", ["梯11粤A00001(20)", "梯11粵A00001（20）", "梯 11 粤 A00001 (20)", "梯11粤a00001(20)"]
)
def test_a_certificate_is_found_however_it_is_written(written: str) -> None:
    assert normalise_identifier(written) == "梯11粤A00001(20)"


def test_a_certificate_is_shown_as_stated() -> None:
    found = read_identifier(" 梯11粵A00001（20） ", NameKind.CERTIFICATE.value, "certificate")
    assert found is not None
    assert (found.value, found.shown) == ("梯11粤A00001(20)", "梯11粵A00001（20）")


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ("31104403002009001047", "31104403002009001047"),
        ("'31104403002009001047", "31104403002009001047"),
        ('="31104403002009001047"', "31104403002009001047"),
        ("3110 4403 0020 0900 1047", "31104403002009001047"),
        ("３１１０４４０３００２００９００１０４７", "31104403002009001047"),
        ("\u202d31104403002009001047\u202c", "31104403002009001047"),
        ("900001.0", "900001"),
        ("000123", "000123"),
        ("3110990012017000a", "3110990012017000A"),
    ],
)
def test_a_code_stays_text(stated: str, code: str) -> None:
    found = read_identifier(stated, NameKind.REGISTRATION_CODE.value, "code")
    assert found is not None
    assert (found.shown, found.stated) == (code, stated.strip())


@pytest.mark.parametrize(
    "stated", ["3.11E+16", "3.1103506002016E+19", "3e+16", "３．１１Ｅ＋１６", "31103506002016053000.0"]
)
def test_a_code_that_excel_made_a_number_of_is_refused(stated: str) -> None:
    with pytest.raises(RowRefused) as refused:
        read_identifier(stated, NameKind.EQUIPMENT_CODE.value, "设备代码")
    assert refused.value.reason == "excel_number"


@pytest.mark.parametrize("stated", ["########", "#REF!", "#VALUE!", "#NAME?"])
def test_an_error_of_a_spreadsheet_is_no_code(stated: str) -> None:
    with pytest.raises(RowRefused) as refused:
        read_identifier(stated, NameKind.EQUIPMENT_CODE.value, "设备代码")
    assert refused.value.reason == "excel_error"


@pytest.mark.parametrize("stated", ["-", "/", "无", " ", "null", "#N/A", "\u200b"])
def test_a_word_for_nothing_is_no_identifier(stated: str) -> None:
    assert read_identifier(stated, NameKind.EQUIPMENT_CODE.value, "设备代码") is None


@pytest.mark.parametrize(
    ("stated", "number"),
    [
        ("14000000001", "+8614000000001"),
        ("140 0000 0001", "+8614000000001"),
        ("140-0000-0001", "+8614000000001"),
        ("+86 140 0000 0001", "+8614000000001"),
        ("008614000000001", "+8614000000001"),
        ("１４００００００００１", "+8614000000001"),
        ("\u202d14000000001\u202c", "+8614000000001"),
        ("020-88886666", "+862088886666"),
        ("(020)88886666", "+862088886666"),
        ("020-88886666转801", "+862088886666"),
        ("020-88886666-801", "+862088886666"),
        ("4008123123", "+864008123123"),
    ],
)
def test_a_phone_becomes_e164(stated: str, number: str) -> None:
    assert read_phones(stated, "CN") == (number,)


def test_two_phones_in_one_cell_are_two() -> None:
    assert read_phones("14000000001/14000000002", "CN") == ("+8614000000001", "+8614000000002")
    assert read_phones("14000000001、020-88886666", "CN") == ("+8614000000001", "+862088886666")


@pytest.mark.parametrize("stated", ["1400000000", "1.4E+10", "12345", "微信同号", "14000000001/12", "88886666"])
def test_what_is_no_phone_number_is_said_to_be_none(stated: str) -> None:
    assert read_phones(stated, "CN") is None


def test_a_mapping_may_set_another_country() -> None:
    assert read_phones("(410) 555-2671", "US") == ("+14105552671",)
    assert read_phones("14000000001", "US") is None


def test_an_invented_phone_is_always_the_same_and_in_a_block_given_to_nobody() -> None:
    assert invent_phone("u-0123456789") == invent_phone("u-0123456789") != invent_phone("u-0123456780")
    assert invent_phone("u-0123456789").startswith("+86140")
    assert len(invent_phone("u-0123456789")) == len("+8614000000001")


@pytest.mark.parametrize(
    "stated",
    ["天河区", "天河", "广州市天河区", "广东省广州市天河区", "广州市天河", "440106", "440106000000", " 天 河 区 "],
)
def test_a_district_is_known_by_name_or_code(stated: str) -> None:
    assert places_of("guangzhou").find(stated) == ("天河区", "440106")


def test_a_former_county_level_city_is_the_district_of_that_name() -> None:
    assert places_of("guangzhou").find("增城市") == ("增城区", "440118")


def test_an_unknown_district_stays_as_stated() -> None:
    assert places_of("guangzhou").find("星桥区") == ("星桥区", None)
    assert places_of("nowhere").find("天河区") == ("天河区", None)


def test_a_district_is_found_in_an_address_that_names_just_one() -> None:
    places = places_of("guangzhou")
    assert places.find_in_address("广东省广州市天河区示例一路88号").code == "440106"
    assert places.find_in_address("天河区与越秀区交界").code is None
    assert places.find_in_address("示例一路88号").code is None


@pytest.mark.parametrize(
    ("stated", "is_it"),
    [("广州市", True), ("广州", True), ("4401", True), ("440100", True), ("", True), ("市辖区", True), ("增城市", True),
     ("深圳市", False), ("4403", False)],
)  # fmt: skip
def test_a_city_is_known_by_name_or_code(stated: str, is_it: bool) -> None:
    assert places_of("guangzhou").is_this_city(stated) is is_it


def test_names_of_units_are_compared_without_regard_to_width_and_spaces() -> None:
    assert plain_name("样例电梯（中国）有限公司 ") == plain_name("样例电梯(中国)有限公司")


@pytest.mark.parametrize(
    ("cell", "field"),
    [
        ("电梯注册代码\n电梯注册代码小于20位请上传登记证编号", "registration_code"),
        ("下次检验日期\n（格式yyyy-mm-dd）", "valid_until"),
        ("下次检验日期（格式yyyy-mm-dd)", "valid_until"),
        ("使用登记\n证编号", "certificate"),
        ("安装地点 ", "address"),
        ("* 使用单位名称：", "use_unit"),
        ("【必填】设备代码", "equipment_code"),
        ("equipment_code", "equipment_code"),
        ("Valid until", "valid_until"),
    ],
)
def test_a_header_cell_is_understood_in_spite_of_hints_and_brackets(cell: str, field: str) -> None:
    assert list(recognise([cell])) == [field]


def test_a_bare_phone_column_belongs_to_whoever_stands_left_of_it() -> None:
    header = [
        "使用管理单位",
        "联系人",
        "联系电话",
        "安全管理员",
        "手机",
        "电梯维保单位",
        "联系人",
        "联系电话",
        "信用代码",
    ]
    assert recognise(header) == {
        "use_unit": 0, "use_unit_contact": 1, "use_unit_phone": 2, "safety_manager": 3, "safety_manager_phone": 4,
        "maintainer": 5, "maintainer_contact": 6, "maintainer_phone": 7, "maintainer_credit_code": 8,
    }  # fmt: skip


def test_of_two_columns_for_one_field_the_more_telling_name_wins() -> None:
    assert recognise(["设备种类", "设备名称", "设备品种"]) == {"kind": 2}


def test_the_serial_of_a_date_is_counted_as_excel_does() -> None:
    assert read_date("43831") == (date(2020, 1, 1).isoformat(), "day")
