-- Who had a view of what that counted, each pair once, for rules by which it counts once ever.
SELECT DISTINCT
    s.viewer_hi AS viewer_hi,
    s.viewer_lo AS viewer_lo,
    s.video_hi AS video_hi,
    s.video_lo AS video_lo
FROM ({showings}) s
WHERE s.outcome = 'qualified'
