-- Views by UTC day, country, video and outcome, of the views that began in [first_high, end_high),
-- and the largest number behind that outcome.
SELECT
    s.day AS day,
    s.country AS country,
    s.video_hi AS video_hi,
    s.video_lo AS video_lo,
    s.outcome AS outcome,
    CAST(SUM(s.views) AS BIGINT) AS views,
    CAST(SUM(s.watched_ms) AS BIGINT) AS watched_ms,
    MAX(s.evidence) AS evidence
FROM ({showings}) s
WHERE s.view_hi >= {first_high} AND s.view_hi < {end_high}
GROUP BY s.day, s.country, s.video_hi, s.video_lo, s.outcome
ORDER BY s.day, s.country, s.video_hi, s.video_lo, s.outcome
