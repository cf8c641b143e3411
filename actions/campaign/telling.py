"""A city's list of the year is told to the departments that are to inspect it, and to their named officers."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from actions.campaign.departments import Department, load_departments
from actions.campaign.lists import checks_begin, find_target
from actions.campaign.review import UNCLEAR
from schedules.regimes import rulebook_of
from schedules.rulebook import basis_of
from store.campaigns import CampaignList, CampaignRow, RowResult
from store.notices import CAMPAIGN, Notice
from store.parties import AreaRole

TEMPLATE = "desk.campaign"


def tell_departments(session: Session, one: CampaignList, *, today: date) -> int:
    """Each with its share of the list, the target and the day of the checks; nobody twice of one list."""
    target = find_target(session, one.city_id, one.year)
    if target is None or one.year < today.year:
        return 0
    told = _told(session, one)
    notices = [
        notice
        for notice in _notices(session, one, target, today)
        if _whom(notice.party_id, notice.facts or {}) not in told
    ]
    session.add_all(notices)
    session.flush()
    return len(notices)


def _notices(session: Session, one: CampaignList, target: tuple[date, int], today: date) -> Iterator[Notice]:
    rows, unclear = _shares(session, one)
    checks, (target_on, percent) = checks_begin(session, one), target
    basis = basis_of(rulebook_of(session, one.city_id, today), TEMPLATE)
    for department, count in rows.items():
        about = {
            "list": one.id,
            "year": one.year,
            "rows": count,
            "unclear": unclear[department],
            "target": target_on.isoformat(),
            "percent": percent,
            "checks": checks.isoformat() if checks is not None else "",
            "officer": department.officer,
        }
        for whom in department.addressees:
            yield Notice(
                city_id=one.city_id,
                planned_on=today,
                send_on=today,
                party_id=department.party_id,
                duty=CAMPAIGN,
                rule="",
                step=CAMPAIGN,
                audience=AreaRole.INSPECTION_DEPARTMENT.value,
                channel_class="chat",
                template=TEMPLATE,
                facts={CAMPAIGN: about | whom, "basis": basis},
            )


def _shares(session: Session, one: CampaignList) -> tuple[Counter[Department], Counter[Department]]:
    """By department its rows, and those of them that the register does not bear out; a row that comes twice is one."""
    departments = load_departments(session, one.city_id, one.year)
    rows: Counter[Department] = Counter()
    unclear: Counter[Department] = Counter()
    query = select(CampaignRow.district_code, CampaignRow.result).where(CampaignRow.list_id == one.id)
    for code, result in session.exec(query.where(CampaignRow.result != RowResult.TWICE)):
        department = departments.of(code)
        if department is not None:
            rows[department] += 1
            unclear[department] += result in UNCLEAR
    return rows, unclear


def _told(session: Session, one: CampaignList) -> set[tuple[int, int | None]]:
    query = select(Notice).where(Notice.city_id == one.city_id, Notice.duty == CAMPAIGN).order_by(col(Notice.id))
    said = [(notice.party_id, notice.facts or {}) for notice in session.exec(query)]
    return {_whom(party_id, facts) for party_id, facts in said if facts[CAMPAIGN]["list"] == one.id}


def _whom(party_id: int, facts: dict[str, Any]) -> tuple[int, int | None]:
    return party_id, facts[CAMPAIGN].get("contact")
