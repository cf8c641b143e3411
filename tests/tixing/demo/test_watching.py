"""The demo's watch: a day that is not planned is missed, the operator hears of it, and that it is over."""

from fastapi.testclient import TestClient

from tixing.demo.app import create_app
from tixing.demo.play import DemoCity


def test_a_city_that_lives_is_well(city: DemoCity) -> None:
    watch = city.view()["watch"]
    assert watch["status"] == 200
    assert watch["plan"] == {"day": "2026-11-23", "time": "09:00", "notices": watch["plan"]["notices"]}
    assert watch["messages"] == []


def test_a_clock_that_stops_is_missed_at_twenty_past_midnight_and_told_once(city: DemoCity) -> None:
    city.move("stop")
    city.move("stop")
    watch = city.view()["watch"]
    assert (watch["status"], watch["body"]["code"]) == (503, "no_plan")
    assert watch["at"] == {"date": "2026-11-24", "time": "00:20"}
    assert [(one["on"], one["time"]) for one in watch["messages"]] == [("2026-11-24", "00:20")]
    assert city.view()["clock"]["date"] == "2026-11-23", "the city itself has not moved"


def test_moving_on_ends_it_and_says_so_in_both_languages(city: DemoCity) -> None:
    city.move("stop")
    city.move("day")
    watch = city.view(language="en")["watch"]
    assert watch["status"] == 200
    assert [one["translation"] for one in watch["messages"]] == [
        "The fault that began on 24 Nov 00:20 was over on 24 Nov 09:05",
        "The plan of 24 Nov was not completed; reminders do not go out. Please check the service. "
        "Last completed: 23 Nov",
    ]
    city.move("day")
    assert len(city.view()["watch"]["messages"]) == 2


def test_the_way_back_undoes_it_too(city: DemoCity) -> None:
    city.keep_start()
    before = city.view()
    city.move("stop")
    city.move("start")
    assert city.view() == before


def test_healthz_answers_as_it_does_in_service(city: DemoCity) -> None:
    with TestClient(create_app(city), base_url="http://127.0.0.1") as client:
        assert client.get("/healthz").status_code == 200
        city.move("stop")
        answer = client.get("/healthz")
        assert (answer.status_code, answer.json()["status"]) == (503, "failing")
