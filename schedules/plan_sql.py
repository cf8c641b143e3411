"""The statements of a day's plan. Each works on sets; the scratch tables hold what one plan decides.

CROSS JOIN is written where SQLite must begin with the few duties that are due rather than with the whole register.
"""

from schedules.ladder import EFFECTIVE

SCRATCH = (
    """CREATE TEMPORARY TABLE IF NOT EXISTS plan_telling (
        rule TEXT, seq INTEGER, n INTEGER, via TEXT, audience TEXT, channel_class TEXT, template TEXT,
        booked_late_template TEXT, unbooked_only INTEGER, by_district INTEGER, brings_seq INTEGER, covers TEXT,
        lapses INTEGER, duty TEXT, owed_before DATE,
        PRIMARY KEY (rule, seq, n))""",
    """CREATE TEMPORARY TABLE IF NOT EXISTS plan_area (
        district_code TEXT PRIMARY KEY, desk INTEGER, regulator INTEGER)""",
    """CREATE TEMPORARY TABLE IF NOT EXISTS plan_duty (
        duty_id INTEGER PRIMARY KEY, lift_id INTEGER, rule TEXT, due DATE, told_seq INTEGER, booked_on DATE,
        district_code TEXT, desk INTEGER, regulator INTEGER, seq INTEGER, window_start DATE)""",
    """CREATE TEMPORARY TABLE IF NOT EXISTS plan_item (
        duty_id INTEGER, rule TEXT, seq INTEGER, n INTEGER, due DATE, step TEXT, party_id INTEGER, desk INTEGER,
        audience TEXT, channel_class TEXT, template TEXT, district_code TEXT, duty TEXT, tell_by DATE,
        forced INTEGER, late INTEGER, covered INTEGER)""",
    "CREATE INDEX IF NOT EXISTS temp_plan_item_duty ON plan_item (duty_id, seq, n)",
    """CREATE TEMPORARY TABLE IF NOT EXISTS plan_chosen (
        desk INTEGER, channel_class TEXT, rule TEXT, step TEXT, party_id INTEGER,
        PRIMARY KEY (desk, channel_class, rule, step, party_id))""",
)
TABLES = ("plan_telling", "plan_area", "plan_duty", "plan_item", "plan_chosen")
FILL_TELLINGS = """
INSERT INTO plan_telling VALUES (:rule, :seq, :n, :via, :audience, :channel_class, :template, :booked_late_template,
    :unbooked_only, :by_district, :brings_seq, :covers, :lapses, :duty,
    :owed_before)
"""
FILL_AREAS = "INSERT INTO plan_area VALUES (:district_code, :desk, :regulator)"
FILL_CHOSEN = "INSERT INTO plan_chosen VALUES (:desk, :channel_class, :rule, :step, :party_id)"

# Most passes of a day find nothing, and then need no scratch tables.
ANY_DUE = """
SELECT 1 FROM duty d CROSS JOIN lift l WHERE d.next_on <= :today AND l.id = d.lift_id AND l.city_id = :city LIMIT 1
"""
# Duties of rules in force, or owed by earlier ones since before they ended, whose ladder has something to say, each
# with the rung: the latest one whose last day has come (the earlier ones are superseded by it), else the one that has
# opened. Offices: those of the district, else those of the city.
FIND_DUTIES = f"""
INSERT INTO plan_duty
SELECT d.id, d.lift_id, d.rule, d.due, d.told_seq, d.booked_on, l.district_code,
    COALESCE(a.desk, c.desk), COALESCE(a.regulator, c.regulator),
    (SELECT COALESCE(MAX(CASE WHEN s.tell_by <= :today THEN s.seq END), MIN(s.seq)) FROM step_date s
     WHERE s.rule = d.rule AND s.due = d.due AND s.seq > d.told_seq AND {EFFECTIVE} <= :today),
    d.window_start
FROM duty d CROSS JOIN lift l
LEFT JOIN plan_area a ON a.district_code = l.district_code
LEFT JOIN plan_area c ON c.district_code = '*'
WHERE d.next_on <= :today AND l.id = d.lift_id AND l.city_id = :city
    AND d.rule IN (SELECT rule FROM plan_telling WHERE owed_before IS NULL OR owed_before > d.due)
"""

# Nothing is told of a duty none of whose rungs may be told yet, whatever its `next_on` says: one wrong row must not
# stop a city's plan.
DROP_NOT_YET = "DELETE FROM plan_duty WHERE seq IS NULL"

PARTY = """CASE WHEN t.via IN ('use_unit', 'maintainer') THEN r.party_id
    WHEN t.via = 'district_regulator' THEN p.regulator ELSE p.desk END"""
