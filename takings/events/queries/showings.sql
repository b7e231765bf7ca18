-- One row per view, with its one outcome. Plain common-dialect SQL: the same text runs on DuckDB
-- and on Spark. Engines compare, count and add integers; nothing here divides.
--
-- It reads the relations events, videos and earlier. Each "relation" below is answered once and
-- read by those after it; the last is the answer. Holes are integers and words of the policy, and
-- a condition that narrows the events. An id's time is in it: view_hi and id_hi are milliseconds
-- * 65536 + version and random bits. Everything is decided within one UTC day.

-- relation showing: what the events of one view and one claimant of it tell together
SELECT
    e.day AS day,
    e.view_hi AS view_hi,
    e.view_lo AS view_lo,
    e.viewer_hi AS viewer_hi,
    e.viewer_lo AS viewer_lo,
    e.video_hi AS video_hi,
    e.video_lo AS video_lo,
    MIN(e.country) AS country,
    MIN(e.surface) AS surface,
    MIN(e.network) AS network,
    MAX(e.watched_ms) AS watched_ms,
    MIN(e.received_ms) AS received_ms,
    MIN(e.id_hi) AS first_hi,
    MAX(e.id_hi) AS last_hi,
    MIN(CASE WHEN e.type = 'start' THEN e.id_hi END) AS start_hi,
    MIN(CASE WHEN e.type = 'end' THEN e.id_hi END) AS end_hi,
    MAX(CASE WHEN e.ua_class = 'bot' THEN 1 ELSE 0 END) AS bot,
    MAX(CASE WHEN e.net_class = 'blocked' THEN 1 ELSE 0 END) AS blocked,
    MAX(CASE WHEN e.net_class = 'hosting' THEN 1 ELSE 0 END) AS hosting,
    MAX(CASE WHEN e.surface = 'promoted' THEN 1 ELSE 0 END) AS promoted,
    MAX(CASE WHEN e.type = 'not_interested' THEN 1 ELSE 0 END) AS disliked
FROM events e
WHERE e.type IN ('start', 'heartbeat', 'progress', 'end', 'not_interested') {within}
GROUP BY
    e.day, e.view_hi, e.view_lo, e.viewer_hi, e.viewer_lo, e.video_hi, e.video_lo
HAVING MAX(CASE WHEN e.type = 'not_interested' THEN 0 ELSE 1 END) = 1

-- relation replayed: how often each was played again, a retried event once
SELECT
    r.day AS day,
    r.view_hi AS view_hi,
    r.view_lo AS view_lo,
    r.viewer_hi AS viewer_hi,
    r.viewer_lo AS viewer_lo,
    r.video_hi AS video_hi,
    r.video_lo AS video_lo,
    COUNT(*) AS replays
FROM (
    SELECT DISTINCT
        e.day AS day,
        e.view_hi AS view_hi,
        e.view_lo AS view_lo,
        e.viewer_hi AS viewer_hi,
        e.viewer_lo AS viewer_lo,
        e.video_hi AS video_hi,
        e.video_lo AS video_lo,
        e.id_hi AS id_hi,
        e.id_lo AS id_lo
    FROM events e
    WHERE {counts_replays} = 1 AND e.type = 'replay' {within}
) r
GROUP BY
    r.day, r.view_hi, r.view_lo, r.viewer_hi, r.viewer_lo, r.video_hi, r.video_lo

-- relation contested: one view id claimed by two viewers or two videos
SELECT s.day AS day, s.view_hi AS view_hi, s.view_lo AS view_lo, COUNT(*) AS claims
FROM showing s
GROUP BY s.day, s.view_hi, s.view_lo
HAVING COUNT(*) > 1

-- relation busy_viewer: more showings than one person sees in a day
SELECT s.day AS day, s.viewer_hi AS viewer_hi, s.viewer_lo AS viewer_lo, COUNT(*) AS views
FROM showing s
WHERE {viewer_views} > 0
GROUP BY s.day, s.viewer_hi, s.viewer_lo
HAVING COUNT(*) > {viewer_views}

-- relation everywhere: who watched for longer than so many players could since the first event
SELECT
    s.day AS day,
    s.viewer_hi AS viewer_hi,
    s.viewer_lo AS viewer_lo,
    CAST(SUM(s.watched_ms) AS BIGINT) AS watched_ms
FROM showing s
WHERE {parallel_views} > 0
GROUP BY s.day, s.viewer_hi, s.viewer_lo
HAVING SUM(CAST(s.watched_ms AS DECIMAL(18, 0))) * 65536
    > CAST({slack_ms} AS BIGINT) * 65536 + {parallel_views} * (MAX(s.last_hi) - MIN(s.view_hi))

