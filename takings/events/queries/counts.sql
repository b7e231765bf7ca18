-- Views by UTC day, country, video and outcome, of the views that began in [first_high, end_high);
-- the largest number behind that outcome; and what was believed of the video, so that a change of
-- its length or owner can be seen afterwards.
SELECT
    s.day AS day,
    s.country AS country,
    s.video_hi AS video_hi,
    s.video_lo AS video_lo,
    s.outcome AS outcome,
    CAST(SUM(s.views) AS BIGINT) AS views,
    CAST(SUM(s.watched_ms) AS BIGINT) AS watched_ms,
    MAX(s.evidence) AS evidence,
    MIN(v.duration_ms) AS duration_ms,
    MIN(v.owner_hi) AS owner_hi,
    MIN(v.owner_lo) AS owner_lo
FROM ({showings}) s
LEFT JOIN videos v
    ON v.video_hi = s.video_hi AND v.video_lo = s.video_lo
WHERE s.view_hi >= {first_high} AND s.view_hi < {end_high}
GROUP BY s.day, s.country, s.video_hi, s.video_lo, s.outcome
ORDER BY s.day, s.country, s.video_hi, s.video_lo, s.outcome
