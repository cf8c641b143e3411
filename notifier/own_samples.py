"""Which examples go with the notices that have a matter of their own, and who is addressed in them."""

from collections.abc import Callable
from datetime import date
from typing import Any

from notifier.index import load_index
from notifier.plan_samples import own_of_plan
from notifier.record_samples import OF_RECORDS, own_of_records
from notifier.report_samples import own_of_report
from notifier.visit_samples import own_of_onsite, own_of_visit

OWN_MATTERS: tuple[tuple[tuple[str, ...], Callable[[str, str, int, date], dict[str, Any]]], ...] = (
    (("report.",), own_of_report),
    (("booking.", "saying."), own_of_visit),
    (("plan.", "desk.campaign"), own_of_plan),
    (("onsite.", "gz.opinion"), own_of_onsite),
    (OF_RECORDS, own_of_records),
)


def reader_of(template: str, sample: str) -> str:
    """Who is addressed; copies of reports and visits name the unit."""
    department, maintainer = template == "desk.campaign", template in ("gp.unsigned", "gp.short", "gp.objected")
    return load_index().samples[sample]["department" if department else "maintainer" if maintainer else "unit"]
