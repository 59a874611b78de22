"""What holds of every figure for print."""

from itertools import combinations

from matplotlib.figure import Figure
from matplotlib.text import Text

from analysis.style import SMALL_PT


def assert_legible(made: Figure) -> None:
    """No text is too small, none is cut off, and no label covers another's."""
    made.draw_without_rendering()
    texts = [t for t in made.findobj(Text) if t.get_text() and t.get_visible()]
    assert min(t.get_fontsize() for t in texts) >= SMALL_PT
    labels = [t for axes in made.axes for t in axes.texts]
    boxes = {f"{t.get_text()} {id(t)}": t.get_window_extent() for t in labels if t.get_rotation() == 0}
    for axes in made.axes:
        if axes.axison:
            boxes |= {f"axis {n} {id(axes)}": axis.label.get_window_extent() for n, axis in axes._axis_map.items()}
    boxes |= {f"legend {i}": legend.get_window_extent() for i, legend in enumerate(made.legends)}
    boxes = {name: box for name, box in boxes.items() if box.width * box.height > 0}  # there may be no text
    for name, box in boxes.items():
        inside = made.bbox.x0 <= box.x0 and box.x1 <= made.bbox.x1 and made.bbox.y0 <= box.y0 and box.y1 <= made.bbox.y1
        assert inside, name
    for (first, a), (second, b) in combinations(boxes.items(), 2):
        assert not a.padded(-1).overlaps(b.padded(-1)), (first, second)
