"""The public list of platforms."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from phones.world import CITY, NOW, TODAY, found_world

from portal.app import make_app
from store.database import Database
from store.paperless import Platform

pytestmark = pytest.mark.one_store


def test_gp_16_the_list_is_public_for_people_and_programs(database: Database) -> None:
    with database.write() as session:
        world = found_world(session)
        listed = {"city_id": CITY, "way": "third_party", "applied_on": TODAY, "listed_on": TODAY}
        over = {"state": "removed", "removed_on": TODAY, "reason": "…", "until_on": TODAY + timedelta(days=30)}
        session.add(Platform(party_id=world.parties["testing_body"], state="listed", **listed))
        session.add(Platform(party_id=world.parties["maintainer"], **listed | over))
        applied = {"way": "own", "applied_on": TODAY}
        session.add(Platform(city_id=CITY, party_id=world.parties["other_maintainer"], **applied))
    client = TestClient(make_app(database, lambda: NOW), base_url="https://tixing.example")
    found = client.get("/platforms.json").json()
    names = {key: [one["name"] for one in found[key]] for key in ("listed", "removed")}
    assert names == {"listed": ["穗样检测有限公司"], "removed": ["广州示范捷安电梯工程有限公司"]}
    page = client.get("/platforms", params={"lang": "zh"}).text
    assert "穗样检测有限公司" in page
    assert "粤演机电" not in page
    assert client.get("/platforms.json", params={"city": "\0nowhere"}).json()["listed"] == []
