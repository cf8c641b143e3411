"""Registers of another layout, by a mapping file."""

from pathlib import Path
from typing import Any

import pytest

from actions.register import RegisterError
from actions.register.mapping import shipped_mappings

MAPPING = """
[columns]
key = "Nr"
valid_until = "Gültig bis"
use_unit = "Betreiber"
use_unit_phone = "Telefon"
status = "Zustand"
"""
TEXT = """Nr;Ort;Zustand;Gültig bis;Betreiber;Telefon
A-1;Hof 1;an;2027-02;Muster GmbH;030 901820
A-2;Hof 2;aus;2027-03;;
"""


def mapped(desk: Any, mapping: str, text: str = TEXT) -> Any:
    """Import `text` by `mapping`."""
    path = desk.folder / "own.toml"
    path.write_text(mapping, encoding="utf-8")
    return desk.take(desk.text(text), mapping=str(path))


def test_any_layout_can_be_read_by_a_mapping(desk: Any) -> None:
    summary = mapped(desk, 'region = "DE"\nlanguage = "en"\n' + MAPPING + '[values.status]\n"aus" = "out_of_use"\n')
    assert summary.created == 2
    assert desk.all("SELECT key, status, valid_until FROM lift ORDER BY key") == [
        ("A-1", "in_use", "2027-02-28"),
        ("A-2", "out_of_use", "2027-03-31"),
    ]
    assert desk.one("SELECT phone FROM contact") == "+4930901820"
    assert desk.one("SELECT DISTINCT language FROM party WHERE ref LIKE 'u-%'") == "en"
    assert desk.one("SELECT kind FROM lift_name WHERE value = 'A-1'") == "mapped"
    assert desk.one("SELECT mapping FROM import_run") == "own"


def test_where_the_unit_is_blank_its_fallback_stands_for_it(desk: Any) -> None:
    mapped(desk, 'use_unit_fallback = "Betreiber von {Ort}"\n' + MAPPING)
    query = "SELECT party.name FROM responsibility JOIN party ON party.id = party_id ORDER BY lift_id"
    assert desk.all(query) == [("Muster GmbH",), ("Betreiber von Hof 2",)]


def test_a_constant_stands_for_a_column_that_is_not_there(desk: Any) -> None:
    mapped(desk, MAPPING + '[constants]\ndistrict = "天河区"\nmaintainer = "穗样电梯"\n')
    assert desk.all("SELECT DISTINCT district, district_code FROM lift") == [("天河区", "440106")]
    assert desk.one("SELECT count(*) FROM responsibility WHERE role = 'maintainer'") == 2


def test_columns_can_be_kept_beside_the_lift(desk: Any) -> None:
    mapped(desk, MAPPING.replace('status = "Zustand"\n', "") + '[extra]\nplace = "Ort"\n')
    assert desk.all("SELECT extra FROM lift ORDER BY key") == [('{"place": "Hof 1"}',), ('{"place": "Hof 2"}',)]


def test_words_of_districts_and_kinds_can_be_translated(desk: Any) -> None:
    maps = '[values.district]\n"Hof 1" = "天河区"\n[values.kind]\n"Hof 2" = "Aufzug"\n'
    mapped(desk, MAPPING + 'district = "Ort"\nkind = "Ort"\n' + maps)
    assert desk.all("SELECT district_code, kind FROM lift ORDER BY key") == [("440106", "Hof 1"), (None, "Aufzug")]


def test_a_changed_mapping_reads_unchanged_rows_again(desk: Any) -> None:
    mapped(desk, MAPPING)
    assert mapped(desk, MAPPING).unchanged == 2
    assert mapped(desk, MAPPING + '[values.status]\n"aus" = "out_of_use"\n').updated == 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("columns = 1", "columns: Input should be a valid dictionary"),
        ("[columns", "is not TOML"),
        ("[columns]\nvalid_untill = 'x'", "columns.valid_untill is no field of the register; known are equipment_code"),
        ("[columns]\nvalid_until = 'x'", "columns names no identifier"),
        ("[columns]\nkey = ''", "columns.key: String should have at least 1 character"),
        ("[columns]\nkey = 3", "columns.key: Input should be a valid string"),
        ("colums = 1\n[columns]\nkey = 'x'", "colums is no key that a mapping can have"),
        ("region = 'XX'\n[columns]\nkey = 'x'", "region: 'XX' is no country code"),
        ("language = 'de'\n[columns]\nkey = 'x'", "language: Input should be 'zh' or 'en'"),
        ("[columns]\nkey = 'x'\n[values.status]\nan = 'on'", "values.status.an: Input should be 'in_use'"),
        ("[columns]\nkey = 'x'\nkind = 'y'\n[constants]\nkind = 'z'", "kind stands in columns and in constants"),
        ("[columns]\nkey = 'x'\n[constants]\ncertificate = 'z'", "constants gives every lift the same certificate"),
        ("use_unit_fallback = 'x'\n[columns]\nkey = 'x'", "use_unit_fallback names no column in braces"),
        ("[columns]\nkey = 'x'\n[synthetic_contacts]\ncolumn = 'y'", "synthetic_contacts.equals: Field required"),
    ],
)
def test_a_wrong_mapping_is_one_sentence_that_names_the_key(desk: Any, text: str, sentence: str) -> None:
    with pytest.raises(RegisterError) as error:
        mapped(desk, text)
    assert sentence in str(error.value)
    assert "own.toml" in str(error.value)
    assert "\n" not in str(error.value).removesuffix("\n")


@pytest.mark.parametrize(
    ("mapping", "key"),
    [
        (MAPPING + 'maintainer = "Wartung"', "columns.maintainer"),
        ('use_unit_fallback = "{Strasse}"\n' + MAPPING, "use_unit_fallback {Strasse}"),
        (MAPPING + '[synthetic_contacts]\ncolumn = "hat"\nequals = "1"', "synthetic_contacts.column"),
        (MAPPING + '[extra]\nbrand = "Marke"', "extra.brand"),
    ],
)
def test_a_column_that_the_file_lacks_is_named_with_its_key(desk: Any, mapping: str, key: str) -> None:
    with pytest.raises(RegisterError) as error:
        mapped(desk, mapping)
    assert f"({key}); its columns are Nr, Ort, Zustand, Gültig bis, Betreiber, Telefon" in str(error.value)


def test_a_mapping_that_is_not_there_is_one_sentence(desk: Any, tmp_path: Path) -> None:
    with pytest.raises(
        RegisterError, match=r"no mapping file atlantis, and no shipped mapping has that name \(maryland\)"
    ):
        desk.take(desk.text(TEXT), mapping="atlantis")
    with pytest.raises(RegisterError, match="cannot be read"):
        desk.take(desk.text(TEXT), mapping=str(tmp_path))


def test_the_shipped_mapping_is_found_by_its_name() -> None:
    assert list(shipped_mappings()) == ["maryland"]
