"""Other platforms upload records: each once, none of another maintainer's lift, nothing half-stored."""

from datetime import timedelta

import pytest
from phones.world import CITY, TODAY
from sqlmodel import col, select

from actions.interface.models import SAMPLE
from actions.paperless.platforms import apply_third_party
from schedules.items import items_of
from store.lifts import Lift, LiftRole, Responsibility
from store.paperless import PlatformState
from store.records import VisitKind
from store.supervision import RecordGrant

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
        delay = {"lift": platform.lift, "external_id": "D-1", "reason": "natural_disaster", "until": "2026-12-10"}
        assert platform.ask("POST", "/delays", json=delay, key=key).json()["code"] == code  # else nobody is reminded
        [line] = platform.ask("POST", "/records:batch", json={"records": [said]}, key=key).json()["results"]
        assert (line["status"], line["errors"][0]["code"]) == (403, code)
    delay = {"lift": platform.lift, "external_id": "D-9", "reason": "natural_disaster", "until": "2026-12-10"}
    assert platform.ask("POST", "/delays", json=delay, key=unlisted).json()["code"] == "not_listed"
    assert platform.ask("POST", "/files", content=PNG, key=unlisted).json()["code"] == "not_listed"
    assert platform.entries() == 0


def test_gp_23_another_platform_reads_records_of_a_lift_by_grant_only(platform):
    world, record = platform.world, platform.ask("POST", "/records", json=platform.said()).json()
    with platform.database.write() as session:
        other, own = world.parties["other_maintainer"], world.parties["own"]
        key = platform.new_key(session, other)

    def ask(path):
        return platform.ask("GET", path, key=key)

    of_lift, one = f"/records?lift={platform.lift}", f"/records/{record['id']}"
    assert (ask(of_lift).status_code, ask(one).status_code) == (403, 404)
    with platform.database.write() as session:
        sides = {"unit_id": own, "maintainer_id": world.parties["maintainer"], "to_id": other}
        agreed = {"unit_by": 1, "unit_at": platform.now, "maintainer_by": 2, "maintainer_at": platform.now}
        grant = RecordGrant(city_id=CITY, purpose="理赔", opened_on=TODAY, until_on=TODAY, key="g", **sides, **agreed)
        session.add(grant)
    assert ask(of_lift).json()["records"] == [ask(one).json()] == [record | {"external_id": None}]
    assert ask("/records").json()["records"] == [], "what is not of their own is given for one lift only"
    platform.now += timedelta(days=1)
    assert ask(of_lift).status_code == 403


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
    digest = photo.json()["sha256"]
    assert platform.upload(photos_of={"A-1-06": [digest]}).status_code == 422, "photos has all of them"
    assert platform.upload(photos=[digest], photos_of={"A-9-99": [digest]}).json()["code"] == "unknown_item"
    said = platform.said(photos=[digest], photos_of={"A-1-06": [digest]})
    assert platform.ask("POST", "/records", json=said).status_code == 201
    assert platform.ask("POST", "/records", json=said | {"photos_of": {}}).json()["code"] == "other_content"
    assert platform.ask("POST", "/files", content=b"MZ no photo").status_code == 415
    delay = {"lift": platform.lift, "external_id": "D-1", "reason": "natural_disaster", "until": "2026-12-10"}
    early = platform.ask("POST", "/delays", json=delay | {"until": "2026-12-01"})
    assert (early.status_code, early.json()["code"]) == (422, "delay_until"), "the visit is not due by then"
    answers = [platform.ask("POST", "/delays", json=delay | {"words": "台风"}) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201], answers[0].text
    assert answers[0].json()["until"] == "2026-12-10"
    for other in ({"until": "2026-12-12"}, {"lift": platform.lift_key("own", 1)}, {"photos": [photo.json()["sha256"]]}):
        answer = platform.ask("POST", "/delays", json=delay | {"words": "台风"} | other)
        assert (answer.status_code, answer.json()["code"]) == (409, "other_content")


def test_another_photo_is_another_record(platform):
    first, other = (
        platform.ask("POST", "/files", content=PNG + more, headers={"Content-Type": "image/png"}).json()["sha256"]
        for more in (b"1", b"2")
    )
    said = platform.said(photos=[first])
    answers = [platform.ask("POST", "/records", json=said | more).status_code for more in ({}, {}, {"photos": [other]})]
    assert answers == [201, 200, 409]


def test_whose_lift_it_is_no_more_neither_uploads_nor_states_a_delay(platform):
    assert platform.upload().status_code == 201
    with platform.database.write() as session:
        held = select(Responsibility).join(Lift, col(Lift.id) == Responsibility.lift_id)
        row = session.exec(held.where(Lift.key == platform.lift, Responsibility.role == LiftRole.MAINTAINER)).one()
        row.to_on = TODAY - timedelta(days=2)  # and nobody follows
        session.add(row)
    delay = {"lift": platform.lift, "external_id": "D-1", "reason": "natural_disaster", "until": "2026-12-10"}
    for answer in (platform.upload(), platform.ask("POST", "/delays", json=delay)):
        assert (answer.status_code, answer.json()["code"]) == (403, "not_their_lift")


def test_the_lifts_and_the_items_are_there_to_be_asked_for(platform):
    lifts = platform.ask("GET", "/lifts").json()
    assert lifts["lifts"][0]["lift"] == platform.lift
    items = platform.ask("GET", "/items?lift_class=A&kind=year").json()
    assert items["count"] == len(items["items"]) == len(items_of("A", VisitKind.YEAR))
