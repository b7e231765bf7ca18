"""How large and how long clips are: known before they are drawn, and without loading numpy."""

WIDTH, HEIGHT, FPS = 540, 960, 30

SECONDS = {
    "dunes": 7,
    "ribbons": 6,
    "bloom": 6,
    "pendulums": 8,
    "lava": 6,
    "dusk": 6,
    "coral": 6,
    "bounce": 6,
    "warp": 6,
    "rain": 7,
    "origami": 6,
    "moire": 6,
    "steep": 6,
    "leaves": 6,
}
