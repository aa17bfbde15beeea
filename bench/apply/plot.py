"""Rows 1, 2 and 4 as bars, each panel with its own scale: the median, and a line from the least to the most."""

from html import escape

from .report import PLACES

PANELS = [
    ("Stores applied per second", "storesPerSecond", 1, "more is better"),
    ("Accept to all applied, ms", "seconds", 1000, "less is better"),
    ("CPU per store, ms", "cpuSeconds", 1000, "less is better"),
]
COLOURS = {"storewright": "#0b6e4f", "floor": "#8a8f98", "helm install": "#c26a1b", "SDK reconciler": "#5b5fc7"}
PANEL_WIDTH, ROW_HEIGHT, LABEL_WIDTH, MARGIN = 330, 26, 96, 16


def svg(engines):
    """One row of panels for each engine."""
    panels, top = [], MARGIN
    for data in engines:
        names = [name for name in PLACES if name in data["contestants"]]
        panels.append(_text(MARGIN, top + 14, f"{data['engine']}: {data['objects']} objects a store", weight="bold"))
        for number, panel in enumerate(PANELS):
            panels.append(_panel(data, names, panel, MARGIN + number * (PANEL_WIDTH + MARGIN), top + 28))
        top += 28 + 44 + ROW_HEIGHT * len(names) + MARGIN
    width = MARGIN + len(PANELS) * (PANEL_WIDTH + MARGIN)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{top}" viewBox="0 0 {width} {top}" '
            f'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>{"".join(panels)}</svg>\n')


def _panel(data, names, panel, left, top):
    title, field, factor, note = panel
    values = {name: data["contestants"][name][field] for name in names}
    room = PANEL_WIDTH - LABEL_WIDTH - 48
    scale = room / max(value["most"] for value in values.values())
    parts = [_text(left, top + 14, title), _text(left, top + 30, note, colour="#667")]
    for number, name in enumerate(names):
        y = top + 40 + number * ROW_HEIGHT
        median, least, most = (values[name][key] for key in ("median", "least", "most"))
        start = left + LABEL_WIDTH
        parts.append(_text(left, y + 14, name))
        parts.append(f'<rect x="{start}" y="{y + 2}" width="{median * scale:.1f}" height="{ROW_HEIGHT - 8}" fill="{COLOURS[name]}"/>')
        parts.append(f'<path d="M{start + least * scale:.1f} {y + 11}H{start + most * scale:.1f}" stroke="#222" stroke-width="1.5"/>')
        parts.append(_text(start + most * scale + 6, y + 15, f"{median * factor:.3g}"))
    return "".join(parts)


def _text(x, y, words, colour="#222", weight="normal"):
    return f'<text x="{x:.1f}" y="{y}" fill="{colour}" font-weight="{weight}">{escape(words)}</text>'
