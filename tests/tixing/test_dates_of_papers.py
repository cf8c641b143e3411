"""`tixing dates` on maintenance, records and papers: one example of every kind of duty, as scripts see it."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from tixing.cli import app


def dates(city: str, facts: dict[str, Any], *options: str) -> list[dict[str, Any]]:
    arguments = ["dates", "--city", city, "--facts", "-", "--json", *options]
    result = CliRunner().invoke(app, arguments, input=json.dumps(facts))
    assert result.exit_code == 0, result.output
    rows: list[dict[str, Any]] = json.loads(result.stdout)
    return rows


def event(kind: str, **payload: Any) -> dict[str, Any]:
    return {"kind": kind, **payload}


VISIT = event("onsite_visit", on="2026-03-15")
ON_DEMAND = {"on_demand": True, "remote_check": True}
RECORD = event("record_completed", at="2026-03-05T21:00", uploaded_at="2026-03-06T08:00+08:00", consent=True)


@pytest.mark.parametrize(
    ("city", "maintenance", "events", "answers"),
    [
        pytest.param(
            *("zhoushan", ON_DEMAND, [VISIT]),
            [("remote_check", "2026-03-30", "zs.remote"), ("onsite_maintenance", "2026-04-15", "zs.onsite.remote")],
            id="on demand, with remote checks",
        ),
        pytest.param("national", {}, [VISIT], [("onsite_maintenance", "2026-03-30", "nat.onsite")], id="national"),
        pytest.param(
            *("chongqing", {"on_demand": True}, [event("iot_outage", on="2026-03-04")]),
            [("iot_restore", "2026-03-09", "cq.iot")],
            id="C01",
        ),
        pytest.param(
            *("guangzhou", {}, [RECORD]),
            [("record_upload", "2026-03-05", "gp.upload"), ("record_signature", "2026-03-06", "gp.signature.default")],
            id="P05 through the companion",
        ),
        pytest.param(
            *("pingluo", {}, [event("put_into_use", on="2026-01-15"), event("certificate_issued", until="2026-02")]),
            [
                ("use_registration", "2026-02-14", "pl.registration"),
                ("certificate_renewal", "2026-02-28", "pl.certificate"),
            ],
            id="registration and certificate",
        ),
        pytest.param(
            *("zhoushan", {}, [event("policy_issued", until="2021-06-30")]),
            [("insurance_renewal", "2021-06-30", "zs.insurance.outside")],
            id="C10",
        ),
        pytest.param(
            *("chongqing", {}, [event("pilot_published", on="2020-10-10")]),
            [("publication_period", "2020-10-25", "cq.publication")],
            id="C11",
        ),
        pytest.param(
            *("zhoushan", {}, [event("pilot_exited", on="2021-03-15", maintainer="same")]),
            [("reapplication_bar", "2023-03-15", "zs.bar")],
            id="T34",
        ),
        pytest.param(
            *("chongqing", {"on_demand": True}, [VISIT]),
            [("onsite_maintenance", None, "cq.onsite.plan")],
            id="a plan that the facts do not hold",
        ),
    ],
)
def test_each_duty_has_its_date_and_its_rule(
    city: str, maintenance: dict[str, bool], events: list[dict[str, Any]], answers: list[tuple[str, str | None, str]]
) -> None:
    rows = dates(city, {"maintenance": maintenance, "events": events})
    assert [(row["duty"], row["due"], row["rule"]) for row in rows] == answers


def test_duties_that_end_at_a_moment_say_it_with_its_offset_and_others_do_not() -> None:
    moments = dates("guangzhou-paperless", {"events": [RECORD, VISIT]})
    assert {row["duty"]: row.get("due_at") for row in moments} == {
        "record_upload": "2026-03-06T00:00:00+08:00",
        "record_signature": "2026-03-07T00:00:00+08:00",
        "onsite_maintenance": None,
    }
    assert ["due_at" in row for row in moments] == [True, True, False]


def test_from_and_until_are_inclusive_and_leave_out_what_has_no_date() -> None:
    facts = {"events": [event("policy_issued", until="2021-06-30"), VISIT], "maintenance": {"on_demand": True}}
    assert len(dates("chongqing", facts)) == 2
    assert len(dates("chongqing", facts, "--from", "2021-06-30", "--until", "2021-06-30")) == 1
    assert dates("chongqing", facts, "--from", "2021-07-01") == []
