"""Posts entries until its input ends; one line for each: id, when it was begun, when acknowledged.

`python -m tests.host.poster`, with the database and the data home in its surroundings. It begins
by putting a view into the lake, whose files a backup must bring along.
"""

import select
import sys
import uuid

import config.application  # noqa: F401 - Django is set up before any model is imported
from takings.core import clock
from tests.make.events import make_segment, make_view
from tests.make.ledger import make_prepaid

if __name__ == "__main__":
    make_segment(make_view(uuid.uuid4(), uuid.uuid4(), 4_000))
    while not select.select([sys.stdin], [], [], 0)[0]:
        begun_at = clock.now()
        posted = make_prepaid("1.00")
        line = f"{posted.entry_id} {begun_at.isoformat()} {clock.now().isoformat()}\n"
        sys.stdout.write(line)
        sys.stdout.flush()
