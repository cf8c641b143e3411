from pathlib import Path

from notifier.catalogue import write_catalogue

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "messages.md"


def test_the_document_of_messages_says_what_the_templates_say() -> None:
    written = DOCUMENT.read_text(encoding="utf-8")
    assert written == write_catalogue(), "run: python -m notifier.catalogue docs/messages.md"