FIND_ITEMS = f"""
INSERT INTO plan_item
SELECT p.duty_id, p.rule, s.seq, t.n, p.due, s.step, {PARTY}, p.desk, t.audience, t.channel_class,
    CASE WHEN t.booked_late_template IS NOT NULL AND p.booked_on > s.pause_if_booked_by
        THEN t.booked_late_template ELSE t.template END,
    CASE WHEN t.by_district = 1 THEN COALESCE(p.district_code, '') ELSE '' END,
    t.duty, s.tell_by,
    CASE WHEN s.tell_by <= :today THEN 1 ELSE 0 END,
    CASE WHEN :today > CASE WHEN s.step = 'open' AND s.latest_on < p.window_start THEN p.window_start
        WHEN s.spread THEN s.latest_on ELSE s.tell_by END THEN 1 ELSE 0 END, 0
FROM plan_duty p {{through}} CROSS JOIN plan_telling t CROSS JOIN step_date s
LEFT JOIN responsibility r ON r.lift_id = p.lift_id AND r.role = t.via AND r.to_on IS NULL
WHERE t.rule = p.rule AND s.rule = p.rule AND s.due = p.due AND s.seq = t.seq AND {PARTY} IS NOT NULL AND {{which}}
    AND NOT (t.unbooked_only = 1 AND COALESCE(p.booked_on > s.pause_if_booked_by, false))
"""
MAIN_ITEMS = FIND_ITEMS.format(through="", which="t.seq = p.seq AND t.n = 0")
# A party that is both unit and maintainer of a lift is told once, as the one for whom the rung is.
COPY_ITEMS = FIND_ITEMS.format(
    through="",
    which=f"""t.seq = p.seq AND t.n > 0 AND NOT EXISTS (
        SELECT 1 FROM plan_item m WHERE m.duty_id = p.duty_id AND m.seq = t.seq AND m.party_id = {PARTY})""",
)
# An untold earlier rung whose last day has come goes out beside the later one that brings it.
BROUGHT_ITEMS = FIND_ITEMS.format(
    through="CROSS JOIN plan_telling b",
    which="""b.rule = p.rule AND b.seq = p.seq AND b.n = 0 AND t.seq = b.brings_seq AND t.seq > p.told_seq
        AND s.tell_by <= :today""",
)
# What another rung of the day says too, about the same lift to the same party. Left out below as `<> 1`: of scratch
# tables a server knows no numbers, and would take `= 0` for a handful of rows.
COVER_ITEMS = """
UPDATE plan_item SET covered = 1 WHERE (duty_id, party_id) IN (
    SELECT d.id, i.party_id
    FROM plan_duty p
    JOIN plan_telling t ON t.rule = p.rule AND t.seq = p.seq AND t.n = 0 AND t.covers IS NOT NULL
    JOIN plan_item i ON i.duty_id = p.duty_id AND i.seq = p.seq
    JOIN duty d ON d.lift_id = p.lift_id AND d.rule = t.covers AND d.due < :today)
"""
SUPERSEDE_COVERED = """
INSERT INTO told (duty_id, due, step, party_id, state, notice_id, on_date, late, is_copy)
SELECT i.duty_id, i.due, i.step, i.party_id, 'superseded', NULL, :today, i.late = 1, i.n > 0
FROM plan_item i WHERE i.covered = 1
ON CONFLICT (duty_id, due, step, party_id) DO NOTHING
"""
GROUPS = """
SELECT i.desk, i.channel_class, i.rule, i.step, i.party_id, p.ref, MIN(i.tell_by), MAX(i.forced)
FROM plan_item i JOIN party p ON p.id = i.party_id
GROUP BY i.desk, i.channel_class, i.rule, i.step, i.party_id, p.ref
"""
# What each desk's callers and recipients were given today already, by an earlier pass.
TAKEN = """
SELECT desk_party_id, channel_class, COUNT(*) FROM notice
WHERE planned_on = :today AND city_id = :city AND status <> 'cancelled' AND desk_party_id IS NOT NULL
GROUP BY desk_party_id, channel_class
"""
DROP_UNCHOSEN_ITEMS = """
DELETE FROM plan_item WHERE NOT EXISTS (
    SELECT 1 FROM plan_chosen c WHERE c.desk = plan_item.desk AND c.channel_class = plan_item.channel_class
    AND c.rule = plan_item.rule AND c.step = plan_item.step AND c.party_id = plan_item.party_id)
"""
DROP_UNCHOSEN_DUTIES = """
DELETE FROM plan_duty WHERE NOT EXISTS (SELECT 1 FROM plan_item i WHERE i.duty_id = plan_duty.duty_id)
"""
# Duties for whose rung nobody answers: they stay due, and a task says so.
WITHOUT_PARTY = """
SELECT DISTINCT p.lift_id, t.via FROM plan_duty p
JOIN plan_telling t ON t.rule = p.rule AND t.seq = p.seq AND t.n = 0
WHERE NOT EXISTS (SELECT 1 FROM plan_item i WHERE i.duty_id = p.duty_id)
ORDER BY p.lift_id, t.via
"""

