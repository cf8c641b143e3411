"""Browsers that are signed in: known by a cookie, listed, signed out."""

from typing import Any

from sqlmodel import col, select

from actions.identity.sign_in import (
    account_of,
    list_sessions,
    note_seen,
    open_session,
    revoke_session,
    revoke_sessions,
    session_of,
)
from store.database import Database
from store.doors import WebSession


def test_a_browser_is_known_by_its_cookie_until_it_is_signed_out(
    database: Database, town: Any, ask: Any, check: Any
) -> None:
    account = check(town.chen_phone, ask(town.chen_phone))
    with database.write() as session:
        tokens = [open_session(session, account, name, town.now) for name in ("Firefox", "x" * 5000)]
    with database.read() as session:
        rows = list_sessions(session, account, town.now)
        assert [len(row.browser) for row in rows] == [200, 7]
        assert tokens[0] not in [row.digest for row in rows]
        known = account_of(session, tokens[0], town.now)
        assert known is not None
        assert known.id == account
        assert account_of(session, tokens[0] + "x", town.now) is None
        assert account_of(session, "", town.now) is None
        mine = session_of(session, tokens[0])
    assert mine is not None
    with database.write() as session:
        assert revoke_session(session, account, mine, town.now)
        assert not revoke_session(session, account, mine, town.now)
    with database.read() as session:
        assert account_of(session, tokens[0], town.now) is None
        assert account_of(session, tokens[1], town.now) is not None


def test_nobody_signs_out_somebody_elses_browser(database: Database, town: Any, ask: Any, check: Any) -> None:
    chen, li = (check(phone, ask(phone)) for phone in (town.chen_phone, town.li_phone))
    with database.write() as session:
        token = open_session(session, chen, "", town.now)
        mine = session_of(session, token)
        assert mine is not None
        assert not revoke_session(session, li, mine, town.now)
        assert revoke_sessions(session, li, town.now) == 0
        assert account_of(session, token, town.now) is not None


def test_all_browsers_but_this_one_are_signed_out(database: Database, town: Any, ask: Any, check: Any) -> None:
    account = check(town.chen_phone, ask(town.chen_phone))
    with database.write() as session:
        tokens = [open_session(session, account, "", town.now) for _ in range(3)]
        assert revoke_sessions(session, account, town.now, but=tokens[1]) == 2
        assert [account_of(session, token, town.now) is not None for token in tokens] == [False, True, False]


def test_a_browser_that_is_used_stays_signed_in(database: Database, town: Any, ask: Any, check: Any) -> None:
    account = check(town.chen_phone, ask(town.chen_phone))
    with database.write() as session:
        used, left = (open_session(session, account, "", town.now) for _ in range(2))
        note_seen(session, used, town.later(days=80))
        note_seen(session, used, town.later(days=80, minutes=5))
    with database.read() as session:
        assert account_of(session, used, town.later(days=91)) is not None
        assert account_of(session, left, town.later(days=90)) is None
        seen = session.exec(select(WebSession.seen_at).order_by(col(WebSession.id))).first()
        assert seen == town.later(days=80)
