"use strict";

// What the other scripts need: colours as they are now, and files for the reader.
const page = {
  cycle: document.body.dataset.cycle.split(" "),
  redraws: [], // what draws with colours
  printed: 0, // width on paper, px, while it is printed

  colour(name) {
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.color = `var(--${name})`;
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  },

  save(file, content, type) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type }));
    link.download = `${document.body.dataset.name} ${file}`.replace(/[^\w.-]+/g, "_");
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  },

  csv(rows) {
    const quoted = (cell) => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
    return rows.map((row) => row.map((cell) => quoted(String(cell ?? ""))).join(",") + "\r\n").join("");
  },
};

{
  const root = document.documentElement;
  const button = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const dark = () => (root.style.colorScheme || (system.matches ? "dark" : "light")) === "dark";
  const redraw = () => page.redraws.forEach((draw) => draw());
  const follow = () => {
    button.textContent = dark() ? "Light" : "Dark";
    redraw();
  };
  button.addEventListener("click", () => {
    root.style.colorScheme = dark() ? "light" : "dark";
    follow();
  });
  system.addEventListener("change", follow);
  follow();

  let screen = "";
  addEventListener("beforeprint", () => {
    screen = root.style.colorScheme;
    root.style.colorScheme = "light"; // paper is
    page.printed = 680; // A4 and Letter between their margins
    redraw();
  });
  addEventListener("afterprint", () => {
    root.style.colorScheme = screen;
    page.printed = 0;
    redraw();
  });
}

for (const block of document.querySelectorAll(".download")) {
  const content = JSON.parse(block.querySelector("script").textContent);
  block.querySelector("button").addEventListener("click", () => page.save(block.dataset.file, content, "text/csv"));
}
