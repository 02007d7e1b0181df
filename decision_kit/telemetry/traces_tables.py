"""The tables in DuckDB that a summary of spans is counted in.

Each is made out of the one before it, on disk where it does not fit into memory.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def build(connection: "DuckDBPyConnection") -> None:
    """Make the views ``counts``, ``parts``, ``pairs`` and ``percentiles`` out of the views of spans.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        With the views that :func:`decision_kit.telemetry.spans.read` makes.
    """
    connection.execute(_TABLES)
    before = -1
    # Doubling the known way up finds the beginning of every run; who never arrives goes round in a circle.
    while (arrived := connection.execute("SELECT count(*) FROM chain WHERE arrived").fetchall()[0][0]) > before:
        connection.execute(_DOUBLE)
        before = arrived
    connection.execute(_MEASURES)


# Spans told more than once become one. In the order of time a row's number says which came first.
# A step is a span with the span above it; a message is a span with one that it links to.
_TABLES = """
CREATE TABLE services AS
SELECT row_number() OVER (ORDER BY name)::INTEGER AS id, name
FROM (SELECT DISTINCT service AS name FROM raw);

CREATE TABLE spans AS
SELECT trace, span, min(parent) AS parent, min(services.id) AS service, max(kind) AS kind, min(start) AS start,
    max(CASE WHEN stop >= start THEN stop END) AS stop, bool_or(failed) AS failed
FROM raw JOIN services ON services.name = raw.service
WHERE trace IS NOT NULL AND span IS NOT NULL AND start > 0
GROUP BY trace, span ORDER BY start, trace, span;

CREATE TABLE links AS
SELECT DISTINCT own.rowid AS id, above.rowid AS up, own.kind = 5 OR above.kind = 4 AS message
FROM raw_links AS link JOIN spans AS own USING (trace, span)
LEFT JOIN spans AS above ON above.trace = link.to_trace AND above.span = link.to_span;

CREATE TABLE steps AS
SELECT own.rowid AS id, above.rowid AS up, own.kind = 5 OR above.kind = 4 AS message,
    own.service, own.kind, own.start, own.stop, own.failed, own.parent,
    above.service AS up_service, above.kind AS up_kind, above.start AS up_start, above.stop AS up_stop,
    above.failed AS up_failed
FROM spans AS own LEFT JOIN spans AS above ON above.trace = own.trace AND above.span = own.parent;

CREATE TABLE messages AS
SELECT id, up, service, up_service, start, up_start, failed FROM steps WHERE message AND up IS NOT NULL
UNION ALL
SELECT id, up, own.service, above.service, own.start, above.start, own.failed
FROM links JOIN spans AS own ON own.rowid = id JOIN spans AS above ON above.rowid = up WHERE message;

CREATE TABLE chain AS
SELECT id, coalesce(steps.up, first.up, id) AS top,
    (coalesce(steps.up_service, first.up_service, service) <> service)::INTEGER AS hops,
    coalesce(NOT message AND steps.up_service <> service, false)::INTEGER AS waiting,
    coalesce(NOT message, false) AS held,
    coalesce(steps.up, first.up) IS NULL AS arrived
FROM steps
LEFT JOIN (SELECT id, min(up) AS up, arg_min(up_service, up) AS up_service FROM messages GROUP BY id) AS first
    USING (id);
"""

_DOUBLE = """
CREATE TABLE higher AS
SELECT low.id, high.top, low.hops + high.hops AS hops,
    low.waiting + CASE WHEN low.held THEN high.waiting ELSE 0 END AS waiting,
    low.held AND high.held AS held, high.arrived
