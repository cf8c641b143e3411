"""On what the alert about late visits rests: the document that sets the lifts' intervals, else the general one."""

import pytest

from actions.alerts.basis import basis_of_alert, interval_rules


@pytest.mark.parametrize(
    ("rules", "clause"),
    [
        (["zs.onsite.full"], "附件1 一(二)3"),
        (["cq.onsite.plan", "cq.onsite.plan"], "四(二)"),
        (["zs.onsite.full", "zs.onsite.remote"], "附件1 一(二)3；附件1 一(二)4"),
        (["zs.onsite.full", "cq.onsite.plan"], "第三十一条"),
        (["zs.onsite.full", "no.longer"], "附件1 一(二)3"),
        (["cq.onsite", "cq.onsite.plan"], "第三十一条"),
        (["gp.onsite"], "第三十一条"),
        ([], "第三十一条"),
    ],
)
def test_late_visits_rest_on_the_document_of_their_own_intervals(rules: list[str], clause: str):
    assert basis_of_alert("visits_late", interval_rules(rules))["clause"] == clause


def test_no_other_alert_does():
    assert basis_of_alert("fault", ["zs.onsite.full"])["clause"] == "第四十五条"
