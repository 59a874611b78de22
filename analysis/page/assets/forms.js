// Forms of charts: what Plotly is to draw of a series, and around it.
const forms = {};
{
  // Plotly takes texts for a little HTML: here they are texts.
  const plain = (text) => String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

  const fold = (text, width) => {
    const rows = [""];
    for (const piece of String(text).match(/[^ ,_]*[ ,_]?/g)) {
      if (rows.at(-1) && rows.at(-1).length + piece.trimEnd().length > width) rows.push("");
      rows[rows.length - 1] += piece;
    }
    return rows.map(plain).join("<br>");
  };

  const number = (value) => {
    if (value === null) return "not defined";
    const sign = value < 0 ? "−" : "";
    if (Math.abs(value) >= 1000) return sign + Math.abs(value).toLocaleString("en", { maximumFractionDigits: 0 });
    return sign + String(Number(Math.abs(value).toPrecision(3)));
  };

  // What the reader is told of point i. It is handed over as data, since a template would read a name's own braces.
  const told = (series, panel, i) => {
    const at = series.x[i];
    const { y, low, high, notes } = series;
    const interval = low.length && low[i] !== null ? ` [${number(low[i])}, ${number(high[i])}]` : "";
    const note = notes[i] ? `<br>${fold(notes[i], 44)}` : "";
    const unit = panel.unit ? ` ${plain(panel.unit)}` : "";
    return [fold(series.name, 32), `${number(y[i])}${interval}${unit}${note}`, fold(typeof at === "string" ? at : number(at), 32)];
  };

  const TOLD = "%{customdata[0]}: %{customdata[1]}<extra></extra>";
  const TOLD_WHERE = "%{customdata[2]}<br>%{customdata[0]}: %{customdata[1]}<extra></extra>";

  const base = (series, look, panel) => ({
    type: "scatter",
    name: plain(series.name),
    x: series.x,
    y: series.y,
    customdata: series.y.map((_, i) => told(series, panel, i)),
    hovertemplate: series.x.map((at) => (at === series.name ? TOLD : TOLD_WHERE)), // an arm in its own row: once
    marker: { color: look.colour, size: 8, symbol: series.hollow ? `${look.symbol}-open` : look.symbol },
    line: { color: look.colour, dash: look.dash, width: 2 },
  });

  const bars = (series, look) =>
    series.low.length && {
      type: "data",
      symmetric: false,
      array: series.high.map((high, i) => high - series.y[i]),
      arrayminus: series.low.map((low, i) => series.y[i] - low),
      color: look.colour,
      thickness: 1.5,
      width: 4,
    };

  forms.lines = (series, look, panel) => {
    const seen = series.x.map((_, i) => i).filter((i) => series.low.length && series.low[i] !== null);
    const back = seen.toReversed();
    const band = {
      type: "scatter",
      x: [...seen, ...back].map((i) => series.x[i]),
      y: [...seen.map((i) => series.high[i]), ...back.map((i) => series.low[i])],
      mode: "lines",
      fill: "toself",
      fillcolor: look.colour,
      opacity: 0.18,
      line: { width: 0 },
      hoverinfo: "skip",
      showlegend: false,
    };
    const mode = series.x.length <= 12 ? "lines+markers" : "lines";
    return [band, { ...base(series, look, panel), mode, hovertemplate: TOLD }];
  };
  forms.points = (series, look, panel) => [
    { ...base(series, look, panel), mode: "markers", offsetgroup: series.name, error_y: bars(series, look) },
  ];
  forms.intervals = (series, look, panel) => [
    { ...base(series, look, panel), mode: "markers", x: series.y, y: series.x, error_x: bars(series, look) },
  ];
  forms.bars = (series, look, panel) => [{ ...base(series, look, panel), type: "bar", error_y: bars(series, look) }];
  forms.scatter = (series, look, panel) => [
    { ...base(series, look, panel), mode: "markers", error_y: bars(series, look) },
  ];

  // The axis of values and the other one; values lie across in `intervals`, else upwards.
  const axes = (form, panel, seen, size, places, words) => {
    const along = form === "intervals";
    const [line, muted] = ["line", "muted"].map(page.colour);
    const axis = (title, across, more) => ({
      title: { text: fold(title, (across ? size.width : size.height) / 8), standoff: 8, font: { size: 12 } },
      automargin: true,
      gridcolor: line,
      linecolor: line,
      zerolinecolor: muted,
      zeroline: false,
      tickfont: { size: 12 },
      ...(across && { nticks: Math.max(3, Math.round(size.width / 110)), tickangle: 0 }),
      ...more,
    });
    const value = axis(panel.unit ? `${panel.measure} (${panel.unit})` : panel.measure, along);
    if (panel.within) {
      const values = [...panel.within, ...seen.flatMap(({ y, low, high }) => [...y, ...low, ...high])];
      const [least, most] = [Math.min, Math.max].map((end) => end(...values.filter((one) => one !== null)));
      Object.assign(value, { zeroline: true, range: [least - 0.05 * (most - least), most + 0.05 * (most - least)] });
    }
    const other = axis(panel.x, !along, { type: words ? "category" : panel.log ? "log" : "linear" });
    if (words) {
      const ticktext = places.map((place) => fold(place, along ? 22 : 14));
      Object.assign(other, { tickvals: places, ticktext, tickangle: along ? 0 : "auto" });
    } else if (form !== "scatter" && places.length <= 12) other.tickvals = places;
    if (along) Object.assign(other, { range: [places.length - 0.5, -0.5], showgrid: false });
    return along ? { xaxis: value, yaxis: other } : { xaxis: other, yaxis: value };
  };

  // What is too small to matter.
  const shaded = ([from, to], along) => ({
    type: "rect",
    layer: "below",
    ...(along ? { x0: from, x1: to, yref: "paper", y0: 0, y1: 1 } : { y0: from, y1: to, xref: "paper", x0: 0, x1: 1 }),
    fillcolor: page.colour("shade"),
    line: { width: 0 },
  });

  forms.layout = (form, panel, seen, width) => {
    const along = form === "intervals";
    const words = seen.some((series) => series.x.some((x) => typeof x === "string"));
    const places = [...new Set(seen.flatMap((series) => series.x))];
    const height = along ? 90 + 36 * places.length : Math.round(Math.min(420, Math.max(280, width * 0.55)));
    const [ink, muted, raised] = ["ink", "muted", "raised"].map(page.colour);
    return {
      ...axes(form, panel, seen, { width, height }, places, words),
      autosize: true,
      height,
      margin: { l: 8, r: 12, t: 12, b: 8 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: "system-ui, sans-serif", size: 13, color: ink },
      showlegend: false,
      hovermode: form === "lines" ? "x unified" : "closest",
      dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom", // a finger scrolls the page
      hoverlabel: { bgcolor: raised, bordercolor: muted, font: { color: ink, size: 12 }, align: "left" },
      scattermode: form === "points" ? "group" : "overlay",
      barmode: "group",
      shapes: panel.within ? [shaded(panel.within, along)] : [],
    };
  };
  forms.plain = plain;
}
