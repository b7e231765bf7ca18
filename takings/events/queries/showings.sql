-- One row per view, with its one outcome. Plain common-dialect SQL: the same text runs on DuckDB
-- and on Spark. Engines compare, count and add integers; nothing here multiplies money or divides.
--
-- It reads the relations events and videos. Each "relation" below is answered once and read by
-- those after it; the last is the answer. Holes are integers of the policy, and a condition that
-- narrows the events. A view's time is in its id: view_hi = milliseconds * 65536 + version and
-- random bits.

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
    MAX(e.watched_ms) AS watched_ms,
    MIN(e.received_ms) AS received_ms,
    MAX(CASE WHEN e.ua_class = 'bot' THEN 1 ELSE 0 END) AS bot
FROM events e
WHERE e.type IN ('start', 'heartbeat', 'progress', 'end') {within}
GROUP BY
    e.day, e.view_hi, e.view_lo, e.viewer_hi, e.viewer_lo, e.video_hi, e.video_lo

-- relation contested: one view id claimed by two viewers or two videos
SELECT s.day AS day, s.view_hi AS view_hi, s.view_lo AS view_lo
FROM showing s
GROUP BY s.day, s.view_hi, s.view_lo
HAVING COUNT(*) > 1

-- relation judged: the first reason that applies to the view by itself
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
    CASE
        WHEN c.view_hi IS NOT NULL THEN 'duplicate'
        WHEN v.video_hi IS NULL THEN 'unknown_video'
        WHEN s.bot = 1 THEN 'bot'
        WHEN s.viewer_hi = v.owner_hi AND s.viewer_lo = v.owner_lo
            AND {counts_own_views} = 0 THEN 'own_view'
        WHEN (s.received_ms - {late_ms}) * 65536 > s.view_hi THEN 'late'
        WHEN s.watched_ms < {min_watch_ms} + {above}
            AND s.watched_ms * 100 < v.duration_ms * {min_percent} + {above} THEN 'too_short'
        ELSE 'qualified'
    END AS outcome
FROM showing s
LEFT JOIN contested c
    ON c.day = s.day AND c.view_hi = s.view_hi AND c.view_lo = s.view_lo
LEFT JOIN videos v
    ON v.video_hi = s.video_hi AND v.video_lo = s.video_lo

-- relation crowded: who watched what more often on a day than counts
SELECT
    j.day AS day,
    j.viewer_hi AS viewer_hi,
    j.viewer_lo AS viewer_lo,
    j.video_hi AS video_hi,
    j.video_lo AS video_lo
FROM judged j
WHERE j.outcome = 'qualified'
GROUP BY j.day, j.viewer_hi, j.viewer_lo, j.video_hi, j.video_lo
HAVING COUNT(*) > {max_per_viewer_video_day}

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
WHERE n.nth > {max_per_viewer_video_day}

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
    CASE WHEN r.view_hi IS NOT NULL THEN 'repeat' ELSE j.outcome END AS outcome
FROM judged j
LEFT JOIN repeated r
    ON r.day = j.day AND r.view_hi = j.view_hi AND r.view_lo = j.view_lo
