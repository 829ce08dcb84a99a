// One function a panel, from the state to the page. Data reaches the page as text alone, never as markup.

import { lines, stack } from "/console/charts.js";
import { ago, bytes, clock, count, counted, duration, percent } from "/console/format.js";

const $ = (id) => document.getElementById(id);

function text(element, value) {
  if (element.textContent !== value) {
    element.textContent = value;
  }
}

function make(tag, className, value) {
  const element = document.createElement(tag);
  if (className) {
    element.className = className;
  }
  if (value !== undefined) {
    element.textContent = value;
  }
  return element;
}

/** Brings children in line with items, keeping the element of each key, so that focus and selection stay. */
function keyed(parent, items, key, create, update) {
  const known = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const times = new Map();
  items.forEach((item, index) => {
    const name = repeated(key(item), times);
    let element = known.get(name);
    if (!element) {
      element = create(item);
      element.dataset.key = name;
    }
    known.delete(name);
    update(element, item);
    if (parent.children[index] !== element) {
      parent.insertBefore(element, parent.children[index] ?? null);
    }
  });
  known.forEach((gone) => gone.remove());
}

/** The key itself, and numbered where it comes again. */
function repeated(key, times) {
  const before = times.get(key) ?? 0;
  times.set(key, before + 1);
  return before === 0 ? key : `${key} ${before}`;
}

function pairs(list, entries) {
  keyed(
    list,
    entries,
    ([name]) => name,
    ([name]) => {
      const group = make("div");
      group.append(make("dt", "", name), make("dd"));
      return group;
    },
    (group, [, value]) => text(group.lastChild, value),
  );
}

function row(labels) {
  const tr = make("tr");
  tr.setAttribute("role", "row");
  labels.forEach(([label, className]) => {
    const td = make("td", className);
    td.setAttribute("role", "cell");
    td.dataset.label = label;
    tr.append(td);
  });
  return tr;
}

function cells(tr, values) {
  values.forEach((value, index) => {
    if (value !== undefined) {
      text(tr.children[index], value);
      tr.children[index].classList.toggle("nothing", value === "–");
    }
  });
}

/** A bar of parts: {name, share}, and a mark where a limit is. */
function bar(element, parts, mark) {
  keyed(
    element,
    [...parts, ...(mark === undefined ? [] : [{ name: "mark", at: mark }])],
    (part) => part.name,
    (part) => make("i", part.name),
    (piece, part) => {
      if (part.name === "mark") {
        piece.style.left = percentage(part.at);
      } else {
        piece.style.width = percentage(part.share);
      }
    },
  );
}

const percentage = (share) => `${(100 * Math.max(0, Math.min(1, share || 0))).toFixed(1)}%`;

/** The one word for how the worker is, the gravest first. */
export function condition(state) {
  const { worker, memory } = state;
  if (worker.phase === "stopped") {
    return ["bad", "✕ stopped"];
  }
  if (worker.breach === "replace worker") {
    return ["bad", "▲ breached its memory limit, asks to be replaced"];
  }
  if (worker.phase === "draining") {
    return ["warn", "◐ draining"];
  }
  if (!worker.live) {
    return ["bad", "✕ not alive"];
  }
  if (memory.used > memory.hard) {
    return ["bad", "▲ memory above its hard limit"];
  }
  if (worker.phase === "starting") {
    return ["warn", "◌ starting"];
  }
  return worker.ready ? ["good", "● ready"] : ["warn", "◌ not ready"];
}

const CHECKS = { poll: "Kafka", group: "partitions" };

function tenure(browser) {
  const served = `${counted(browser.jobs, "job")} in ${duration(browser.ageMillis)}`;
  return browser.leaving ? `${served}; the one before it finishes its jobs` : served;
}

export function status(state) {
  const { worker, browser } = state;
  const checks = worker.checks.filter((check) => check.name !== "phase");
  text($("worker"), worker.id);
  document.title = `${condition(state)[1]} – ${worker.id}`;
  pairs($("facts"), [
    ["version", worker.version],
    ["up", duration(state.now - worker.startedAt)],
    ["group", worker.group],
    ["topic", worker.topic],
    ["delivery", worker.delivery],
    ["last commit", worker.lastCommitAt ? ago(worker.lastCommitAt, state.now) : "none yet"],
    ["browser", [browser.version ? `Chromium ${browser.version}` : "", browser.state].filter(Boolean).join(", ")],
    [
      "processes",
      browser.pid ? `browser ${browser.pid}, Node ${browser.nodePid}, sandbox ${browser.sandboxed ? "on" : "off"}` : "–",
    ],
    ["this browser", browser.pid ? tenure(browser) : "–"],
    ...checks
      .filter((check) => check.name !== "browser")
      .map((check) => [CHECKS[check.name] ?? check.name, `${check.up ? "●" : "✕"} ${check.reason}`]),
  ]);
}