FROM chain AS low JOIN chain AS high ON high.id = low.top WHERE NOT low.arrived
UNION ALL FROM chain WHERE arrived;
DROP TABLE chain;
ALTER TABLE higher RENAME TO chain;
"""

# A trace whose parts lost their way to each other is one run nevertheless.
_MEASURES = """
CREATE MACRO third(value) AS (10 ** greatest(floor(log10(greatest(value, 1))) - 2, 0))::BIGINT;
CREATE MACRO three(value) AS (value + third(value) // 2) // third(value) * third(value);

CREATE TABLE visits AS
SELECT top.trace AS run, own.service, min(own.start) AS start, max(coalesce(own.stop, own.start)) AS stop,
    max(hops) AS hops, max(waiting) AS waiting
FROM chain JOIN spans AS own ON own.rowid = chain.id JOIN spans AS top ON top.rowid = chain.top
WHERE arrived GROUP BY top.trace, own.service;

CREATE TABLE runs AS SELECT run, max(stop) - min(start) AS length, max(hops) AS hops FROM visits GROUP BY run;

CREATE TABLE heard AS
SELECT up, service, min(up_service) AS up_service, min(start) AS start, min(up_start) AS up_start,
    bool_or(failed) AS failed
FROM messages WHERE service <> up_service GROUP BY up, service;

-- How long a caller waited is what its own span says: a service may go on after it has answered.
CREATE MACRO waited(own, above, above_kind) AS CASE WHEN above_kind = 3 THEN coalesce(above, own) ELSE own END;

CREATE VIEW awaited AS
SELECT up_service, service, failed OR (up_failed AND up_kind = 3) AS failed,
    waited(stop - start, up_stop - up_start, up_kind) AS length
FROM steps WHERE NOT message AND service <> up_service;

CREATE VIEW arrivals AS
SELECT service, start, failed, coalesce((up IS NULL AND kind = 2) OR NOT message, false) AS awaited,
    waited(stop - start, up_stop - up_start, up_kind) AS length
FROM steps WHERE up IS NULL OR service <> up_service;

CREATE TABLE times AS
SELECT 'awaited' AS what, up_service AS a, service AS b, three(length) AS value, count(*) AS n
FROM awaited GROUP BY ALL
UNION ALL
SELECT 'listening', up_service, service, three(greatest(start - up_start, 0)), count(*) FROM heard GROUP BY ALL
UNION ALL
SELECT 'answer', service, service, three(length), count(*) FROM arrivals WHERE awaited GROUP BY ALL
UNION ALL
SELECT 'run', service, service, three(length), count(*) FROM visits JOIN runs USING (run) GROUP BY ALL;

CREATE VIEW counts AS
WITH told AS (
    SELECT count(*) AS n, count(*) FILTER (trace IS NULL OR span IS NULL OR start IS NULL OR start <= 0) AS unusable,
        count(*) FILTER (starts_with(service, 'unknown_service')) AS nameless
    FROM raw
), step AS (
    SELECT count(*) AS n, count(*) FILTER (stop IS NULL) AS endless,
        count(*) FILTER (up IS NULL AND parent IS NOT NULL) AS lost_parents,
        count(*) FILTER (up_service <> service AND NOT message AND NOT (kind = 2 AND up_kind = 3)) AS assumed,
        count(*) FILTER (kind IN (3, 4)) AS sent, min(start) AS begin, max(coalesce(stop, start)) AS finish
    FROM steps
), early AS (
    SELECT count(DISTINCT id) AS early, coalesce(max(up_start - start), 0) AS skew
    FROM (SELECT id, start, up_start FROM steps UNION ALL SELECT id, start, up_start FROM messages)
    WHERE start < up_start
), answered AS (
    SELECT count(DISTINCT up) AS n FROM (
        SELECT up FROM steps WHERE (service <> up_service OR kind IN (2, 5)) AND up_kind IN (3, 4)
        UNION ALL SELECT up FROM heard JOIN spans ON spans.rowid = up WHERE kind IN (3, 4))
), link AS (
    SELECT count(*) FILTER (up IS NULL) AS lost_links,
        count(*) FILTER (up IS NOT NULL AND NOT message) AS other_links FROM links
)
SELECT step.begin, step.finish, step.n AS spans, (SELECT count(*) FROM runs) AS runs,
    (SELECT coalesce(max(hops), 0) FROM runs) AS deepest,
    told.unusable, told.nameless, told.n - told.unusable - step.n AS repeated, step.endless, step.lost_parents,
    link.lost_links, link.other_links, early.early, early.skew,
    (SELECT count(*) FROM chain WHERE NOT arrived) AS circles, step.assumed, step.sent - answered.n AS silent
FROM told, step, early, answered, link;

CREATE VIEW percentiles AS
SELECT what, start.name, "end".name, min(value) FILTER (100 * upto >= 50 * n), min(value) FILTER (100 * upto >= 95 * n),
    min(value) FILTER (100 * upto >= 99 * n)
FROM (
    SELECT what, a, b, value, sum(n) OVER (PARTITION BY what, a, b ORDER BY value) AS upto,
        sum(n) OVER (PARTITION BY what, a, b) AS n
    FROM times WHERE value IS NOT NULL)
JOIN services AS start ON start.id = a JOIN services AS "end" ON "end".id = b
GROUP BY ALL;

CREATE VIEW parts AS
SELECT name, coalesce(arrivals, 0), coalesce(awaited, 0), coalesce(failed, 0), coalesce(busiest, 0),
    coalesce(waiting, 0)
FROM services
LEFT JOIN (
    SELECT id, sum(n)::BIGINT AS arrivals, sum(awaited)::BIGINT AS awaited, sum(failed)::BIGINT AS failed,
        max(n) AS busiest
    FROM (
        SELECT service AS id, start // 60_000_000_000 AS minute, count(*) AS n, count(*) FILTER (awaited) AS awaited,
            count(*) FILTER (failed) AS failed
        FROM arrivals GROUP BY ALL)
    GROUP BY id) USING (id)
LEFT JOIN (SELECT service AS id, max(waiting) AS waiting FROM visits GROUP BY 1) USING (id)
WHERE id IN (SELECT service FROM spans) ORDER BY name;

CREATE VIEW pairs AS
SELECT start.name, "end".name, kind, calls, failed
FROM (
    SELECT up_service AS a, service AS b, 'awaited' AS kind, count(*) AS calls, count(*) FILTER (failed) AS failed
    FROM awaited GROUP BY ALL
    UNION ALL
    SELECT up_service, service, 'listening', count(*), count(*) FILTER (failed) FROM heard GROUP BY ALL)
JOIN services AS start ON start.id = a JOIN services AS "end" ON "end".id = b
ORDER BY ALL;
"""
