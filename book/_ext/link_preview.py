"""The picture that other sites show beside a link to a page: its title above AlexNet's layers."""

import hashlib
import textwrap

from alexnet_lib.networks.variants import plan

WIDTH, HEIGHT = 1200, 630  # pixels, the shape that the large social networks ask for
PAPER, INK, FAINT, LIGHT, ACCENT = "#f7f3ea", "#14324a", "#7f9bb0", "#c3d2dc", "#b4541a"

# The one-tower form: (height in pixels, channels) of the image and of each convolution's maps, and
# the number of outputs of each fully connected layer.
ROWS = plan("caffe")
LAYERS = [(row.shape[1], row.shape[0]) for row in ROWS if row.kind in ("input", "conv")]
COLUMNS = [row.outputs for row in ROWS if row.kind == "fc"]


def file_name(page, title, book):
    """Return the picture's file name, which changes with what is drawn."""
    digest = hashlib.sha256(f"{title}\n{book}\n{LAYERS}{COLUMNS}".encode()).hexdigest()[:10]
    return f"{page.replace('/', '-')}-{digest}.png"


def alt(title):
    """Return the picture's alt text."""
    return f"The title “{title}” over a drawing of AlexNet's layers as boxes."


def draw_all(folder, titles, book):
    """Draw the missing pictures, and remove those of former titles."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {file_name(page, title, book): title for page, title in titles.items()}
    for path in folder.glob("*.png"):
        if path.name not in wanted:
            path.unlink()
    for name, title in wanted.items():
        if not (folder / name).exists():
            draw(folder / name, title, book)


def draw(path, title, book):
    """Draw one picture."""
    # Imported here, since a build without a new title needs no Matplotlib.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import Polygon, Rectangle
    from PIL import Image

    figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100, facecolor=PAPER)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(0, HEIGHT))
    axes.set_axis_off()
    axes.add_patch(Rectangle((0, 0), 18, HEIGHT, color=INK))
    lines = textwrap.wrap(title, 24)[:3]
    axes.text(
        80,
        HEIGHT - 80,
        "\n".join(lines),
        family="DejaVu Serif",
        size=52,
        color=INK,
        va="top",
        linespacing=1.25,
    )
    if title != book:
        axes.text(80, 42, book, family="DejaVu Sans", size=20, color=INK)

    # A layer is a box seen from the upper right, as high and as deep as its map, and as wide as its
    # number of channels.
    x, floor = 80, 120
    for side, channels in LAYERS:
        width, back = channels / 3.4, side / 2.2
        corners = [(x, floor), (x + width, floor), (x + width, floor + side), (x, floor + side)]
        (_, lower, upper, left) = corners
        top = [left, upper, (upper[0] + back, upper[1] + back / 2), (x + back, left[1] + back / 2)]
        end = [lower, upper, top[2], (lower[0] + back, lower[1] + back / 2)]
        for face, color in ((corners, FAINT), (top, LIGHT), (end, INK)):
            axes.add_patch(Polygon(face, fc=color, ec=INK, lw=1.2, joinstyle="round"))
        x += width + back + 54
    for numbers in COLUMNS:
        axes.add_patch(Rectangle((x, floor), 10, numbers / 16, fc=ACCENT, ec="none"))
        x += 44
    figure.canvas.draw()
    picture = Image.frombytes("RGBA", (WIDTH, HEIGHT), bytes(figure.canvas.buffer_rgba()))
    # 32 colours are enough for flat areas and their edges, and a quarter of the bytes.
    picture.convert("RGB").quantize(32).save(path, optimize=True)
