"""What the demo's catalogue has, and what its fan sends."""

from takings.gifts.rules import Art, Motion

KINDS = (
    ("clap", Art.CLAP, Motion.POP, 5),
    ("rose", Art.ROSE, Motion.RISE, 10),
    ("heart", Art.HEART, Motion.POP, 20),
    ("coffee", Art.COFFEE, Motion.RISE, 50),
    ("star", Art.STAR, Motion.SPIN, 100),
    ("cake", Art.CAKE, Motion.RAIN, 200),
    ("rocket", Art.ROCKET, Motion.FLY, 1_000),
    ("crown", Art.CROWN, Motion.RAIN, 5_000),
)
"""Short name, drawing, movement, price in coins."""
SENT = (("star", "What a loop!"), ("rose", ""), ("cake", "Happy hundredth video"), ("coffee", ""))
"""Which gift, and what is written with it: one a post."""
