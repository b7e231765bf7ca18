"""The settlement room: what a period was counted from, how it was shared, and who moved."""

from takings.insights.queries.rooms.changed import EstimateChange, estimate_changes
from takings.insights.queries.rooms.creators import creator_sums
from takings.insights.queries.rooms.inputs import Inputs, inputs, outcome_rows
from takings.insights.queries.rooms.lines import Room, room
from takings.insights.queries.rooms.movers import Movers, country_movers, creator_movers
from takings.insights.queries.rooms.pools import PoolTable, pool_table
from takings.insights.queries.rooms.spread import spread

__all__ = [
    "EstimateChange",
    "Inputs",
    "Movers",
    "PoolTable",
    "Room",
    "country_movers",
    "creator_movers",
    "creator_sums",
    "estimate_changes",
    "inputs",
    "outcome_rows",
    "pool_table",
    "room",
    "spread",
]
