"""Pages in a browser: they open without a fault or a request, and what can be pressed does what it says."""

import csv
import io
import json

import pytest
from PIL import Image

from analysis.comparison import compare_runs
from analysis.page.blocks import Card, Code, Column, Download, Page, Pairs, Picture, Section, Table, Text
from analysis.page.chart import Chart, Panel, Series
from analysis.page.render import render
from analysis.report import comparison
from analysis.report.folder import report
from analysis.run import Run
from analysis.suppression import suppressed_ideas
from tests.browsers import Opened, chromium
from tests.economies import economy
from tests.made_studies import made_study
from tests.runs import write_run

EVIL = "</script><script>window.hurt = 1</script><img src=x onerror='window.hurt = 1'> %{x} <b>bold</b> \"quoted\""
ARMS = ("loose", "strict", EVIL)
DAYS = [1, 2, 3, 4, 5]
LINES = [
    Series(name, DAYS, [i + day / 10 for day in DAYS], [i + day / 10 - 0.25 for day in DAYS],
           [i + day / 10 + 0.25 for day in DAYS])
    for i, name in enumerate(ARMS)
]  # fmt: skip
PNG = io.BytesIO()
Image.new("L", (40, 20), 128).save(PNG, "PNG")
PAGE = Page(
    "made",
    f"Made {EVIL}",
    f"What is `asked`? {EVIL}",
    [
        Section("Figures", [
            Chart("By day", "lines", [Panel("hhi", LINES, x="time (days)"), Panel(EVIL, LINES[:2], "turns")]),
            Chart(f"Points {EVIL}", "points", [Panel("hhi", [Series(EVIL, ["one", EVIL], [1, 2], [0, 1], [2, 3])])]),
            Chart("Bars", "bars", [Panel("hhi", [Series("a", ["one", "two"], [1, float("nan")])])]),
            Chart("Scatter", "scatter", [Panel("hhi", [Series("a", [1, 2], [1, 2], notes=[EVIL, ""])], log=True)]),
            Picture(PNG.getvalue(), EVIL),
            Card(f"`x`, {EVIL}", "supported", [
                Chart("Interval", "intervals", [Panel("hhi", [Series("effect", [EVIL], [0.5], [0.25], [0.75])],
                                                      within=(-0.1, 0.1))]),
            ]),
        ]),
        Section("Tables", [
            Table("Numbers", [Column("arm", "code"), Column("value", "number"), Column("what")],
                  [("b", 10.123456789, "one, two"), ("a", 9.0, 'say "so"'), (EVIL, float("nan"), EVIL),
                   ("c", -1e6, "x")]),
            Table("Long", [Column("row", "number")], [(i,) for i in range(40)]),
            Download("All of it", "all.csv", "a,b\r\n1,</script>\r\n"),
        ]),
        Section("How to reproduce it", [Code(EVIL), Pairs({EVIL: EVIL, "long": "x" * 300}), Text("x" * 300)]),
    ],
)  # fmt: skip


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    found = tmp_path_factory.mktemp("page") / "made.html"
    found.write_text(render(PAGE), encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def shared(browser, path):
    """The page, opened once for tests that leave it as it was, but for the order of rows."""
    return Opened(browser, path)


@pytest.fixture(scope="module")
def dark(browser, path):
    """The page, where the system is dark."""
    return Opened(browser, path, color_scheme="dark")


@pytest.fixture(scope="module")
def pages(tmp_path_factory, path, study):
    """A page of blocks, one of a study and one of two runs in folders of names like markup."""
    folder = tmp_path_factory.mktemp("pages")
    runs = []
    for name, strictness in (("base", 0.5), ("<i>strict<i>", 0.7)):
        config = economy("developers=none", horizon_days=4, governance__strictness=strictness)
        runs.append(Run.read(write_run(config, folder / name)))
    both = folder / "both.html"
    page = comparison.report(*runs, compare_runs(*runs), suppressed_ideas(*runs))
    both.write_text(render(page), encoding="utf-8")
    return {"page": path, "study": study, "comparison": both}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """The report of a study with a name, arms and texts that look like markup."""
    said = {
        "question": f"Who pays? {EVIL}",
        "arms": {"loose": ["governance.strictness=0.58"], "<b>strict</b>": ["governance.strictness=0.66"]},
        "also": ["gini"],
        "figures": [{"kind": "timeline", "measures": ["hhi"]}],
        "decisive": [
            {"measure": "success_rate", "of": "<b>strict</b>", "against": "loose", "expected": "up", "because": EVIL,
             "smallest": 0.02, "placebo": "random", "guards": ["free_living"]},
        ],
    }  # fmt: skip
    folder = tmp_path_factory.mktemp("study")
    out = made_study(folder, said, 6, {"<b>strict</b>": 0.05}, name="<i>who<i>")
    path = folder / "report.html"
    path.write_text(report(out), encoding="utf-8")
    return path


def chart(opened, title):
    return opened.page.locator(".chart", has=opened.page.locator("strong", has_text=title))


def table(opened, title):
    return opened.page.locator(f".table[data-title={title}]")


def column(opened, title, number):
    return table(opened, title).locator(f"tbody tr:visible td:nth-child({number})").all_text_contents()


def drawn(opened, title):
    """What Plotly has drawn: name → the values of its line or marks."""
    return chart(opened, title).locator(".plot").evaluate(
        "plot => Object.fromEntries(plot.data.filter(one => one.name).map(one => [one.name, one.y]))"
    )


@pytest.mark.parametrize("which", ["page", "study", "comparison"])
def test_it_opens_without_a_fault_and_asks_for_nothing(which, browser, pages):
    found = Opened(browser, pages[which])
    found.page.locator(".plot .main-svg").first.wait_for()
    assert found.page.locator(".chart").count() == found.page.locator(".plot:has(.main-svg)").count() > 0
    assert found.errors == []
    assert [url for url in found.requests if not url.startswith("data:")] == [pages[which].as_uri()]
    assert found.page.evaluate("window.hurt") is None
    assert found.page.locator("img[src=x], main b, main i, h1 i, .lead i").count() == 0
    found.page.set_viewport_size({"width": 360, "height": 740})  # a phone scrolls in one direction
    found.until("[...document.querySelectorAll('.plot svg')].every(one => one.clientWidth <= 360)")
    assert found.page.evaluate("document.documentElement.scrollWidth") == 360
    found.context.close()


def test_markup_is_shown_as_it_was_written(shared):
    assert shared.page.locator("h1").inner_text() == f"Made {EVIL}"
    assert shared.page.title() == f"Made {EVIL}"
    assert EVIL in column(shared, "Numbers", 1)
    assert shared.page.locator("pre code").inner_text() == EVIL
    assert EVIL in chart(shared, "By day").locator(".toggles").inner_text()
    assert "<b>bold</b>" in "".join(chart(shared, "Points").locator(".plot svg").all_text_contents())


def test_what_is_not_the_pages_own_cannot_run_or_reach_out(shared):
    shared.page.evaluate(
        "() => { const one = document.createElement('script'); one.textContent = 'window.hurt = 1';"
        " document.body.append(one); }"
    )
    assert shared.page.evaluate("window.hurt") is None
    assert shared.page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'there', () => 'refused')") == "refused"
    assert any("Content Security Policy" in error for error in shared.errors)


