/* Where the words of an arrow stand: beside it, over no box and no other words. */

const ALONG = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.12, 0.88]; // of the way, nearest to its middle first
const GAP = 4;
const FAR = 48; // up or down past a box beside which an arrow is shorter than its words

const shared = (a, b) => Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) * Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y));
const spread = ({ x, y, width, height }, by) => ({ x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by });

/* labels: the words that are shown, each with the path it belongs to (`along`). The best place is the first of those that cover least. */
export const beside = (svg, labels) => {
  const taken = [...svg.querySelectorAll(".graph-state, .graph-track")].map((node) => {
    const { x, y, width, height } = node.querySelector(".node, .node-track").getBBox();
    const [dx, dy] = node.getAttribute("transform").match(/-?[\d.]+/g).map(Number);
    return spread({ x: x + dx, y: y + dy, width, height }, GAP);
  });
  taken.push(...[...svg.querySelectorAll(".group-title")].map((node) => node.getBBox()));
  const frame = svg.viewBox.baseVal;
  for (const label of labels) {
    const { width, height } = label.getBBox();
    if (!width) continue; // not on the screen
    const long = label.along.getTotalLength();
    let best = null;
    for (const part of ALONG) {
      const { x, y } = label.along.getPointAtLength(long * part);
      for (const [dx, dy] of [[0, 0], [width / 2 + 8, 0], [-width / 2 - 8, 0], [0, -height], [0, height], [0, FAR], [0, -FAR]]) {
        const spot = { x: Math.min(Math.max(x + dx - width / 2, frame.x), frame.x + frame.width - width), y: y + dy - height / 2, width, height };
        const covers = taken.reduce((sum, each) => sum + shared(spot, each), 0);
        if (!best || covers < best.covers) best = { ...spot, covers };
      }
      if (!best.covers) break;
    }
    label.setAttribute("x", best.x + width / 2);
    label.setAttribute("y", best.y + height * 0.78);
    taken.push(spread(best, 1));
  }
};
