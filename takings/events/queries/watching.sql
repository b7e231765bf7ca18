-- Who watched what, of the views that count and began in [first_high, end_high).
SELECT
    s.day AS day,
    s.viewer_hi AS viewer_hi,
    s.viewer_lo AS viewer_lo,
    s.country AS country,
    s.video_hi AS video_hi,
    s.video_lo AS video_lo,
    CAST(SUM(s.views) AS BIGINT) AS views,
    CAST(SUM(s.watched_ms) AS BIGINT) AS watched_ms,
    MIN(v.duration_ms) AS duration_ms,
    MIN(v.owner_hi) AS owner_hi,
    MIN(v.owner_lo) AS owner_lo
FROM ({showings}) s
LEFT JOIN videos v
    ON v.video_hi = s.video_hi AND v.video_lo = s.video_lo
WHERE s.outcome = 'qualified' AND s.view_hi >= {first_high} AND s.view_hi < {end_high}
GROUP BY s.day, s.viewer_hi, s.viewer_lo, s.country, s.video_hi, s.video_lo
ORDER BY s.viewer_hi, s.viewer_lo, s.country, s.video_hi, s.video_lo