@pytest.mark.parametrize("press", ["click", "Enter", "Space"])
def test_a_table_is_sorted_by_its_heads(press, shared):
    def sort(number):
        head = table(shared, "Numbers").locator("th button").nth(number)
        head.focus()
        head.click() if press == "click" else shared.page.keyboard.press(press)

    heads = table(shared, "Numbers").locator("th")
    sort(1)
    assert column(shared, "Numbers", 1)[:3] == ["c", "a", "b"]  # -1,000,000 < 9 < 10.1, as numbers, not as texts
    assert heads.nth(1).get_attribute("aria-sort") == "ascending"
    sort(1)
    assert column(shared, "Numbers", 1) == ["b", "a", "c", EVIL]  # what is not defined stays last
    assert heads.nth(1).get_attribute("aria-sort") == "descending"
    sort(0)
    assert column(shared, "Numbers", 1)[-3:] == ["a", "b", "c"]
    assert heads.nth(1).get_attribute("aria-sort") is None


def test_a_long_table_is_searched(shared):
    assert table(shared, "Numbers").locator("input").count() == 0
    table(shared, "Long").locator("input").fill("39")
    assert column(shared, "Long", 1) == ["39"]
    table(shared, "Long").locator("input").fill("")
    assert len(column(shared, "Long", 1)) == 40


def test_tables_are_downloaded_as_they_are_in_full_precision(shared):
    name, text = shared.saved(table(shared, "Numbers").locator(".csv").click)
    assert name == "made_Numbers.csv"
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["arm", "value", "what"]
    assert sorted(rows[1:]) == sorted([["b", "10.123456789", "one, two"], ["a", "9.0", 'say "so"'],
                                       [EVIL, "", EVIL], ["c", "-1000000.0", "x"]])  # fmt: skip
    name, text = shared.saved(shared.page.get_by_role("button", name="All of it").click)
    assert (name, text.splitlines()) == ("made_all.csv", ["a,b", "1,</script>"])


def test_charts_are_downloaded_as_numbers_and_as_a_picture(shared):
    name, text = shared.saved(chart(shared, "By day").locator(".csv").click)
    assert name == "made_By_day_hhi.csv"
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[:2] == [["series", "x", "value", "low", "high"], ["loose", "1", "0.1", "-0.15", "0.35"]]
    assert len(rows) == 1 + len(ARMS) * len(DAYS)
    name, text = shared.saved(chart(shared, "By day").locator(".svg").click)
    assert name == "made_By_day_hhi.svg"
    assert text.startswith("<svg") and "strict" in text


def test_the_numbers_of_a_chart_stand_in_a_table_too(shared):
    chart(shared, "By day").locator("summary").click()
    rows = chart(shared, "By day").locator("details tr")
    rows.first.wait_for()  # the browser tells the page a moment after the click that it is open
    assert rows.count() == 1 + len(ARMS) * len(DAYS)


