// Asks for the state again and again, and says so when nobody answers.

import { clock } from "/console/format.js";
import * as panels from "/console/panels.js";

const EVERY = 1000;
const HIDDEN = 15000;
const LONGEST = 10000;
const PATIENCE = 5000;

const state = document.getElementById("state");
const updated = document.getElementById("updated");
const main = document.getElementById("main");

let lastSeen = null;
let lostSince = null;
let failed = 0;
let timer = null;

function show(document_) {
  panels.status(document_);
  panels.throughput(document_);
  panels.queue(document_);
  panels.lanes(document_);
  panels.steps(document_);
  panels.memory(document_);
  panels.limits(document_);
  panels.events(document_);
  panels.failures(document_);
  badge(...panels.condition(document_));
}

function badge(level, words) {
  if (state.textContent !== words) {
    state.textContent = words;
  }
  state.className = `badge ${level}`;
}

function gone() {
  lostSince ??= lastSeen ?? Date.now();
  badge("bad", `✕ connection lost since ${clock(lostSince)}`);
  updated.textContent = lastSeen ? "what you see is from then; trying again" : "trying again";
  document.title = "✕ connection lost – Headstream worker";
  main.classList.add("stale");
}

async function look() {
  try {
    const answer = await fetch("/console/state", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok) {
      throw new Error(`status ${answer.status}`);
    }
    show(await answer.json());
    failed = 0;
    lastSeen = Date.now();
    lostSince = null;
    main.classList.remove("stale");
    updated.textContent = `updated ${clock(lastSeen)}`;
  } catch (problem) {
    failed += 1;
    if (!(problem instanceof TypeError) && problem.name !== "TimeoutError") {
      console.error(problem);
    }
    gone();
  }
  const pause = failed > 0 ? Math.min(LONGEST, EVERY * 2 ** (failed - 1)) : EVERY;
  timer = setTimeout(look, document.hidden ? Math.max(HIDDEN, pause) : pause);
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && timer !== null) {
    clearTimeout(timer);
    timer = null;
    look();
  }
});

look();
