/* From the outline of a workflow to a drawing: what elk lays out, and where everything then stands. No drawing here. */

export const WIDTH = 178;
export const HEIGHT = 66;
export const TRACK = { width: 150, height: 30 };
const PAD = { top: 34, side: 14, bottom: 14 };
const OPTIONS = {
  "elk.algorithm": "layered",
  "elk.direction": "DOWN", // to the right a child's case is three frames wide and two thirds of one high
  "elk.edgeRouting": "ORTHOGONAL",
  "elk.partitioning.activate": "true",
  "elk.separateConnectedComponents": "false",
  "elk.layered.spacing.nodeNodeBetweenLayers": "54",
  "elk.spacing.nodeNode": "30",
  "elk.spacing.edgeNode": "16",
  "elk.spacing.edgeEdge": "9",
  "elk.layered.spacing.edgeEdgeBetweenLayers": "9",
  "elk.layered.spacing.edgeNodeBetweenLayers": "14",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
  "elk.layered.nodePlacement.strategy": "BRANDES_KOEPF",
  "elk.layered.nodePlacement.bk.fixedAlignment": "BALANCED",
  "elk.layered.thoroughness": "20",
};

/* A way of the main road: no thing to do besides, and not one away from nearly everywhere. */
export const isMain = (way) => !way.aside && way.from.length < MANY;
const MANY = 4; // sources from which on a way is a side road: it leads away from nearly everywhere
const BACK = 2; // states a way may lead back and still be of the main road

/* All ways from one state to another as one arrow; ways that do not move are kept by their state.
   main: it is not all side roads (aside, reopening, away from everywhere, far back); side roads are drawn where they are asked for only. */
export const arrows = (outline) => {
  const order = new Map(outline.states.map((state, at) => [state.key, at]));
  const pairs = new Map();
  for (const way of outline.ways) {
    for (const from of way.from) {
      if (!order.has(from) || !order.has(way.to) || way.to === from) continue;
      const id = `${from}>${way.to}`;
      if (!pairs.has(id)) pairs.set(id, { id, from, to: way.to, ways: [], main: false });
      const arrow = pairs.get(id);
      arrow.ways.push(way);
      arrow.main ||= isMain(way) && order.get(from) - order.get(way.to) <= BACK;
    }
  }
  return [...pairs.values()];
};

/* Where each track hangs: at the states that the ways which open it lead to, or stay in. */
export const hangings = (outline) => {
  const known = new Set(outline.states.map((state) => state.key));
  return outline.tracks.map((track) => {
    const ways = outline.ways.filter((way) => way.tracks.includes(track.key));
    const at = [...new Set(ways.flatMap((way) => (way.to === null ? way.from : [way.to])))].filter((key) => known.has(key));
    return { ...track, at };
  });
};

/* The stages in their order, those without one last; states of a stage that is not declared stand there too. */
export const stagesOf = (outline) => {
  const declared = new Set(outline.stages.map((stage) => stage.key));
  const groups = outline.stages.map((stage) => ({ ...stage, states: outline.states.filter((state) => state.stage === stage.key) }));
  const others = outline.states.filter((state) => !declared.has(state.stage));
  return [...groups, { key: "", title: "", states: others }].filter((stage) => stage.states.length);
};

/* What decides where things stand; while it is the same, nothing moves. */
export const shapeOf = (outline) => JSON.stringify([
  stagesOf(outline).map((stage) => [stage.key, stage.states.map((state) => state.key)]),
  arrows(outline).filter((arrow) => arrow.main).map((arrow) => arrow.id), hangings(outline).map((track) => [track.key, track.at]),
]);

const engine = () => (layOut.elk ||= new window.ELK());

/* {nodes: {key: {x, y}}, tracks, edges: {id: [[x, y], …]}, groups: [{title, x, y, width, height}], width, height} */
export const layOut = async (outline) => {
  const stages = stagesOf(outline);
  const children = stages.flatMap((stage, number) => stage.states.map((state) => ({
    id: `state:${state.key}`, width: WIDTH, height: HEIGHT, layoutOptions: { "elk.partitioning.partition": String(number) },
  })));
  const order = outline.states.map((state) => state.key);
  const aside = new Set(outline.states.filter((state) => state.exceptional).map((state) => state.key));
  const priority = (from, to) => {
    const main = !aside.has(from) && !aside.has(to) && order.indexOf(to) > order.indexOf(from);
    return { "elk.layered.priority.direction": main ? "10" : "0", "elk.layered.priority.straightness": main ? "10" : "0", "elk.layered.priority.shortness": main ? "5" : "0" };
  };
  const tracks = hangings(outline);
  for (const track of tracks) {
    const number = stages.findIndex((stage) => stage.states.some((state) => state.key === track.at[0]));
    children.push({ id: `track:${track.key}`, ...TRACK, layoutOptions: { "elk.partitioning.partition": String(Math.max(number, 0)) } });
  }
  const edges = [
    ...arrows(outline).filter((arrow) => arrow.main).map(({ id, from, to }) => ({ id, sources: [`state:${from}`], targets: [`state:${to}`], layoutOptions: priority(from, to) })),
    ...tracks.flatMap((track) => track.at.map((state) => ({ id: `${state}~${track.key}`, sources: [`state:${state}`], targets: [`track:${track.key}`] }))),
  ];
  const done = await engine().layout({ id: "root", layoutOptions: OPTIONS, children, edges });
  const at = Object.fromEntries(done.children.map((node) => [node.id, node]));
  const groups = stages.map((stage) => {
    const keys = new Set(stage.states.map((state) => state.key));
    const nodes = [...stage.states.map((state) => at[`state:${state.key}`]), ...tracks.filter((track) => keys.has(track.at[0])).map((track) => at[`track:${track.key}`])];
    return { title: stage.title, key: stage.key, low: Math.min(...nodes.map((node) => node.y)), high: Math.max(...nodes.map((node) => node.y + node.height)) };
  });
  const left = Math.min(0, ...done.children.map((node) => node.x));
  const right = Math.max(0, ...done.children.map((node) => node.x + node.width), ...done.edges.flatMap((edge) => points(edge).map(([x]) => x)));
  const lanes = groups.map((group) => (
    { ...group, x: left - PAD.side, width: right - left + 2 * PAD.side, y: group.low - PAD.top, height: group.high - group.low + PAD.top + PAD.bottom }));
  const box = {
    x: Math.min(...lanes.map((lane) => lane.x)) - 2, y: Math.min(...lanes.map((lane) => lane.y)) - 2,
    right: Math.max(done.width, ...lanes.map((lane) => lane.x + lane.width)) + 2, bottom: Math.max(done.height, ...lanes.map((lane) => lane.y + lane.height)) + 2,
  };
  return {
    nodes: Object.fromEntries(outline.states.map((state) => [state.key, at[`state:${state.key}`]])),
    tracks: Object.fromEntries(tracks.map((track) => [track.key, at[`track:${track.key}`]])),
    edges: Object.fromEntries(done.edges.map((edge) => [edge.id, points(edge)])),
    groups: lanes, x: box.x, y: box.y, width: box.right - box.x, height: box.bottom - box.y,
  };
};

const points = (edge) => (edge.sections || []).flatMap((part) => [part.startPoint, ...(part.bendPoints || []), part.endPoint]).map(({ x, y }) => [x, y]);