export function throughput(state) {
  const { throughput: now, history } = state;
  const known = now.jobsPerHour !== undefined;
  text($("now-rate"), known ? count(now.jobsPerHour) : "–");
  text($("now-window"), known ? `over the last ${duration(1000 * now.overSeconds)}` : "measured after the first seconds");
  const rates = history.jobs.map((jobs, index) => {
    const from = Math.max(0, index - 6);
    const millis = history.at[index] - history.at[from];
    return millis > 0 ? ((jobs - history.jobs[from]) * 3600000) / millis : 0;
  });
  const top = Math.max(60, ...rates) * 1.1;
  lines($("rate-chart"), "Jobs an hour over time", history.at, [{ name: "rate", values: rates }], top, `${count(Math.max(...rates))}/h`);
  text($("possible"), now.possibleJobsPerHour ? count(now.possibleJobsPerHour) : "–");
  text(
    $("possible-why"),
    now.averageJobMillis
      ? `${counted(state.contexts.limit, "context")} × 3600 / ${(now.averageJobMillis / 1000).toFixed(2)} s a job`
      : "contexts × 3600 / average job seconds",
  );
  bar($("possible-meter"), [{ name: "good", share: now.jobsPerHour / now.possibleJobsPerHour }]);
  const ended = Object.entries(now.outcomes).filter(([, jobs]) => jobs > 0);
  text(
    $("outcomes"),
    ended.length ? ended.map(([how, jobs]) => `${count(jobs)} ${how.replaceAll("_", " ")}`).join(" · ") : "no job has ended yet",
  );
}

function pressure({ queue, contexts, worker }) {
  if (worker.phase === "starting") {
    return "◌ not taking jobs yet";
  }
  if (worker.phase !== "running") {
    return "◐ nothing more is taken: the worker drains";
  }
  if (queue.maxWaiting && queue.waiting >= queue.maxWaiting) {
    return `▲ paused: ${count(queue.waiting)} jobs wait, no more are fetched`;
  }
  const open = Object.keys(queue.openCircuits);
  if (open.length) {
    return `▲ circuit open: ${open.join(", ")}`;
  }
  if (contexts.max && queue.running >= contexts.max) {
    return "◐ paused: every context has a job";
  }
  return queue.lag > 0 ? "● taking jobs" : "● idle, nothing to do";
}

export function queue(state) {
  const { queue: now } = state;
  text($("lag"), count(now.lag));
  text($("lag-unit"), now.lag === 1 ? "event here not done" : "events here not done");
  text($("pressure"), pressure(state));
  pairs($("queue"), [
    ["waiting", count(now.waiting)],
    ["retried", count(now.retried)],
    ["interrupted", count(now.interrupted)],
    ["postponed", count(now.postponed)],
    ["repeated", count(now.deduplicated)],
    ["dead letters", count(now.deadLetters)],
  ]);
}

const LANE_STATES = { idle: "○ idle", running: "● running", cleaning: "◐ cleaning", connecting: "◌ connecting", closed: "✕ closed" };
const LANE_CELLS = [
  ["lane", "lane"],
  ["state", "lane-state"],
  ["job", "name job"],
  ["flow", "name flow"],
  ["step now", "name step"],
  ["time in step", "time"],
  ["kept uses", "number uses"],
  ["last recycled", "recycled"],
];

export function lanes(state) {
  const { contexts } = state;
  text(
    $("contexts-note"),
    contexts.max ? `${contexts.used} of ${contexts.limit} in use${contexts.limit < contexts.max ? `, ${contexts.max} when memory allows` : ""}` : "",
  );
  $("lanes-empty").hidden = contexts.rows.length > 0;
  text($("lanes-empty"), state.worker.phase === "starting" ? "No context yet: the worker is starting." : "No job is running.");
  keyed(
    $("lanes"),
    contexts.rows,
    (lane) => (lane.lane === "-" ? lane.jobId : lane.leaving ? `${lane.lane} ${lane.jobId}` : lane.lane),
    () => {
      const tr = row(LANE_CELLS);
      tr.children[5].append(make("div", "meter"), make("span"));
      return tr;
    },
    (tr, lane) => {
      tr.className = `lane-${lane.state}`;
      const uses = lane.uses ? count(lane.uses) : "–";
      const recycled = lane.recycled ? `${lane.recycled}, ${clock(lane.recycledAt)}` : "–";
      const job = lane.attempt > 1 ? `${lane.jobId} (attempt ${lane.attempt})` : lane.jobId;
      cells(tr, [lane.leaving ? `${lane.lane}, old browser` : lane.lane, LANE_STATES[lane.state] ?? lane.state, job ?? "–", lane.flow ?? "–", lane.step ?? "–", undefined, uses, recycled]);
      tr.children[2].title = lane.jobId ?? "";
      stepTime(tr.children[5], lane);
    },
  );
}

