-- Views by UTC day, country, video and outcome, of the views that began in [first_high, end_high).
SELECT
    s.day AS day,
    s.country AS country,
    s.video_hi AS video_hi,
    s.video_lo AS video_lo,
    s.outcome AS outcome,
    COUNT(*) AS views,
    CAST(SUM(s.watched_ms) AS BIGINT) AS watched_ms
FROM ({showings}) s
WHERE s.view_hi >= {first_high} AND s.view_hi < {end_high}
GROUP BY s.day, s.country, s.video_hi, s.video_lo, s.outcome
ORDER BY s.day, s.country, s.video_hi, s.video_lo, s.outcome
