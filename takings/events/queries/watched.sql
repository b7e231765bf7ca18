-- What members watched by UTC day, country and video, of the views that counted and began in
-- [first_high, end_high).
SELECT
    s.viewer_hi AS viewer_hi,
    s.viewer_lo AS viewer_lo,
    s.day AS day,
    s.country AS country,
    s.video_hi AS video_hi,
    s.video_lo AS video_lo,
    COUNT(*) AS views,
    CAST(SUM(s.watched_ms) AS BIGINT) AS watched_ms
FROM ({showings}) s
JOIN members m
    ON m.viewer_hi = s.viewer_hi AND m.viewer_lo = s.viewer_lo
WHERE s.view_hi >= {first_high} AND s.view_hi < {end_high} AND s.outcome = 'qualified'
GROUP BY s.viewer_hi, s.viewer_lo, s.day, s.country, s.video_hi, s.video_lo
ORDER BY s.viewer_hi, s.viewer_lo, s.day, s.country, s.video_hi, s.video_lo