function stepTime(cell, lane) {
  const [meter, words] = cell.children;
  const limit = lane.budgetMillis || lane.timeoutMillis;
  const over = lane.budgetMillis > 0 && lane.stepMillis > lane.budgetMillis;
  meter.hidden = lane.stepMillis === undefined;
  bar(meter, [{ name: over ? "bad" : "good", share: lane.stepMillis / limit }]);
  if (lane.stepMillis === undefined) {
    text(words, lane.state === "running" ? duration(lane.sinceMillis) : `for ${duration(lane.sinceMillis)}`);
    return;
  }
  const of = lane.budgetMillis ? ` of ${duration(lane.budgetMillis)}` : `, limit ${duration(lane.timeoutMillis)}`;
  text(words, `${over ? "▲ " : ""}${duration(lane.stepMillis)}${of}`);
}

const STEP_CELLS = [
  ["step", "name step"],
  ["", "bars"],
  ["p50", "number"],
  ["p95", "number p95"],
  ["budget", "number"],
  ["share", "number"],
  ["over budget", "number"],
  ["runs", "number"],
  ["from cache", "number"],
  ["failed", "number"],
];
/** Where the budget stands in a bar: what is over it must have room. */
const BUDGET_AT = 0.7;

export function steps(state) {
  const { steps: all, throughput: now } = state;
  const top = all[0];
  text($("steps-note"), all.length ? "since the start; p50 and p95 of the last 256 runs" : "");
  text(
    $("offender"),
    top
      ? `Top offender: ${top.flow} / ${top.step} takes ${percent(top.share)} of all step time; without it ` +
          `${top.jobsPerHourWithout ? count(top.jobsPerHourWithout) : "any number of"} jobs/hour would be possible, ` +
          `${count(now.possibleJobsPerHour)} are now.`
      : "No step has run yet.",
  );
  const longest = Math.max(1, ...all.map((step) => (step.budgetMillis ? 0 : step.p95Millis ?? 0)));
  keyed(
    $("steps"),
    all,
    (step) => `${step.flow}\n${step.step}`,
    () => {
      const tr = row(STEP_CELLS);
      tr.children[1].append(make("div", "meter"));
      return tr;
    },
    (tr, step) => {
      const over = step.budgetMillis > 0 && step.p95Millis > step.budgetMillis;
      const of = step.budgetMillis ? step.budgetMillis / BUDGET_AT : longest / BUDGET_AT;
      tr.className = over ? "over" : "";
      bar(
        tr.children[1].firstChild,
        [
          { name: "pale", share: step.p95Millis / of },
          { name: "solid", share: step.p50Millis / of },
        ],
        step.budgetMillis ? BUDGET_AT : undefined,
      );
      cells(tr, [
        `${step.flow} / ${step.step}`,
        undefined,
        duration(step.p50Millis),
        `${over ? "▲ " : ""}${duration(step.p95Millis)}`,
        step.budgetMillis ? duration(step.budgetMillis) : "none",
        percent(step.share),
        step.overBudgetSeconds ? duration(1000 * step.overBudgetSeconds) : "–",
        count(step.calls),
        step.cached + step.coalesced ? count(step.cached + step.coalesced) : "–",
        step.failed ? count(step.failed) : "–",
      ]);
    },
  );
}

export function memory(state) {
  const { memory: now } = state;
  const { at, kinds } = measured(state.history);
  if (now.used !== undefined) {
    text($("memory-used"), bytes(now.used));
    text($("memory-of"), `of ${bytes(now.limit)}`);
    text($("memory-limits"), `${percent(now.used / now.limit)}; fewer contexts above ${bytes(now.soft)}, replaced above ${bytes(now.hard)}`);
    text($("memory-peak"), `peak ${bytes(now.peak)}, ${counted(now.processes, "process").replace("processs", "processes")}; limit: ${now.source}`);
    const level = now.used > now.hard ? "bad" : now.used > now.soft ? "warn" : "good";
    bar($("memory-meter"), [{ name: level, share: now.used / now.limit }], now.soft / now.limit);
  }
  const totals = at.map((_, index) => kinds.reduce((sum, [, values]) => sum + values[index], 0));
  const most = Math.max(1, ...totals);
  // a limit far above would press the picture flat: then it is named instead of drawn
  const near = now.hard !== undefined && now.hard < 3 * most;
  const top = near ? now.hard * 1.08 : most * 1.25;
  text(
    $("memory-note"),
    now.hard === undefined ? "" : near ? "" : `limits far above: soft ${bytes(now.soft)}, hard ${bytes(now.hard)}`,
  );
  const levels = near
    ? [
        { name: "soft", value: now.soft, text: `soft ${bytes(now.soft)}` },
        { name: "hard", value: now.hard, text: `hard ${bytes(now.hard)}` },
      ]
    : [{ name: "peak", value: most, text: bytes(most) }];
  stack(
    $("memory-chart"),
    "Memory by kind of process over time",
    at,
    kinds.map(([name, values]) => ({ name, values })),
    levels,
    top,
  );
  legend($("memory-legend"), kinds.map(([name, values]) => [name, bytes(values[values.length - 1])]).reverse());
}

