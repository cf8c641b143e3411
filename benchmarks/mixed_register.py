"""A made-up register of six cities, rehearsed over years on two databases: the lines must be the same. Prints JSON.

    uv run python benchmarks/mixed_register.py [--lifts 50000] [--from 2020-01-01] [--to 2027-12-31]
        [--database sqlite:///… postgresql://…] [--keep FOLDER]

Each city is under the rulebook of its name: two pilots hand over to the national rule by date, Guangzhou's campaign
stands beside it from the day on which it came into force. Part of the lifts have a past: visits, policies, repairs,
stops, applications. Nobody acts during the rehearsal.
"""

import argparse
import csv
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from sqlmodel import Session, select

from actions.lifts.facts import Fact, record_fact
from actions.register import import_register
from actions.running.cities import set_regime
from schedules.dates import add_months, month_end
from schedules.duties import rebuild
from schedules.happenings import DatedFact, Issued, OptIn, OptOut, OutOfUse, SupervisoryInspectionPassed
from schedules.rulebook import load_rulebook
from store.database import Database
from store.lifts import Lift, LiftRole, Responsibility
from tixing.rehearsal import rehearse

SEED = 20_200_101
NATIONAL_FROM = date(2024, 4, 2)
SHARES = {
    "guangzhou": 0.45,
    "zhoushan": 0.2,
    "chongqing": 0.15,
    "national": 0.1,
    "guangzhou-paperless": 0.05,
    "pingluo": 0.05,
}
YES_NO = ("按需维保", "物联网", "在线实时检查维护", "远程检查维护", "电梯养老保险", "全包维保")
HEADER = (
    *(
        "设备代码",
        "区",
        "项目名",
        "楼栋",
        "内部编号",
        "使用状态",
        "安装监督检验合格日期",
        "下次检验日期",
        "下次检测日期",
    ),
    *YES_NO,
    *("使用单位名称", "使用单位联系人", "使用单位联系人手机号", "法定代表人", "法定代表人电话"),
    *("维保单位名称", "维保单位联系人", "维保单位联系电话"),
)
LIFTS_A_UNIT, LIFTS_A_MAINTAINER, WITH_A_PAST = 9, 400, 0.1


def noon(day: date) -> datetime:
    """Noon in Shanghai, in UTC."""
    return datetime.combine(day, clock(4), tzinfo=UTC)


