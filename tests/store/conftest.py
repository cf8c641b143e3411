"""A store that holds one legal row of every table, so that each test can try one illegal thing."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, insert
from sqlmodel import SQLModel

from store.database import Database

D = date(2027, 2, 28)
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)

# parents before children; a column that is left out takes its default
ROWS: dict[str, dict[str, Any]] = {
    "city": {"id": "guangzhou", "name": "广州"},
    "regime": {"city_id": "guangzhou", "from_on": D, "rulebook": "guangzhou"},
    "setting": {"key": "call_capacity", "value": 40},
    "calendar_year": {"year": 2027, "imported_at": NOW},
    "calendar_day": {"day": date(2027, 2, 6), "year": 2027, "is_working": False},
    "import_run": {
        "id": 1, "city_id": "guangzhou", "file_name": "register.csv", "as_of": D, "started_at": NOW,
        "rows": 4, "created": 1, "updated": 1, "unchanged": 1, "rejected": 1,
    },
    "import_reject": {"import_id": 1, "line": 4, "reason": "duplicate_code", "detail": "31109900120170001", "row": {}},
    "party": {"id": 1, "city_id": "guangzhou", "ref": "91440199MA", "name": "广州示例云荔物业服务有限公司"},
    "contact": {
        "id": 1, "party_id": 1, "role": "unit_contact", "name": "陈一鸣", "phone": "+8614000000001", "from_on": D,
    },
    "chat": {"id": 1, "contact_id": 1, "channel": "telegram", "address": "123456789"},
    "jurisdiction": {
        "id": 1, "city_id": "guangzhou", "district_code": "440106", "role": "district_regulator", "party_id": 1,
        "from_on": D,
    },
    "lift": {
        "id": 1, "city_id": "guangzhou", "key": "31109900120170001", "valid_until": D, "valid_precision": "month",
        "cycle": D, "import_id": 1,
    },
    "lift_name": {"lift_id": 1, "kind": "certificate", "value": "梯11粤A00001(20)", "stated": "梯11粤A00001(20)"},
    "responsibility": {"id": 1, "lift_id": 1, "party_id": 1, "role": "use_unit", "from_on": D},
    "event": {
        "id": 1, "kind": "booked", "lift_id": 1, "on_date": D, "known_on": D, "recorded_at": NOW, "import_id": 1,
        "party_id": 1, "idempotency_key": "booking-1",
    },
    "duty": {
        "id": 1, "rule": "guangzhou/periodic_inspection", "kind": "periodic_inspection", "lift_id": 1,
        "cycle": "2027-02-28", "due": D, "next_step": "sms", "next_on": D,
    },
    "import_change": {"import_id": 1, "kind": "lift_added", "row_id": 1},
    "step_date": {
        "rule": "guangzhou/periodic_inspection", "due": D, "seq": 1, "step": "sms", "version": "1", "opens_on": D,
        "latest_on": D, "practical_on": D, "tell_from": D, "tell_by": D, "spread": True,
    },
    "plan_forecast": {"city_id": "guangzhou", "made_on": D, "opens": {}},
    "plan_hold": {
        "id": 1, "city_id": "guangzhou", "planned_on": D, "held_at": NOW, "duties": 90, "forecast": 9, "reason": "x",
    },
    "plan_run": {"id": 1, "planned_on": D, "finished_at": NOW, "notices": 1, "duties": 1},
    "notice": {
        "id": 1, "city_id": "guangzhou", "run_id": 1, "planned_on": D, "send_on": D, "party_id": 1,
        "duty": "periodic_inspection", "rule": "guangzhou/periodic_inspection", "step": "sms",
        "audience": "unit_contact", "channel_class": "message", "template": "sms/first",
    },
    "notice_log": {"id": 1, "notice_id": 1, "at": NOW, "status": "planned"},
    "told": {
        "duty_id": 1, "due": D, "step": "sms", "party_id": 1, "state": "reserved", "notice_id": 1, "on_date": D,
    },
    "delivery": {
        "id": 1, "notice_id": 1, "contact_id": 1, "channel": "sms", "template": "sms/first", "template_version": "1",
        "language": "zh", "body": "…", "segments": 1, "attempted_at": NOW, "provider_id": "SM1",
    },
    "chat_message": {"id": 1, "address": "unit-1", "direction": "out", "text": "…", "at": NOW, "notice_id": 1},
    "door": {"channel": "telegram", "address": "123456789", "acts_as": 1, "language": "zh"},
    "dialog_state": {"chat": "42:123456789", "key": "aiogd:stack:", "data": {}, "changed_at": NOW},
    "web_account": {"id": 1, "phone": "+8614000000001", "created_at": NOW, "read_to": 0},
    "web_session": {
        "id": 1, "account_id": 1, "digest": "9f86d0", "browser": "", "created_at": NOW, "seen_at": NOW,
        "expires_at": datetime(2027, 2, 23, 1, 0, tzinfo=UTC),
    },
    "one_time_code": {
        "id": 1, "number": "9f86d0", "purpose": "sign_in", "asked_from": "81884c", "digest": "7d659a", "is_sent": True,
        "asked_at": NOW, "expires_at": datetime(2026, 11, 23, 1, 5, tzinfo=UTC),
    },
    "lost_phone": {
        "id": 1, "phone": "+8614000000001", "since_at": NOW, "until_at": datetime(2026, 11, 24, 1, 0, tzinfo=UTC),
    },
    "contact_scope": {"id": 1, "contact_id": 1, "compound": "云荔花园", "building": "3栋"},
    "invitation": {
        "id": 1, "party_id": 1, "role": "inspector", "phone": "+8614000000002", "invited_by": 1, "invited_at": NOW,
        "expires_at": datetime(2026, 11, 30, 1, 0, tzinfo=UTC),
    },
    "paper_link": {
        "id": 1, "contact_id": 1, "phone": "+8614000000001", "digest": "9f86d0", "made_at": NOW,
        "expires_at": datetime(2026, 12, 23, 1, 0, tzinfo=UTC),
    },
    "stored_file": {
        "id": 1, "address": "1", "name": "a.png", "mime": "image/png", "size": 1, "sha256": "9f86d0", "content": b"1",
        "at": NOW,
    },
    "push": {
        "id": 1, "city_id": "guangzhou", "kind": "stop_order", "state": "sent", "party_id": 1, "contact_id": 1,
        "on_date": D, "drafted_at": NOW, "sent_at": NOW, "key": "tap-1", "sent_key": "tap-2", "number": "1号",
        "reason": "…", "served_on": D,
    },
    "push_lift": {"push_id": 1, "lift_id": 1, "duty_id": 1, "due": D, "unit_id": 1},
    "push_notice": {"push_id": 1, "notice_id": 1},
    "acknowledgement": {"notice_id": 1, "contact_id": 1, "at": NOW, "key": "tap-3"},
    "unsubscribed": {"contact_id": 1, "subject": "overdue", "since": NOW},
    "pushed_result": {"event_id": 1, "notice_id": 1},
    "street_office": {"id": 1, "party_id": 1, "city_id": "guangzhou", "district_code": "440106", "from_on": D},
    "lift_case": {
        "id": 1, "city_id": "guangzhou", "district_code": "440106", "matter": "overdue", "state": "with_street",
        "office_id": 1, "street_id": 1, "unit_id": 1, "opened_by": 1, "opened_on": D, "held_since": D, "due": D,
    },
    "case_lift": {"id": 1, "case_id": 1, "lift_id": 1, "is_open": True},
    "case_step": {
        "id": 1, "case_id": 1, "deed": "handed_down", "state": "with_street", "at": NOW, "on_date": D, "contact_id": 1,
        "to_id": 1, "key": "tap-4",
    },
    "matter": {
        "id": 1, "city_id": "guangzhou", "kind": "special_reason", "lift_id": 1, "duty_id": 1, "reason": "sealed",
        "state": "reported", "department_id": 1, "office_id": 1, "opened_on": D, "since": D,
    },
    "matter_step": {
        "id": 1, "matter_id": 1, "deed": "reported", "at": NOW, "on_date": D, "contact_id": 1, "key": "tap-5",
    },
    "alert": {
        "id": 1, "city_id": "guangzhou", "kind": "fault", "key": "1:2", "lift_id": 1, "unit_party_id": 1,
        "maintainer_party_id": 1, "photo_id": 1, "reported_by": 1, "reported_at": NOW,
    },
    "alert_told": {"alert_id": 1, "rung": "reported", "notice_id": 1, "at": NOW},
    "emergency_phone": {"id": 1, "party_id": 1, "phone": "+8614000000009", "set_by": 1, "set_at": NOW},
    "signing_consent": {
        "id": 1, "party_id": 1, "version": "1", "language": "zh", "text": "…", "given_by": 1, "given_at": NOW,
        "key": "1:3",
    },
    "record_entry": {"id": 1, "lift_id": 1, "seq": 1, "day": D, "kind": "record", "body": b"{}", "hash": bytes(32)},
    "record_personal": {"entry_id": 1, "field": "worker1.name", "salt": b"1", "value": "陈一鸣"},
    "record_photo": {"entry_id": 1, "number": 1, "file_id": 1},
    "record_root": {
        "day": D, "lifts": 1, "entries": 1, "root": bytes(32), "key": "5f0c", "signature": b"1", "made_at": NOW,
    },
    "backup": {
        "id": 1, "made_at": NOW, "finished_at": NOW, "place": "/a", "name": "x.tar.gz", "size": 1, "sha256": "0" * 64,
        "entries": 1, "sealed": True, "tried": True, "error": "",
    },
    "maintenance_record": {
        "id": 1, "city_id": "guangzhou", "lift_id": 1, "entry_id": 1, "seq": 1, "maintainer_id": 1, "unit_id": 1,
        "kind": "half_month", "platform": "own", "source_id": 1, "external_id": "R-1", "completed_at": NOW,
        "uploaded_at": NOW, "sign_by": NOW, "state": "signed", "decided_at": NOW, "decided_by": 1, "faults": 1,
        "dangerous": True, "key": "tap-6",
    },
    "platform": {
        "id": 1, "city_id": "guangzhou", "party_id": 1, "way": "own", "state": "listed", "applied_on": D,
        "listed_on": D,
    },
    "platform_step": {
        "id": 1, "platform_id": 1, "deed": "tested", "at": NOW, "on_date": D, "passed": True, "key": "tap-7",
    },
    "contractor": {
        "id": 1, "city_id": "guangzhou", "party_id": 1, "number": "备-1", "filed_on": D, "registered_on": D,
        "registered_by": 1, "admin_id": 1, "phone": "+8614000000001",
    },
    "record_way": {"id": 1, "party_id": 1, "way": "own", "platform_id": 1, "from_on": D, "key": "tap-8"},
    "worker_grade": {
        "contact_id": 1, "level": "worker", "certificate": "粤A-0001", "valid_until": D, "set_at": NOW,
    },
    "lift_claim": {
        "id": 1, "city_id": "guangzhou", "lift_id": 1, "party_id": 1, "contact_id": 1, "said": "1",
        "state": "matched", "registered_id": 1, "opened_on": D, "key": "tap-9",
    },
    "paper_waiver": {
        "id": 1, "lift_id": 1, "party_id": 1, "uploaded_on": D, "confirmed_on": D, "from_on": D, "confirmed_by": 1,
    },
    "record_grant": {
        "id": 1, "city_id": "guangzhou", "unit_id": 1, "maintainer_id": 1, "to_id": 1, "purpose": "…",
        "opened_on": D, "until_on": D, "unit_by": 1, "unit_at": NOW, "maintainer_by": 1, "maintainer_at": NOW,
        "withdrawn_by": 1, "withdrawn_at": NOW, "key": "tap-10",
    },
    "record_read": {"id": 1, "at": NOW, "party_id": 1, "lift_id": 1, "seq": 1, "what": "names", "why": "…"},
    "opinion": {
        "id": 1, "city_id": "guangzhou", "kind": "rectification", "state": "sent", "party_id": 1, "office_id": 1,
        "text": "…", "due_on": D, "opened_on": D, "since": D,
    },
    "opinion_step": {
        "id": 1, "opinion_id": 1, "deed": "sent", "at": NOW, "on_date": D, "contact_id": 1, "key": "tap-11",
    },
    "handover": {
        "id": 1, "city_id": "guangzhou", "from_party_id": 1, "to_party_id": 1, "by_new": False,
        "proposed_by": 1, "proposed_at": NOW, "proposed_on": D, "key": "1:4",
    },
    "handover_lift": {"handover_id": 1, "lift_id": 1},
    "handover_claim": {"id": 1, "party_id": 1, "by": 1, "at": NOW, "key": "1:5", "said": "梯11粤A00001(20)"},
    "slot": {"id": 1, "party_id": 1, "day": D, "half": "am", "taken": 1, "held": 1},
    "visit": {
        "id": 1, "uid": "5f0c", "department_id": 1, "party_id": 1, "day": D, "half": "am", "sequence": 0,
        "made_at": NOW, "made_by": 1,
    },
    "visit_lift": {"id": 1, "visit_id": 1, "lift_id": 1, "slot_id": 1},
    "attendance": {
        "id": 1, "visit_id": 1, "sequence": 0, "party_id": 1, "name": "陈一鸣", "phone": "+8614000000001",
        "way": "chat", "said_by": 1, "said_at": NOW,
    },
    "inspection": {
        "id": 1, "city_id": "guangzhou", "lift_id": 1, "department_id": 1, "inspector_id": 1, "begun_on": D,
    },
    "inspection_item": {"inspection_id": 1, "number": 1, "text": "…"},
    "inspection_step": {
        "id": 1, "inspection_id": 1, "deed": "started", "state": "under_way", "at": NOW, "on_date": D,
        "party_id": 1, "contact_id": 1, "key": "tap-5",
    },
    "lift_upkeep": {
        "lift_id": 1, "lift_class": "A", "latitude": 23.1, "longitude": 113.3, "located_by": 1, "located_at": NOW,
        "worker_id": 1,
    },
    "upkeep_visit": {
        "id": 1, "lift_id": 1, "maintainer_party_id": 1, "worker_id": 1, "kind": "half_month", "lift_class": "A",
        "state": "under_way", "key": "tap-6", "begun_at": NOW, "latitude": 23.1, "longitude": 113.3, "located_at": NOW,
        "distance": 12, "findings": {}, "extra": [], "note": "",
    },
    "delay_statement": {
        "id": 1, "lift_id": 1, "maintainer_party_id": 1, "due_on": D, "until_on": D, "reason": "natural_disaster",
        "words": "", "photo_id": 1, "stated_by": 1, "stated_on": D, "stated_at": NOW, "key": "tap-7",
    },
    "year_plan": {"id": 1, "department_id": 1, "year": 2026, "made_at": NOW},
    "plan_round": {"id": 1, "plan_id": 1, "party_id": 1, "day": D, "half": "am", "exempt": False, "state": "proposed"},
    "round_place": {"round_id": 1, "slot_id": 1, "held": 1},
    "plan_lift": {"plan_id": 1, "lift_id": 1, "round_id": 1, "valid_until": D, "after_target": False},
    "campaign_list": {
        "id": 1, "city_id": "guangzhou", "year": 2027, "file_name": "list.xlsx", "digest": "5f0c", "rows": 1,
        "imported_at": NOW,
    },
    "campaign_row": {
        "id": 1, "list_id": 1, "line": 2, "shown": "31109900120170001", "stated": {}, "district": "天河区",
        "result": "found", "lift_id": 1, "reasons": [],
    },
    "campaign_officer": {
        "id": 1, "department_id": 1, "year": 2027, "contact_id": 1, "named_by": "陈一鸣", "reason": "", "from_on": D,
    },
    "report": {
        "id": 1, "city_id": "guangzhou", "department_id": 1, "lift_id": 1, "party_id": 1, "number": "DT-2027-0001",
        "conclusion": "pass", "ended_on": D, "issued_on": D, "issued_at": NOW, "issued_by": 1,
        "valid_until": date(2028, 2, 29), "mark": "M-0001", "file_id": 1, "corrects": 1, "why": "…",
        "key": "tap-5",
    },
    "report_answer": {"report_id": 1, "answer": "posted", "contact_id": 1, "at": NOW, "photo_id": 1},
    "summary_day": {"id": 1, "city_id": "guangzhou", "day": D, "closed_at": NOW},
    "summary_line": {
        "id": 1, "city_id": "guangzhou", "department_id": 1, "figure": "due", "lift_id": 1, "duty_id": 1, "from_on": D,
    },
    "inbox": {"id": 1, "source": "telegram", "external_id": "1", "payload": {}, "received_at": NOW},
    "first_way": {"id": 1, "city_id": "", "duty": "", "phone": "+8614000000001", "first": "chat"},
    "opt_out": {"id": 1, "channel": "sms", "address": "+8614000000001", "since": NOW},
    "turn": {"channel": "telegram", "address": "123456789", "next_at": NOW},
    "heartbeat": {"kind": "plan", "process": "serve", "day": D, "first_at": NOW, "last_at": NOW},
    "incident": {"id": 1, "reason": "no_plan", "began_at": NOW},
    "task": {
        "id": 1, "kind": "call", "key": "notice-1", "city_id": "guangzhou", "owner_party_id": 1, "lift_id": 1,
        "party_id": 1, "notice_id": 1, "import_id": 1, "opened_on": D,
    },
    "api_key": {
        "id": 1, "party_id": 1, "prefix": "a1b2c3d4", "digest": "0" * 64, "scopes": ["records:write"], "made_at": NOW,
        "expires_at": datetime(2027, 11, 23, 1, 0, tzinfo=UTC),
    },
    "api_key_deed": {"id": 1, "key_id": 1, "deed": "made", "at": NOW, "done_by": "陈一鸣", "reason": "…"},
    "api_answer": {"key_id": 1, "name": "tap-1", "digest": "0", "status": 201, "body": "{}", "at": NOW},
    "api_count": {"key_id": 1, "what": "repeat", "times": 1, "last_at": NOW},
    "webhook_endpoint": {
        "id": 1, "party_id": 1, "source_id": 1, "url": "https://platform.example.org/", "secret": "whsec_",
        "made_at": NOW,
    },
    "webhook_message": {
        "id": 1, "endpoint_id": 1, "name": "msg_1", "what": "record.signed", "body": "{}", "made_at": NOW,
        "next_at": NOW,
    },
    "conformance_run": {
        "id": 1, "source_id": 1, "target": "a1b2c3d4", "at": NOW, "passed": 1, "failed": 0, "results": [],
    },
}  # fmt: skip


@pytest.fixture(scope="session")
def legal_rows() -> dict[str, dict[str, Any]]:
    """One legal row of every table, by table."""
    return ROWS


@pytest.fixture(scope="session")
def filled_store(store_kind: str, stores: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A migrated store with the legal rows."""
    database: Database = stores.make(store_kind, tmp_path_factory.mktemp("filled"))
    with database.write() as session:
        for name, row in ROWS.items():
            session.execute(insert(SQLModel.metadata.tables[name]).values(**row))
    yield database
    stores.drop(database)


@pytest.fixture
def filled(filled_store: Database) -> Iterator[Connection]:
    """A transaction on the filled store that is rolled back after the test."""
    with filled_store.engine.execution_options(tixing_write=True).connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()
