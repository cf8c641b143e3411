"""On what an alert rests: the sentence that `tixing explain` shows."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from schedules.rulebook import load_rulebook, rulebook_ids
from store.alerts import AlertKind


@dataclass(frozen=True)
class Basis:
    """A document, its clause, and the words of it."""

    document: str
    clause: str
    quote: str


COMES_AT_ONCE = Basis(
    "《中华人民共和国特种设备安全法》",
    "第四十五条",
    "电梯的维护保养单位应当对其维护保养的电梯的安全性能负责；接到故障通知后，应当立即赶赴现场，并采取必要的应急救援措施",
)
BASIS = {
    AlertKind.FAULT: COMES_AT_ONCE,
    AlertKind.ENTRAPMENT: COMES_AT_ONCE,
    AlertKind.VISITS_LATE: Basis(
        "《特种设备安全监察条例》", "第三十一条", "电梯应当至少每15日进行一次清洁、润滑、调整和检查"
    ),
    AlertKind.IOT_OUTAGE: Basis(
        "《重庆市改进电梯维护保养模式试点工作要求》",
        "四(三)1(2)",
        "发现电梯物联网安全运行监测系统不能正常使用且在三个工作日内未能解决的",
    ),
}


def interval_rules(rules: Iterable[str]) -> list[str]:
    """Those of late visits, where one document beside the law sets all their intervals, as for maintenance on demand.

    Empty where the law's fifteen days hold for any of them.
    """
    known = {rule.id: (book, rule) for book in map(load_rulebook, rulebook_ids()) for rule in book.rules}
    found = [known[rule] for rule in sorted(set(rules)) if rule in known]
    one_document = len({book.id for book, _ in found}) == 1
    by_the_law = any(BASIS[AlertKind.VISITS_LATE].clause in rule.clause for _, rule in found)
    return [rule.id for _, rule in found] if one_document and not by_the_law else []


def basis_of_alert(kind: str, rules: Iterable[str] = ()) -> dict[str, str]:
    """The basis of a kind of alert as it stands among a notice's own facts.

    `rules`: of the late visits that it is about, as interval_rules gives them.
    """
    own = set(rules) if kind == AlertKind.VISITS_LATE else set()
    found = [(book, rule) for book in map(load_rulebook, rulebook_ids()) for rule in book.rules if rule.id in own]
    if not found:
        return asdict(BASIS[AlertKind(kind)])
    clauses = dict.fromkeys(rule.clause for _, rule in found)
    return asdict(Basis(found[0][0].title, "；".join(clauses), found[0][1].quote))