def write_register(path: Path, city: str, lifts: int, as_of: date) -> None:
    """A city's register as CSV: lifts of all ages, their validity in the coming two years or just past."""
    random = Random(f"{SEED}:{city}")
    districts = [district.name for district in load_rulebook(city).place.districts] or ["示例区"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(lifts):
            writer.writerow(_row(random, city, number, districts, as_of))


def _row(random: Random, city: str, number: int, districts: list[str], as_of: date) -> list[str]:
    unit, maintainer = number // LIFTS_A_UNIT, number // LIFTS_A_MAINTAINER
    passed = as_of - timedelta(days=random.randrange(25 * 365))
    valid = add_months(date(as_of.year, passed.month, 1), random.choice([0, 0, 12, 12, 12, 24, -12]))
    stated = month_end(valid)
    testing = city == "national" and random.random() < 0.5
    return [
        f"3110990{list(SHARES).index(city):02d}{number:08d}",
        districts[unit % len(districts)],
        f"云荔花园{unit}期",
        f"{number % 40 + 1}栋",
        f"{number % 4 + 1}梯",
        random.choices(["在用", "停用", "报废"], [97, 2, 1])[0],
        passed.isoformat() if random.random() < 0.97 else "",
        f"{stated:%Y-%m}" if random.random() < 0.98 else "",
        f"{add_months(stated, -12):%Y-%m}" if testing else "",
        *(random.choice(["是", "否"]) for _ in YES_NO),
        f"示例{city}物业{unit}号有限公司",
        f"陈{unit}",
        f"140{list(SHARES).index(city)}{unit:07d}" if unit % 25 else "",
        f"何{unit}",
        f"141{list(SHARES).index(city)}{unit:07d}",
        f"示范{city}电梯{maintainer}号有限公司",
        f"黄{maintainer}",
        f"142{list(SHARES).index(city)}{maintainer:07d}",
    ]


def fill(database: Database, folder: Path, lifts: int, as_of: date) -> None:
    """Import the registers and give some lifts a past."""
    database.migrate()
    for city, share in SHARES.items():
        path = folder / f"{city}.csv"
        if not path.exists():
            write_register(path, city, round(lifts * share), as_of)

        def derive(session: Session, import_id: int, city: str = city) -> None:
            rebuild(session, city_id=city, today=as_of, now=noon(as_of), import_id=import_id)

        import_register(database, path, city_id=city, as_of=as_of, now=noon(as_of), derive=derive)
        with database.write() as session:
            give_past(session, city, as_of)
            if city == "guangzhou":
                set_regime(session, city, rulebook="national", from_on=NATIONAL_FROM, beside="guangzhou")


def give_past(session: Session, city: str, as_of: date) -> None:
    """Something has happened to one lift in ten; reported by its use unit."""
    random = Random(f"{SEED}:{city}:past")
    query = (
        select(Lift.id, Lift.installed_pass_on, Responsibility.party_id)
        .join(Responsibility)
        .where(Lift.city_id == city, Responsibility.role == LiftRole.USE_UNIT)
        .order_by(Lift.key)
    )
    for lift_id, installed, unit in session.exec(query).all():
        if random.random() < WITH_A_PAST:
            fact = _fact(random, as_of)
            if isinstance(fact, SupervisoryInspectionPassed) and installed is not None and fact.passed_on < installed:
                continue
            common = {"by": unit, "now": noon(as_of), "today": as_of, "key": f"past:{lift_id}"}
            record_fact(session, lift_ids=[lift_id], fact=fact, **common)


def _fact(random: Random, as_of: date) -> Fact:
    on = as_of - timedelta(days=random.randrange(400))
    kind = random.randrange(9)
    if kind < 4:
        dated = ("onsite_visit", "remote_check", "put_into_use", "notice_posted")[kind]
        return DatedFact(kind=dated, on=as_of - timedelta(days=random.randrange(10)))
    if kind == 4:
        return SupervisoryInspectionPassed(kind=random.choice(["renovated", "major_repair"]), passed_on=on)
    if kind == 5:
        stop = {"kind": "out_of_use", "from": on, "restart_on": on + timedelta(days=600), "formal": True}
        return OutOfUse.model_validate(stop)
    if kind == 6:
        return OptOut(kind="opt_out", filed_on=as_of)
    if kind == 7:
        return OptIn(kind="opt_in", filed_on=as_of, accepted_on=as_of)
    return Issued(kind=random.choice(["policy_issued", "certificate_issued"]), until=as_of + timedelta(days=200))


def play(address: str, folder: Path, args: argparse.Namespace) -> tuple[Path, dict[str, Any]]:
    """Fill one database, rehearse it, and keep its lines."""
    database = Database(address)
    started = time.perf_counter()
    fill(database, folder, args.lifts, args.first)
    filled = time.perf_counter()
    kind = "sqlite" if database.is_sqlite else "postgres"
    path = folder / f"{kind}.jsonl"
    count, segments = 0, 0
    with path.open("w", encoding="utf-8") as file:
        for line in rehearse(database, args.first, args.last):
            file.write(json.dumps(line.as_dict(), ensure_ascii=False, default=str) + "\n")
            count += 1
            segments += line.segments
    database.close()
    figures = {
        "database": kind,
        "lifts": args.lifts,
        "lines": count,
        "sms_segments": segments,
        "fill_seconds": round(filled - started, 1),
        "rehearse_seconds": round(time.perf_counter() - filled, 1),
        "sha256": sha256(path.read_bytes()).hexdigest(),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    return path, figures


def differences(one: Path, other: Path) -> Iterator[str]:
    """The first lines that differ."""
    with one.open(encoding="utf-8") as left, other.open(encoding="utf-8") as right:
        for number, (a, b) in enumerate(zip(left, right, strict=False), start=1):
            if a != b:
                yield f"line {number}:\n  {a}  {b}"


def main() -> int:
    """Rehearse on every database given; 1 when their lines differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lifts", type=int, default=50_000)
    parser.add_argument("--from", dest="first", type=date.fromisoformat, default=date(2020, 1, 1))
    parser.add_argument("--to", dest="last", type=date.fromisoformat, default=date(2027, 12, 31))
    parser.add_argument("--database", nargs="+", default=["sqlite"], help="addresses; `sqlite` is a file of its own")
    parser.add_argument("--keep", type=Path, help="keep registers and lines in this folder")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mixed-register-") as temporary:
        folder = args.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        results = []
        for address in args.database:
            url = f"sqlite:///{folder / 'register.sqlite'}" if address == "sqlite" else address
            path, figures = play(url, folder, args)
            print(json.dumps(figures), flush=True)
            results.append((path, figures["sha256"]))
        for path, digest in results[1:]:
            if digest != results[0][1]:
                print(next(differences(results[0][0], path), "one of them has more lines"), file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
