"""Our own PostgreSQL, from a wheel's binaries: one folder, one unix socket, no TCP, no password.

>>> with open_server(home=Path("data")) as server:      # joins the running one or starts it
...     os.environ["DATABASE_URL"] = server.url
'postgresql://takings@/takings?host=/srv/takings/data/postgres/run'

The role `takings` owns the database; the software works in it as `takings_app`. Who may connect is
decided by the kernel (`peer`): the system user who owns the data home, nobody else. As root the
server runs as an ordinary system user. It cannot outlive the process that started it; a `kill -9`
of anything is repaired by the next start from the write-ahead log.
"""
