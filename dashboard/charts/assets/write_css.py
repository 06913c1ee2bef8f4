"""Write charts.css from the palette in ../src/tone.rs (run it after changing a colour)."""

import pathlib
import re

HERE = pathlib.Path(__file__).parent
ROW = re.compile(r'\(Tone::\w+, "([a-z0-9-]+)", "(#[0-9a-f]{6})", "(#[0-9a-f]{6})"\)')
RULES = """\
/* Charts: written by write_css.py from the palette in tone.rs; no vendor prefixes, Chromium 90 and later. */
.chart{display:block;width:100%;height:auto;overflow:visible;font-variant-numeric:tabular-nums}
"""
STATES = """\
.chart .s-grid,.chart .s-axis{shape-rendering:crispEdges}
.chart .halo{stroke:var(--chart-surface)}
.chart .hit{fill:transparent;stroke:none}
.chart .mark{cursor:pointer;text-decoration:none}
.chart .mark:hover .hit,.chart .mark:focus .hit{fill:var(--chart-accent);fill-opacity:.1}
.chart .mark:focus{outline:none}
.chart .mark:focus .hit{stroke:var(--chart-accent);stroke-width:2}
.chart .mark:hover .dot,.chart .mark:focus .dot{stroke:var(--chart-ink);stroke-width:2}
.chart g.mark{cursor:default}
"""
PRINT = """\
@media print{.chart .mark .hit{fill:none;stroke:none}.chart{break-inside:avoid;page-break-inside:avoid;print-color-adjust:exact;-webkit-print-color-adjust:exact}
"""


def main():
    palette = ROW.findall((HERE / "../src/tone.rs").read_text(encoding="utf-8"))
    light = "".join(f"--chart-{name}:{colour};" for name, colour, _ in palette)
    dark = "".join(f"--chart-{name}:{colour};" for name, _, colour in palette)
    css = RULES
    css += f".chart{{{light}}}\n"
    css += f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]) .chart{{{dark}}}}}\n"
    css += f"@media screen{{[data-theme=dark] .chart{{{dark}}}}}\n"
    for name, _, _ in palette:
        css += f".chart .f-{name}{{fill:var(--chart-{name})}}\n.chart .s-{name}{{stroke:var(--chart-{name})}}\n"
    css += STATES
    css += PRINT + "}\n"
    (HERE / "charts.css").write_text(css, encoding="utf-8")


if __name__ == "__main__":
    main()
