"""Other platforms upload records: each once, none of another maintainer's lift, nothing half-stored."""

from datetime import timedelta

import pytest
from phones.world import CITY, TODAY

from actions.interface.models import SAMPLE
from actions.paperless.platforms import apply_third_party
from schedules.items import items_of
from store.paperless import PlatformState
from store.records import VisitKind

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 40


def test_a_record_is_kept_once_however_often_it_comes_and_never_changed(platform):
    said = platform.said()
    first, again = (platform.ask("POST", "/records", json=said) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200), first.text
    assert first.json() == again.json()
    assert first.json()["state"] == "pending"
    other = platform.ask("POST", "/records", json=said | {"note": "另一份"})
    assert (other.status_code, other.json()["code"]) == (409, "other_content")
    for change in ({"workers": [said["workers"][0] | {"name": "别人"}]}, {"lift": platform.lift_key("own", 1)}):
        assert platform.ask("POST", "/records", json=said | change).status_code == 409
    assert platform.entries() == 1
    [record] = platform.records()
    assert (record.platform, record.consent_id, record.source_id) == ("own", None, platform.world.parties["maintainer"])
    assert platform.ask("GET", f"/records/{record.id}").json() == first.json()
    assert platform.ask("GET", f"/records?lift={platform.lift}").json()["records"] == [first.json()]
    assert "何师傅" not in first.text


def test_the_example_of_the_document_is_taken(platform):
    assert platform.ask("POST", "/records", json=SAMPLE).status_code == 201
    assert platform.ask("POST", "/records:batch", json={"records": [SAMPLE]}).json()["repeated"] == 1


def test_what_cannot_be_so_is_refused_with_all_that_is_wrong(platform):
    wrong = platform.said(
        count=7,
        items={"A-9-99": {"result": "ok"}, "A-1-01": {"result": "ok", "value": "1"}},
    )
    answer = platform.ask("POST", "/records", json=wrong)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert {one["code"] for one in answer.json()["errors"]} == {
        "wrong_count",
        "unknown_item",
        "not_measured",
        "no_value",
    }
    item = next(one for one in items_of("A", VisitKind.HALF_MONTH) if one.measure is not None)
    for value, code in ((item.measure.highest + 1, "impossible_value"), (item.measure.lowest, "outside_limits")):
        said = platform.said()
        said["items"] |= {item.code: {"result": "ok", "value": str(value)}}
        answer = platform.ask("POST", "/records", json=said)
        assert [one["code"] for one in answer.json()["errors"]] == [code]
    [early] = platform.upload(completed_at="2026-11-23T23:00:00+08:00").json()["errors"]
    assert early == {"code": "not_yet", "field": "completed_at",
                     "detail": "the work cannot have ended then: it is later than now"}  # fmt: skip
    assert platform.upload(photos=["0" * 64]).json()["code"] == "unknown_photo"
    assert platform.entries() == 0


@pytest.mark.parametrize("whose", ["elsewhere", "nobody"])
def test_of_another_maintainers_lift_nothing_is_taken_and_nothing_said(platform, whose):
    lift = platform.lift_key("elsewhere") if whose == "elsewhere" else "31000000000000000"
    answer = platform.upload(lift=lift)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_lift")
    assert platform.ask("GET", f"/records?lift={lift}").status_code == 403
    assert platform.ask("GET", "/records/1").status_code == 404


def test_only_a_listed_platform_that_the_contractor_has_chosen_uploads(platform):
    world = platform.world
    with platform.database.write() as session:
        unlisted = platform.new_key(session, world.parties["maintainer"], platform_id=world.parties["other_maintainer"])
        party_id, now = world.parties["maintainer"], platform.now
        third = apply_third_party(session, CITY, "穗样云维保", now=now, today=TODAY, key="third")
        third.state, third.listed_on = PlatformState.LISTED, TODAY
        other = platform.new_key(session, party_id, platform_id=third.party_id)
        session.add(third)
    said = platform.said()
    for key, code in ((unlisted, "not_listed"), (other, "other_way")):
        answer = platform.ask("POST", "/records", json=said, key=key)
        assert (answer.status_code, answer.json()["code"]) == (403, code)
        [line] = platform.ask("POST", "/records:batch", json={"records": [said]}, key=key).json()["results"]
        assert (line["status"], line["errors"][0]["code"]) == (403, code)
    assert platform.entries() == 0


def test_a_batch_has_a_line_for_each_and_one_that_is_bad_keeps_none_out(platform):
    batch = [platform.said(), platform.said(lift=platform.lift_key("elsewhere")), {"lift": "\x00"}, platform.said()]
    for stored, repeated in ((2, 0), (0, 2)):
        answer = platform.ask("POST", "/records:batch", json={"records": batch}).json()
        assert (answer["stored"], answer["repeated"], answer["refused"]) == (stored, repeated, 2)
        assert [line["index"] for line in answer["results"]] == [0, 1, 2, 3]
    assert [line["status"] for line in answer["results"]] == [200, 403, 422, 200]
    assert platform.entries() == 2
    assert platform.ask("POST", "/records:batch", json={"records": [{}] * 501}).status_code == 422


def test_what_cannot_be_kept_together_is_kept_by_itself(platform, monkeypatch):
    monkeypatch.setattr("store.appending.LONGEST_BODY", 1500)
    said = platform.said()
    other, long = said | {"note": "另一份"}, platform.said(note="长" * 500)
    batch = [said, long, said, other, platform.said(), platform.said(lift=platform.lift_key("own", 1))]
    for first in (201, 200):
        answer = platform.ask("POST", "/records:batch", json={"records": batch}).json()
        assert [line["status"] for line in answer["results"]] == [first, 422, 200, 409, first, first]
    assert [answer["results"][number]["errors"][0]["code"] for number in (1, 3)] == ["too_long", "other_content"]
    assert (answer["stored"], answer["repeated"], answer["refused"], platform.entries()) == (0, 4, 2, 3)


def test_a_request_under_a_name_is_answered_as_before_and_another_is_refused(platform):
    named, said = {"Idempotency-Key": "one"}, platform.said()
    first, again = (platform.ask("POST", "/records", json=said, headers=named) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert (first.json(), again.headers["idempotency-replayed"]) == (again.json(), "true")
    other = platform.ask("POST", "/records", json=platform.said(), headers=named)
    assert (other.status_code, other.json()["code"]) == (422, "other_request")
    platform.now += timedelta(hours=49)
    assert platform.ask("POST", "/records", json=said, headers=named).status_code == 200


def test_photos_are_named_by_their_digest_and_delays_are_stated(platform):
    photo = platform.ask("POST", "/files", content=PNG, headers={"Content-Type": "image/png"})
    assert photo.status_code == 201
    assert platform.upload(photos=[photo.json()["sha256"]]).status_code == 201
    assert platform.ask("POST", "/files", content=b"MZ no photo").status_code == 415
    delay = {"lift": platform.lift, "external_id": "D-1", "reason": "natural_disaster", "until": "2026-12-10"}
    answers = [platform.ask("POST", "/delays", json=delay | {"words": "台风"}) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201], answers[0].text
    assert answers[0].json()["until"] == "2026-12-10"


def test_the_lifts_and_the_items_are_there_to_be_asked_for(platform):
    lifts = platform.ask("GET", "/lifts").json()
    assert lifts["lifts"][0]["lift"] == platform.lift
    items = platform.ask("GET", "/items?lift_class=A&kind=year").json()
    assert items["count"] == len(items["items"]) == len(items_of("A", VisitKind.YEAR))