/** The points at which memory was known. */
function measured({ at, memory: all }) {
  const kinds = Object.entries(all);
  const from = at.findIndex((_, index) => kinds.some(([, values]) => values[index] > 0));
  return from < 0
    ? { at: [], kinds: [] }
    : { at: at.slice(from), kinds: kinds.map(([name, values]) => [name, values.slice(from)]) };
}

export function limits(state) {
  const { contexts, history } = state;
  const top = Math.max(1, contexts.max, ...history.used) * 1.1;
  text($("limit-note"), contexts.limit < contexts.max ? `▲ cut to ${contexts.limit} of ${contexts.max}` : "");
  lines(
    $("limit-chart"),
    "Contexts allowed and in use over time",
    history.at,
    [
      { name: "used", values: history.used, stepped: true },
      { name: "allowed", values: history.limit, stepped: true },
    ],
    top,
    `max ${contexts.max}`,
  );
  legend($("limit-legend"), [
    ["allowed", count(contexts.limit)],
    ["used", count(contexts.used)],
  ]);
}

function legend(list, entries) {
  keyed(
    list,
    entries,
    ([name]) => name,
    ([name]) => {
      const item = make("li");
      item.append(make("i", `swatch ${name}`), make("span", "", name), make("b"));
      return item;
    },
    (item, [, value]) => text(item.lastChild, value),
  );
}

const sum = (counts) => Object.values(counts).reduce((all, one) => all + one, 0);
const detail = (counts) => {
  const parts = Object.entries(counts).map(([why, times]) => `${why.replaceAll("_", " ")} ${count(times)}`);
  return count(sum(counts)) + (parts.length ? ` (${parts.join(", ")})` : "");
};

export function events(state) {
  const { counts, happenings } = state;
  text($("events-note"), happenings.length ? "newest first" : "");
  pairs($("counts"), [
    ["contexts opened", count(counts.created)],
    ["recycled", detail(counts.recycled)],
    ["page crashes", count(counts.crashes)],
    ["timeouts by rung", detail(counts.timeouts)],
    ["lanes reconnected", detail(counts.reconnects)],
    ["browsers restarted", detail(counts.restarts)],
    ["browsers retired", detail(counts.retired)],
    ["sessions", detail(counts.sessions)],
    ["cache", detail(counts.cache)],
  ]);
  $("events").hidden = happenings.length === 0;
  $("events-empty").hidden = happenings.length > 0;
  keyed(
    $("events"),
    happenings,
    (one) => `${one.at} ${one.kind} ${one.where} ${one.why}`,
    (one) => {
      const item = make("li");
      item.append(make("time", "", clock(one.at)), make("b", "", one.kind), make("span", "", [one.where, one.why].filter(Boolean).join(", ")));
      return item;
    },
    () => {},
  );
}

export function failures(state) {
  const { failures: all } = state;
  text($("failures-note"), all.length ? `last ${all.length}, newest first` : "");
  $("failures-empty").hidden = all.length > 0;
  keyed($("failures"), all, (one) => `${one.at} ${one.jobId} ${one.attempt}`, failure, () => {});
}

function failure(one) {
  const item = make("li");
  const words = make("div", "words");
  const head = make("p", "head");
  head.append(make("b", "code", `✕ ${one.code}`), make("time", "muted", clock(one.at)));
  words.append(
    head,
    make("p", "name", `${one.jobId} · ${one.flow}${one.step ? ` / ${one.step}` : ""}`),
    make("p", "message", one.message),
    make("p", "muted", `attempt ${one.attempt}, ${one.again ? "will be tried again" : "final"}`),
  );
  item.append(thumbnail(one), words);
  return item;
}

function thumbnail(one) {
  if (!/^[0-9a-f]{32}$/.test(one.picture ?? "")) {
    return make("div", "thumbnail none", "no picture");
  }
  const link = make("a", "thumbnail");
  link.href = `/console/picture/${one.picture}`;
  link.target = "_blank";
  link.rel = "noopener";
  const image = make("img");
  image.alt = `The page when job ${one.jobId} failed`;
  image.loading = "lazy";
  image.width = 160;
  image.height = 100;
  image.src = link.href;
  image.addEventListener("error", () => link.replaceWith(make("div", "thumbnail none", "picture gone")), { once: true });
  link.append(image);
  return link;
}