# A notice of the day that nobody was sent yet: what comes up later in the day joins it.
SAME_NOTICE = """n.party_id = i.party_id AND n.planned_on = :today AND n.status = 'planned' AND n.tries = 0
    AND n.rule = i.rule AND n.step = i.step AND n.audience = i.audience AND n.template = i.template
    AND n.district_code = i.district_code
    AND n.city_id = :city"""
ADD_NOTICES = f"""
INSERT INTO notice (city_id, run_id, planned_on, send_on, party_id, duty, rule, step, audience, district_code,
    channel_class, template, late, status, reason, lease_owner, tries, desk_party_id)
SELECT :city, :run, :today, :today, i.party_id, MIN(i.duty), i.rule, i.step, i.audience, i.district_code,
    MIN(i.channel_class), i.template, MAX(i.late) = 1, 'planned', '', '', 0, MIN(i.desk)
FROM plan_item i
WHERE i.covered <> 1
GROUP BY i.party_id, i.rule, i.step, i.audience, i.template, i.district_code
HAVING NOT EXISTS (SELECT 1 FROM notice n WHERE {SAME_NOTICE})
ORDER BY i.party_id, MIN(i.seq), i.rule, i.step, i.audience, i.template, i.district_code
"""
RESERVE = f"""
INSERT INTO told (duty_id, due, step, party_id, state, notice_id, on_date, late, is_copy)
SELECT i.duty_id, i.due, i.step, i.party_id, 'reserved', n.id, :today, i.late = 1, i.n > 0
FROM plan_item i CROSS JOIN notice n
WHERE {SAME_NOTICE} AND i.covered <> 1
ON CONFLICT (duty_id, due, step, party_id) DO UPDATE SET state = 'reserved', notice_id = excluded.notice_id,
    on_date = excluded.on_date, late = excluded.late, is_copy = excluded.is_copy
WHERE told.state IN ('released', 'superseded')
"""
# Earlier rungs of these duties that were planned on another day and have not gone out: the later one replaces them.
WAITING = "SELECT 1 FROM notice WHERE status = 'planned' AND send_on < :today AND city_id = :city LIMIT 1"
OVERTAKEN = """
SELECT DISTINCT t.duty_id FROM notice n
JOIN told t ON t.notice_id = n.id AND t.state = 'reserved'
JOIN plan_duty p ON p.duty_id = t.duty_id AND p.due = t.due
JOIN step_date s ON s.rule = p.rule AND s.due = p.due AND s.step = t.step AND s.seq < p.seq
WHERE n.status = 'planned' AND n.planned_on < :today AND n.city_id = :city
"""
SUPERSEDE = """
INSERT INTO told (duty_id, due, step, party_id, state, notice_id, on_date, late, is_copy)
SELECT p.duty_id, p.due, s.step, COALESCE(r.party_id, i.party_id), 'superseded', NULL, :today, true, false
FROM plan_duty p
JOIN step_date s ON s.rule = p.rule AND s.due = p.due AND s.seq > p.told_seq AND s.seq < p.seq
JOIN plan_item i ON i.duty_id = p.duty_id AND i.seq = p.seq AND i.n = 0
LEFT JOIN responsibility r ON r.lift_id = p.lift_id AND r.role = 'use_unit' AND r.to_on IS NULL
WHERE p.seq > p.told_seq + 1
    AND NOT EXISTS (SELECT 1 FROM plan_item b WHERE b.duty_id = p.duty_id AND b.seq = s.seq)
ON CONFLICT (duty_id, due, step, party_id) DO NOTHING
"""
DROP_EMPTY_NOTICES = """
DELETE FROM notice WHERE run_id = :run AND planned_on = :today
    AND NOT EXISTS (SELECT 1 FROM told t WHERE t.notice_id = notice.id)
"""
ADVANCE = """
UPDATE duty SET (told_seq, next_step, next_on) = (
    SELECT p.seq, s.step, CASE WHEN s.tell_from < :tomorrow THEN :tomorrow ELSE s.tell_from END
    FROM plan_duty p LEFT JOIN step_date s ON s.rule = p.rule AND s.due = p.due AND s.seq = p.seq + 1
    WHERE p.duty_id = duty.id)
WHERE id IN (SELECT duty_id FROM plan_duty WHERE booked_on IS NULL) AND held_until IS NULL
"""
# With a booking, or held back, the next rung is not simply the one that follows.
ADVANCE_BOOKED = f"""
UPDATE duty SET (told_seq, next_step, next_on) = (
    SELECT p.seq, s.step, CASE WHEN {EFFECTIVE} < :tomorrow THEN :tomorrow ELSE {EFFECTIVE} END
    FROM plan_duty p JOIN duty d ON d.id = p.duty_id
    LEFT JOIN step_date s ON s.rule = p.rule AND s.due = p.due AND s.seq > p.seq
    WHERE p.duty_id = duty.id ORDER BY {EFFECTIVE}, s.seq LIMIT 1)
WHERE id IN (SELECT duty_id FROM plan_duty) AND (booked_on IS NOT NULL OR held_until IS NOT NULL)
"""

