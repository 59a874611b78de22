// Charts: one panel at a time, series on and off, colours that follow the page, numbers and picture for download.
{
  const DASHES = ["solid", "dash", "dot"];
  const SYMBOLS = ["circle", "square", "diamond", "triangle-up", "cross", "x"];
  const SIGNS = ["●○", "■□", "◆◇", "▲△", "✚✚", "✖✖"];
  const LINES = ["━━", "╍╍", "┅┅"];

  const chart = (block) => {
    const data = JSON.parse(block.querySelector(":scope > script").textContent);
    const plot = block.querySelector(".plot");
    const select = block.querySelector("select");
    const details = block.querySelector("details");
    const named = new Map(data.panels.flatMap((panel) => panel.series.map((series) => [series.name, series])));
    const names = [...named.keys()];
    const off = new Set();

    const panel = () => data.panels[select ? Number(select.value) : 0];
    const number = (series) => names.indexOf(series.name);
    const look = (series) => {
      const i = number(series);
      const own = page.cycle.indexOf(series.colour);
      const named = series.colour && own < 0 ? series.colour : `series-${own < 0 ? i % page.cycle.length : own}`;
      return {
        colour: page.colour(named),
        dash: DASHES[Math.floor(i / page.cycle.length) % DASHES.length],
        symbol: SYMBOLS[i % SYMBOLS.length],
      };
    };
    const sign = (series) => {
      const i = number(series);
      if (data.form === "lines") return LINES[Math.floor(i / page.cycle.length) % LINES.length];
      return data.form === "bars" ? "■" : SIGNS[i % SIGNS.length][series.hollow ? 1 : 0];
    };

    const signs = names.length > 1 ? names.map((name) => toggle(named.get(name))) : [];
    function toggle(series) {
      const label = block.querySelector(".toggles").appendChild(document.createElement("label"));
      const [box, mark] = ["input", "span"].map((kind) => label.appendChild(document.createElement(kind)));
      Object.assign(box, { type: "checkbox", checked: true });
      Object.assign(mark, { textContent: sign(series), ariaHidden: "true" });
      label.append(series.name);
      box.addEventListener("change", () => {
        if (box.checked) off.delete(series.name);
        else off.add(series.name);
        draw();
      });
      return [mark, series];
    }

    const draw = () => {
      const shown = panel();
      const seen = shown.series.filter((series) => !off.has(series.name));
      const traces = seen.flatMap((series) => forms[data.form](series, look(series), shown));
      const layout = forms.layout(data.form, shown, seen.length ? seen : shown.series, plot.clientWidth);
      if (page.printed) layout.width = page.printed;
      for (const [mark, series] of signs) mark.style.color = look(series).colour;
      Plotly.react(plot, traces, layout, { displayModeBar: false, responsive: true });
      if (details.open) list();
    };

    const HEAD = ["series", "x", "value", "low", "high", "note"];
    const records = () => {
      const rows = panel().series.flatMap((series) =>
        series.x.map((x, i) => [series.name, x, series.y[i], series.low[i], series.high[i], series.notes[i]]));
      const filled = HEAD.map((_, column) => rows.some((row) => (row[column] ?? "") !== ""));
      return [HEAD, ...rows].map((row) => row.filter((_, column) => filled[column]));
    };
    const list = () => {
      const table = document.createElement("table");
      for (const row of records()) {
        const line = table.insertRow();
        for (const cell of row) line.insertCell().textContent = cell ?? "";
      }
      details.querySelector(".scroll")?.remove();
      const scroll = details.appendChild(document.createElement("div"));
      Object.assign(scroll, { className: "scroll", tabIndex: 0 });
      scroll.append(table);
    };
    details.addEventListener("toggle", () => details.open && list());

    const file = (ending) => `${data.title}${select ? `_${panel().measure}` : ""}.${ending}`;
    block.querySelector(".csv").addEventListener("click", () => page.save(file("csv"), page.csv(records()), "text/csv"));
    block.querySelector(".svg").addEventListener("click", async () => {
      const size = { width: 900, height: Math.max(420, plot.clientHeight) };
      const title = { text: forms.plain(data.title), font: { size: 14 } };
      const layout = { ...plot.layout, ...size, title, showlegend: names.length > 1, paper_bgcolor: page.colour("paper") };
      const url = await Plotly.toImage({ data: plot.data, layout: { ...layout, margin: { ...layout.margin, t: 50 } } },
        { format: "svg", ...size });
      page.save(file("svg"), decodeURIComponent(url.slice(url.indexOf(",") + 1)), "image/svg+xml");
    });

    select?.addEventListener("change", draw);
    page.redraws.push(draw);
    draw();
  };

  for (const block of document.querySelectorAll(".chart")) chart(block);
}
