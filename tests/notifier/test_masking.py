import pytest

from notifier.masking import mask_address, mask_phone


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("+8614000000001", "140****0001"),
        ("14000000001", "140****0001"),
        ("+85251234567", "+852***4567"),
        ("+14105550123", "+141***0123"),
        ("110", "***"),
        ("", "***"),
    ],
)
def test_the_middle_of_a_number_is_hidden(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


def test_a_chat_id_shows_its_ends_only() -> None:
    assert mask_address("telegram", "5681419729") == "56***29"
    assert mask_address("webchat", "ab12") == "***"
    assert mask_address("call_task", "+8614000000001") == "140****0001"
