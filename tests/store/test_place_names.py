"""What a lift is called, from the three parts that a register gives."""

import pytest

from store.place_names import join_names


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("云荔花园", "3栋", "1梯"), "云荔花园3栋1梯"),
        (("云荔花园", "3栋", "3栋1梯"), "云荔花园3栋1梯"),
        (("花园4", "", "1栋1梯"), "花园4 1栋1梯"),
        (("花园4", "1栋", "1梯"), "花园4 1栋1梯"),
        (("Harbour Mall", "B", "2"), "Harbour Mall B 2"),
        (("", "", ""), ""),
    ],
)
def test_numbers_that_meet_keep_a_gap_and_nothing_is_said_twice(parts: tuple[str, str, str], name: str) -> None:
    assert join_names(*parts) == name