# A rung that offers something up to the due date is not told after it; no other rung of its ladder is either.
IS_LAPSED = """SELECT p.duty_id FROM plan_duty p JOIN plan_telling t ON t.rule = p.rule AND t.seq = p.seq AND t.n = 0
    WHERE t.lapses = 1 AND p.due < :today"""
RECORD_LAPSED = f"""
INSERT INTO told (duty_id, due, step, party_id, state, notice_id, on_date, late, is_copy)
SELECT p.duty_id, p.due, s.step, r.party_id, 'superseded', NULL, :today, true, false
FROM plan_duty p
JOIN step_date s ON s.rule = p.rule AND s.due = p.due AND s.seq > p.told_seq
JOIN responsibility r ON r.lift_id = p.lift_id AND r.role = 'use_unit' AND r.to_on IS NULL
WHERE p.duty_id IN ({IS_LAPSED})
ON CONFLICT (duty_id, due, step, party_id) DO UPDATE SET state = 'superseded', notice_id = NULL,
    on_date = excluded.on_date, late = true WHERE told.state = 'released'
"""
QUIET_LAPSED = f"""
UPDATE duty SET next_step = NULL, next_on = NULL,
    told_seq = (SELECT MAX(s.seq) FROM step_date s WHERE s.rule = duty.rule AND s.due = duty.due)
WHERE id IN ({IS_LAPSED})
"""
DROP_LAPSED = f"DELETE FROM plan_duty WHERE duty_id IN ({IS_LAPSED})"
LAPSED = """
SELECT DISTINCT t.duty_id FROM notice n JOIN told t ON t.notice_id = n.id AND t.state = 'reserved'
WHERE n.status = 'planned' AND n.city_id = :city AND n.rule = :rule AND n.step = :step AND t.due < :today
"""

# A validity that ended long ago is a question of data: no notice, the reason in the ledger, the ladder quiet.
# `paper` is the kind of what is no inspection and no test.
COUNT_TOO_OLD = """
SELECT party_id, paper, COUNT(*), MIN(due), MIN(district_code) FROM (
    SELECT r.party_id, p.due, COALESCE(p.district_code, '') AS district_code,
        CASE WHEN t.duty IN ('periodic_inspection', 'legacy_inspection', 'self_test') THEN '' ELSE t.duty END AS paper
    FROM plan_duty p
    JOIN plan_telling t ON t.rule = p.rule AND t.seq = p.seq AND t.n = 0
    LEFT JOIN responsibility r ON r.lift_id = p.lift_id AND r.role = 'use_unit' AND r.to_on IS NULL
    WHERE p.due < :not_before) old
GROUP BY party_id, paper ORDER BY party_id, paper
"""
RECORD_TOO_OLD = """
INSERT INTO told (duty_id, due, step, party_id, state, notice_id, on_date, late, is_copy)
SELECT p.duty_id, p.due, s.step, r.party_id, 'too_old', NULL, :today, true, false
FROM plan_duty p
JOIN step_date s ON s.rule = p.rule AND s.due = p.due AND s.seq > p.told_seq
JOIN responsibility r ON r.lift_id = p.lift_id AND r.role = 'use_unit' AND r.to_on IS NULL
WHERE p.due < :not_before
ON CONFLICT (duty_id, due, step, party_id) DO NOTHING
"""
QUIET_TOO_OLD = """
UPDATE duty SET next_step = NULL, next_on = NULL,
    told_seq = (SELECT MAX(s.seq) FROM step_date s WHERE s.rule = duty.rule AND s.due = duty.due)
WHERE id IN (SELECT duty_id FROM plan_duty WHERE due < :not_before)
"""
DROP_TOO_OLD = "DELETE FROM plan_duty WHERE due < :not_before"
