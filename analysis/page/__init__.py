"""Pages: one self-contained HTML file each, which needs no network, from what a `Page` says.

::

    from analysis.page.blocks import Bullets, Chart, Code, Column, Pairs, Page, Panel, Section, Series, Table, Text
    from analysis.page.render import render

    arms = [Series("loose", x=[1, 2], y=[0.5, 0.6], low=[0.4, 0.5], high=[0.6, 0.7]), Series("strict", ...)]
    page = Page(
        name="mine",                                # of the files that a reader downloads from the page
        title="Mine",
        lead="What is asked, in a sentence?",
        sections=[
            Section("Finding", [Text("Quality rises, see `success_rate`."), Bullets(["one", "two"])]),
            Section("Figures", [
                Chart("By day", "lines", [Panel("success_rate", arms, x="time (days)"), Panel("hhi", ...)]),
                Table("Means", [Column("arm", "code"), Column("success_rate", "number")], [("loose", 0.5)]),
            ]),
            Section("How to reproduce it", [Code("turnstile study mine"), Pairs({"version": "0.1.0"})]),
        ],
    )
    html = render(page)                             # write it by `analysis.files.write_together`

Every text is text, whatever it looks like; what stands between two `backticks` is shown as code. NaN is a value that is
not defined: a gap in a chart, a dash in a table. The bytes depend on what the page says alone.

A chart with several panels lets the reader choose one; one with several series lets the reader take some off. Which
forms there are stands at `Chart`. The page brings its own style, light and dark, for narrow screens and for print;
tables sort by their heads, are searched where they are long, and are downloaded as CSV, charts as CSV and SVG.
"""
