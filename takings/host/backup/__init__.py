"""Backups of a whole data home, and their way back. No Django, no driver: PostgreSQL's own tools.

    folder/
      manifest.json    what, when, by which versions; its own SHA-256 and that of files.sha256
      files.sha256     one line per file, as `sha256sum -c` reads it
      files/           the data home without the database, its logs and its locks
      database/        a copy of the cluster (pg_basebackup), or database.dump (pg_dump)

Files first, then the database, then the files that are new. A file is written before the row that
names it, and removed after the row is gone: whatever the database knew at its instant was there
before it (first pass) or soon after (second pass). Database last would miss a file that came
between the two, files last would miss a log segment that was shipped and deleted meanwhile.
"""