-- relation busy_network: more showings than one network has in a day; 0 is an unknown network
SELECT s.day AS day, s.network AS network, COUNT(*) AS views
FROM showing s
WHERE {network_views} > 0 AND s.network <> 0
GROUP BY s.day, s.network
HAVING COUNT(*) > {network_views}

-- relation suspect: networks with enough showings of one video to be a farm of viewers
SELECT s.day AS day, s.network AS network, s.video_hi AS video_hi, s.video_lo AS video_lo
FROM showing s
WHERE ({farm_viewers} > 0 OR {farm_percent} > 0) AND s.network <> 0
GROUP BY s.day, s.network, s.video_hi, s.video_lo
HAVING ({farm_viewers} > 0 AND COUNT(*) > {farm_viewers})
    OR ({farm_percent} > 0 AND COUNT(*) * 100 > {farm_percent} * {farm_audience})

-- relation crowd: how many viewers each of them has
SELECT
    d.day AS day,
    d.network AS network,
    d.video_hi AS video_hi,
    d.video_lo AS video_lo,
    COUNT(*) AS viewers
FROM (
    SELECT DISTINCT
        s.day AS day,
        s.network AS network,
        s.video_hi AS video_hi,
        s.video_lo AS video_lo,
        s.viewer_hi AS viewer_hi,
        s.viewer_lo AS viewer_lo
    FROM showing s
    JOIN suspect p
        ON p.day = s.day AND p.network = s.network
        AND p.video_hi = s.video_hi AND p.video_lo = s.video_lo
) d
GROUP BY d.day, d.network, d.video_hi, d.video_lo

-- relation audience: how many viewers those videos have in all
SELECT d.day AS day, d.video_hi AS video_hi, d.video_lo AS video_lo, COUNT(*) AS viewers
FROM (
    SELECT DISTINCT
        s.day AS day,
        s.video_hi AS video_hi,
        s.video_lo AS video_lo,
        s.viewer_hi AS viewer_hi,
        s.viewer_lo AS viewer_lo
    FROM showing s
    JOIN suspect p
        ON p.day = s.day AND p.video_hi = s.video_hi AND p.video_lo = s.video_lo
) d
GROUP BY d.day, d.video_hi, d.video_lo

-- relation farm: those beyond the limits
SELECT
    c.day AS day,
    c.network AS network,
    c.video_hi AS video_hi,
    c.video_lo AS video_lo,
    c.viewers AS viewers
FROM crowd c
JOIN audience a
    ON a.day = c.day AND a.video_hi = c.video_hi AND a.video_lo = c.video_lo
WHERE ({farm_viewers} > 0 AND c.viewers > {farm_viewers})
    OR ({farm_percent} > 0 AND a.viewers >= {farm_audience}
        AND c.viewers * 100 > {farm_percent} * a.viewers)

-- relation judged: the first reason that applies to the view by itself, and the number behind it
SELECT
    s.day AS day,
    s.view_hi AS view_hi,
    s.view_lo AS view_lo,
    s.viewer_hi AS viewer_hi,
    s.viewer_lo AS viewer_lo,
    s.video_hi AS video_hi,
    s.video_lo AS video_lo,
    s.country AS country,
    s.watched_ms AS watched_ms,
    COALESCE(c.claims, b.views, o.watched_ms, n.views, f.viewers, 0) AS evidence,
    CASE
        WHEN c.view_hi IS NOT NULL THEN 'duplicate'
        WHEN v.video_hi IS NULL THEN 'unknown_video'
        WHEN s.bot = 1 THEN 'bot'
        WHEN s.blocked = 1 THEN 'blocked'
        WHEN s.hosting = 1 THEN 'data_centre'
        WHEN s.end_hi < s.start_hi THEN 'impossible'
        WHEN {slack_ms} > 0 AND (s.watched_ms - {slack_ms}) * 65536
            > s.last_hi - LEAST(s.view_hi, s.first_hi) THEN 'impossible'
        WHEN b.viewer_hi IS NOT NULL THEN 'busy_viewer'
        WHEN o.viewer_hi IS NOT NULL THEN 'everywhere'
        WHEN n.network IS NOT NULL THEN 'busy_network'
        WHEN f.network IS NOT NULL THEN 'farm'
        WHEN s.viewer_hi = v.owner_hi AND s.viewer_lo = v.owner_lo
            AND {counts_own_views} = 0 THEN 'own_view'
        WHEN (s.received_ms - {late_ms}) * 65536 > s.view_hi THEN 'late'
        WHEN s.promoted = 1 AND {counts_promoted} = 0 THEN 'promoted'
        WHEN NOT ({surfaces}) THEN 'other_surface'
        WHEN NOT ({countries}) THEN 'other_country'
        WHEN s.disliked = 1 AND {counts_disliked} = 0 THEN 'disliked'
        WHEN s.watched_ms < {need_ms} + {above}
            AND NOT ({by_part} AND s.watched_ms * 100 >= v.duration_ms * {min_percent} + {above})
            THEN 'too_short'
        ELSE 'qualified'
    END AS outcome
