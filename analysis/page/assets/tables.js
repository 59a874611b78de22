// Tables: sorted by a click on a head, searched, downloaded.
page.table = (block) => {
  const table = block.querySelector("table");
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const value = (cell) => cell.dataset.v ?? cell.textContent.trim();

  const sort = (column) => {
    const up = heads[column].getAttribute("aria-sort") !== "ascending";
    for (const head of heads) head.removeAttribute("aria-sort");
    heads[column].setAttribute("aria-sort", up ? "ascending" : "descending");
    const number = (text) => Number.parseFloat(text.replaceAll(",", "")); // of 0.5 [0.4, 0.6] the first
    const keyed = [...body.rows].map((row) => [value(row.cells[column]), row]);
    const numbers = keyed.every(([key]) => key === "" || !Number.isNaN(number(key)));
    keyed.sort(([a], [b]) => {
      if (a === "" || b === "") return (a === "") - (b === ""); // what is not defined comes last either way
      return (up ? 1 : -1) * (numbers ? number(a) - number(b) : a.localeCompare(b, "en", { numeric: true }));
    });
    body.append(...keyed.map(([, row]) => row));
  };
  heads.forEach((head, column) => head.querySelector("button").addEventListener("click", () => sort(column)));

  block.querySelector("input[type=search]")?.addEventListener("input", (event) => {
    const wanted = event.target.value.toLowerCase();
    for (const row of body.rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  });

  block.querySelector(".csv").addEventListener("click", () => {
    const rows = [...body.rows].map((row) => [...row.cells].map(value));
    page.save(`${block.dataset.title}.csv`, page.csv([heads.map((head) => head.textContent.trim()), ...rows]), "text/csv");
  });
};

for (const block of document.querySelectorAll(".table")) page.table(block);
