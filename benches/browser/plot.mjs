// The ratios as a picture: a dot is a median, a bar goes from quartile to quartile.

import { NAMES } from "./names.mjs";
import { ratios } from "./statistics.mjs";

const WIDTH = 900;
const LEFT = 220;
const RIGHT = 60;
const ROW = 20;
/** Ratios at the two edges, on a logarithmic scale. */
const EDGES = [0.03, 100];
const TICKS = [0.1, 0.3, 1, 3, 10, 30];
const STYLE = `text { font: 13px system-ui, sans-serif; fill: #333 }
.title, .own { font-weight: 600 }
.grid { stroke: #ddd } .one { stroke: #888 } .paper { fill: #fff }
.bar { stroke: #868e96; stroke-width: 5; opacity: 0.5 } .dot { fill: #495057 }
.bar.own { stroke: #1864ab } .dot.own { fill: #1864ab }
@media (prefers-color-scheme: dark) {
  text { fill: #ddd } .grid { stroke: #333 } .paper { fill: #16181c } .dot { fill: #adb5bd }
  .bar.own { stroke: #74c0fc } .dot.own { fill: #74c0fc }
}`;

const x = (ratio) => {
  const [from, to] = EDGES.map(Math.log);
  const at = (Math.log(Math.min(Math.max(ratio, EDGES[0]), EDGES[1])) - from) / (to - from);
  return (LEFT + at * (WIDTH - LEFT - RIGHT)).toFixed(1);
};

/** Returns an SVG. Results without a base are no ratios, and left out. */
export function plot(results) {
  const parts = [];
  let y = 0;
  for (const { title, values, base } of results.filter(({ base }) => base)) {
    y += 28;
    parts.push(`<text class="title" x="12" y="${y}">${escaped(title)}, against ${base}</text>`);
    const names = Object.keys(values);
    for (const tick of TICKS) {
      const style = tick === 1 ? "one" : "grid";
      const rows = `y1="${y + 8}" y2="${y + 10 + ROW * names.length}"`;
      parts.push(`<line class="${style}" x1="${x(tick)}" x2="${x(tick)}" ${rows}/>`);
    }
    for (const name of names) {
      y += ROW;
      const own = name === "session" ? " own" : "";
      parts.push(`<text class="${own}" x="24" y="${y + 4}">${NAMES[name]}</text>`);
      const { low, median, high } = ratios(values[name], values[base]);
      if (!Number.isFinite(median)) continue;
      const figure = median.toFixed(median < 10 ? 2 : 0);
      parts.push(
        `<line class="bar${own}" x1="${x(low)}" x2="${x(high)}" y1="${y}" y2="${y}"/>`,
        `<circle class="dot${own}" cx="${x(median)}" cy="${y}" r="4"/>`,
        `<text x="${WIDTH - 8}" y="${y + 4}" text-anchor="end">${figure}</text>`,
      );
    }
    y += 20;
    for (const tick of TICKS)
      parts.push(`<text x="${x(tick)}" y="${y + 4}" text-anchor="middle">× ${tick}</text>`);
    y += 8;
  }
  const height = y + 12;
  const box = `viewBox="0 0 ${WIDTH} ${height}"`;
  const label = "Ratios to a wrapper by hand, or to fetch";
  return `<svg xmlns="http://www.w3.org/2000/svg" ${box} role="img" aria-label="${label}">
<style>${STYLE}</style>
<rect class="paper" width="${WIDTH}" height="${height}"/>
${parts.join("\n")}
</svg>
`;
}

const escaped = (text) => text.replaceAll("`", "").replaceAll("<", "&lt;");