FROM showing s
LEFT JOIN contested c
    ON c.day = s.day AND c.view_hi = s.view_hi AND c.view_lo = s.view_lo
LEFT JOIN videos v
    ON v.video_hi = s.video_hi AND v.video_lo = s.video_lo
LEFT JOIN busy_viewer b
    ON b.day = s.day AND b.viewer_hi = s.viewer_hi AND b.viewer_lo = s.viewer_lo
LEFT JOIN everywhere o
    ON o.day = s.day AND o.viewer_hi = s.viewer_hi AND o.viewer_lo = s.viewer_lo
LEFT JOIN busy_network n
    ON n.day = s.day AND n.network = s.network
LEFT JOIN farm f
    ON f.day = s.day AND f.network = s.network
    AND f.video_hi = s.video_hi AND f.video_lo = s.video_lo

-- relation crowded: who watched what more often on a day than counts
SELECT
    j.day AS day,
    j.viewer_hi AS viewer_hi,
    j.viewer_lo AS viewer_lo,
    j.video_hi AS video_hi,
    j.video_lo AS video_lo
FROM judged j
WHERE {most} > 0 AND j.outcome = 'qualified'
GROUP BY j.day, j.viewer_hi, j.viewer_lo, j.video_hi, j.video_lo
HAVING COUNT(*) > {most}

-- relation repeated: their views beyond that, by start; few, so that only few are sorted
SELECT n.day AS day, n.view_hi AS view_hi, n.view_lo AS view_lo
FROM (
    SELECT
        j.day AS day,
        j.view_hi AS view_hi,
        j.view_lo AS view_lo,
        ROW_NUMBER() OVER (
            PARTITION BY j.day, j.viewer_hi, j.viewer_lo, j.video_hi, j.video_lo
            ORDER BY j.view_hi, j.view_lo
        ) AS nth
    FROM judged j
    JOIN crowded c
        ON c.day = j.day
        AND c.viewer_hi = j.viewer_hi AND c.viewer_lo = j.viewer_lo
        AND c.video_hi = j.video_hi AND c.video_lo = j.video_lo
    WHERE j.outcome = 'qualified'
) n
WHERE n.nth > {most}

-- relation answer
SELECT
    j.day AS day,
    j.view_hi AS view_hi,
    j.view_lo AS view_lo,
    j.viewer_hi AS viewer_hi,
    j.viewer_lo AS viewer_lo,
    j.video_hi AS video_hi,
    j.video_lo AS video_lo,
    j.country AS country,
    j.watched_ms AS watched_ms,
    CASE
        WHEN j.outcome = 'qualified' AND (r.view_hi IS NOT NULL OR w.viewer_hi IS NOT NULL)
            THEN 'repeat'
        ELSE j.outcome
    END AS outcome,
    CASE
        WHEN j.outcome = 'qualified' AND r.view_hi IS NULL AND w.viewer_hi IS NULL
            THEN 1 + COALESCE(p.replays, 0)
        ELSE 1
    END AS views,
    CASE
        WHEN j.outcome IN ('duplicate', 'busy_viewer', 'everywhere', 'busy_network', 'farm')
            THEN j.evidence
        ELSE 0
    END AS evidence
FROM judged j
LEFT JOIN repeated r
    ON r.day = j.day AND r.view_hi = j.view_hi AND r.view_lo = j.view_lo
LEFT JOIN earlier w
    ON w.viewer_hi = j.viewer_hi AND w.viewer_lo = j.viewer_lo
    AND w.video_hi = j.video_hi AND w.video_lo = j.video_lo
LEFT JOIN replayed p
    ON p.day = j.day AND p.view_hi = j.view_hi AND p.view_lo = j.view_lo
    AND p.viewer_hi = j.viewer_hi AND p.viewer_lo = j.viewer_lo
    AND p.video_hi = j.video_hi AND p.video_lo = j.video_lo