def test_a_measure_is_chosen_by_keyboard(shared):
    def axis():
        return chart(shared, "By day").locator(".plot").evaluate("plot => plot.layout.yaxis.title.text")

    assert axis() == "hhi"
    assert [*drawn(shared, "By day")][:2] == ["loose", "strict"] and len(drawn(shared, "By day")) == 3
    chart(shared, "By day").locator("select").focus()
    shared.page.keyboard.press("ArrowDown")
    assert "&lt;script&gt;" in axis() and "(turns)" in axis()
    assert [*drawn(shared, "By day")] == ["loose", "strict"]
    shared.page.keyboard.press("ArrowUp")
    assert axis() == "hhi"


def test_an_arm_is_taken_off_and_the_others_keep_their_colours(shared):
    def colours():
        return chart(shared, "By day").locator(".plot").evaluate(
            "plot => Object.fromEntries(plot.data.filter(one => one.name).map(one => [one.name, one.line.color]))"
        )

    before = colours()
    box = chart(shared, "By day").get_by_label("loose")
    box.focus()
    shared.page.keyboard.press("Space")
    assert not box.is_checked()
    assert colours() == {name: colour for name, colour in before.items() if name != "loose"}
    box.click()
    assert colours() == before
    assert len({*before.values()}) == len(ARMS)


def test_the_interval_is_shown_where_one_points(shared):
    plot = chart(shared, "By day").locator(".plot")
    plot.scroll_into_view_if_needed()
    x, y = plot.evaluate(
        "plot => { const { xaxis, yaxis } = plot._fullLayout, at = plot.getBoundingClientRect();"
        " return [at.x + xaxis._offset + xaxis.d2p(3), at.y + yaxis._offset + yaxis.d2p(1.3)]; }"
    )
    shared.page.mouse.move(x - 3, y)
    shared.page.mouse.move(x, y)
    said = plot.locator(".hoverlayer")
    said.locator("text").first.wait_for()
    assert "strict: 1.3 [1.05, 1.55]" in said.text_content()
    assert "loose: 0.3 [0.05, 0.55]" in said.text_content()


def test_light_and_dark(dark):
    def lightness():
        numbers = [float(one) for one in dark.colours("body")[1].removeprefix("rgb(").removesuffix(")").split(",")]
        return sum(numbers) / 765

    button, inked = dark.page.locator("#theme"), "plot => plot.layout.font.color"
    assert dark.errors == []
    assert lightness() < 0.2 and button.inner_text() == "Light"
    text = chart(dark, "By day").locator(".plot").evaluate(inked)
    assert text == dark.colours("body")[0]
    button.click()
    assert lightness() > 0.9 and button.inner_text() == "Dark"
    assert chart(dark, "By day").locator(".plot").evaluate(inked) == dark.colours("body")[0] != text
    button.click()
    assert lightness() < 0.2


def test_paper_gets_every_section_in_light_colours(dark):
    dark.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    dark.page.emulate_media(media="print")
    assert dark.colours("body")[1] == "rgb(255, 255, 255)"
    for section in PAGE.sections:
        assert dark.page.get_by_role("heading", name=section.title, exact=True).is_visible()
    assert dark.page.locator("tbody tr:visible").count() == 44  # the whole of both tables
    assert not dark.page.locator("#theme").is_visible() and not dark.page.locator(".csv").first.is_visible()
    widths = dark.page.evaluate("[...document.querySelectorAll('.plot .main-svg')].map(one => one.clientWidth)")
    assert 400 < max(widths) <= 680


@pytest.mark.parametrize("which", ["page", "study", "comparison"])
def test_tables_are_no_wider_than_paper(which, browser, pages):
    found = Opened(browser, pages[which], viewport={"width": 718, "height": 1000})  # A4 less its margins, in CSS pixels
    found.page.emulate_media(media="print")
    beyond = "all => all.map(one => one.scrollWidth - one.parentElement.clientWidth)"
    assert max(found.page.locator(".table table").evaluate_all(beyond)) <= 0
    found.context.close()


def test_the_contents_lead_to_the_sections(shared):
    for link in shared.page.locator("nav a").all():
        assert shared.page.locator(link.get_attribute("href")).count() == 1


def test_the_report_of_a_study_lets_choose_every_measure_and_arm(study, browser):
    found = Opened(browser, study)
    options = chart(found, "By arm").locator("option").all_text_contents()
    assert [option.split()[0] for option in options] == ["success_rate", "gini"]
    assert chart(found, "By day").locator("option").all_text_contents()[0].startswith("hhi")
    assert chart(found, "By day").locator(".toggles label").count() == 2
    card = found.page.locator(".card")
    assert card.locator(".word").inner_text() == "supported"
    rows = [json.dumps(row) for row in card.locator(".plot").evaluate("plot => plot.data.map(one => one.y)")]
    assert ["effect" in rows[0], "placebo: random" in rows[1], "guard: free_living" in rows[2]] == [True] * 3
    found.context.close()
