"""The floor: one process that does the writes of a dispatcher in the fewest statements, and decides nothing.

As in the dispatcher, what was claimed is read anew and saved before the provider is called, and both are committed;
what came of it is settled in one statement. There is one address to a notice, no retry, no receipt, no pause of a city.
"""

from collections.abc import Sequence
from datetime import date
from functools import cache, partial
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row

from dispatching.race import Lap, Race, Ready, run
from dispatching.rows import NOW, TODAY
from notifier.index import signature_of
from notifier.phrases import say_day, say_due
from notifier.places import PlaceParts, name_place_short
from notifier.text import Rendered, render

BATCH = 500
# Ordered as the index is and no further, and claimed by ANY: each batch then reads its own rows, however many wait.
CLAIM = f"""
WITH due AS (
    SELECT id FROM notice
    WHERE status IN ('planned', 'sending', 'unknown') AND send_on <= %(today)s
      AND CASE status WHEN 'sending' THEN lease_until < clock_timestamp()
                      ELSE not_before IS NULL OR not_before <= %(now)s END
    ORDER BY status, send_on LIMIT {BATCH} FOR NO KEY UPDATE SKIP LOCKED
), claimed AS (
    UPDATE notice n SET status = 'sending', lease_until = clock_timestamp() + interval '5 minutes',
        lease_owner = %(owner)s, tries = n.tries + 1
    WHERE n.id = ANY(ARRAY(SELECT id FROM due))
    RETURNING n.id, n.party_id, n.rule, n.template, n.run_id
)
SELECT c.id, c.template, p.language, k.id AS contact_id, k.phone, r.finished_at AS due_at, t.due, s.practical_on,
    l.key, l.district, l.compound, l.building, l.internal_number, l.address, l.certificate
FROM claimed c
JOIN party p ON p.id = c.party_id
JOIN contact k ON k.party_id = c.party_id AND k.to_on IS NULL
JOIN plan_run r ON r.id = c.run_id
JOIN told t ON t.notice_id = c.id AND t.state = 'reserved'
JOIN duty d ON d.id = t.duty_id
JOIN lift l ON l.id = d.lift_id
LEFT JOIN step_date s ON s.rule = c.rule AND s.due = t.due AND s.step = 'target'
ORDER BY c.id
"""
READ_AGAIN = """
UPDATE told SET state = 'released' FROM duty d
WHERE told.notice_id = ANY(%(notices)s) AND told.state = 'reserved' AND d.id = told.duty_id
  AND (d.closed_on IS NOT NULL OR d.withdrawn_at IS NOT NULL OR d.due <> told.due)
"""
SAVE = """
INSERT INTO delivery (notice_id, contact_id, channel, address, template, template_version, language, body, segments,
    status, error, due_at, attempted_at)
SELECT notice_id, contact_id, 'sms', address, template, version, language, body, segments,
    'sending', '', due_at, %(now)s
FROM unnest(%(notices)s::int[], %(contacts)s::int[], %(addresses)s::text[], %(templates)s::text[], %(versions)s::text[],
    %(languages)s::text[], %(bodies)s::text[], %(segments)s::int[], %(dues)s::timestamptz[])
    AS row (notice_id, contact_id, address, template, version, language, body, segments, due_at)
RETURNING id
"""
SETTLE = """
WITH delivered AS (
    UPDATE delivery SET status = 'sent', provider_id = row.provider_id, sent_at = %(now)s, settled_at = %(now)s
    FROM unnest(%(deliveries)s::int[], %(provider_ids)s::text[]) AS row (id, provider_id)
    WHERE delivery.id = row.id AND delivery.status IN ('sending', 'unknown')
), handed_over AS (
    UPDATE told SET state = 'told', on_date = %(today)s WHERE notice_id = ANY(%(notices)s) AND state = 'reserved'
)
UPDATE notice SET status = 'sent', reason = '', not_before = NULL, settled_at = %(now)s, lease_until = NULL,
    lease_owner = ''
WHERE id = ANY(%(notices)s) AND lease_until IS NOT NULL AND lease_owner = %(owner)s
"""
OWNER = "bare"


def race(url: str) -> Race:
    """Drain the store at `url`."""
    return run(partial(_drain, url), 1)


def _drain(url: str, lap: Lap, ready: Ready) -> None:
    with psycopg.connect(url, row_factory=namedtuple_row) as connection:
        ready()
        while batch := _open(connection):
            rows, deliveries = batch
            notices = [row.id for row in rows]
            lap.sent.extend(notices)  # the provider that does nothing
            settled = {
                "deliveries": deliveries,
                "provider_ids": [f"SM{number:032x}" for number in deliveries],
                "notices": notices,
            }
            connection.execute(SETTLE, {**settled, "owner": OWNER, "now": NOW, "today": TODAY})
            connection.commit()
            lap.note_settled()


def _open(connection: psycopg.Connection[Any]) -> tuple[Sequence[Any], list[int]] | None:
    """Claim, read again, write, save: the claimed rows and the ids of their deliveries."""
    terms = {"today": TODAY, "now": NOW, "owner": OWNER}
    rows = connection.execute(CLAIM, terms).fetchall()
    if not rows:
        connection.commit()
        return None
    notices = [row.id for row in rows]
    connection.execute(READ_AGAIN, {"notices": notices})
    texts = [_write(row) for row in rows]
    saved = connection.execute(
        SAVE,
        {
            "notices": notices,
            "contacts": [row.contact_id for row in rows],
            "addresses": [row.phone for row in rows],
            "templates": [row.template for row in rows],
            "versions": [text.version for text in texts],
            "languages": [row.language for row in rows],
            "bodies": [text.body for text in texts],
            "segments": [text.segments for text in texts],
            "dues": [row.due_at for row in rows],
            "now": NOW,
        },
    ).fetchall()
    connection.commit()
    return rows, [row.id for row in saved]


def _write(row: Any) -> Rendered:
    parts = PlaceParts(
        row.compound, row.building, row.internal_number, row.address, row.certificate, row.key, row.district
    )
    words = {"n": 1, "place": name_place_short(parts), **_dates(row.due, row.practical_on, row.language)}
    return render(row.template, row.language, "sms", words, signature=_signature(row.template, row.language))


@cache
def _dates(due: date, target: date | None, language: str) -> dict[str, str]:
    return {"due": say_due(due, True, language, TODAY), "target": say_day(target or due, language, TODAY)}


@cache
def _signature(template: str, language: str) -> str:
    return signature_of(template, language)
