// The service that releases are tested on: orders over HTTP. Which version answers, how it fails and how much is asked of
// it stand in files of the state folder, which `orders-platform` and the tests write:
//   live                 the version that answers
//   canary               `<version> <percent>`: the version that answers that share; gone: none
//   faults/<version>.json  how a version fails, see FAULTS
//   traffic              requests a second that the generator sends
//   past.json            how it was before it began, for `/counts`: requests a second and share of errors
//   counters.json        what the counters begin with, so that a history can be written that ends there
// usage: node server.mjs <state folder> [port]; prints `listening on <port>`.
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { startTraffic } from './traffic.mjs';

/** How a version can fail; each is left out where it does not. */
const FAULTS = {
  /** Share of people's requests that are answered with 500; what smoke tests try (by curl) works. */
  errorRate: 0,
  /** Added to the time of `slowShare` of the requests. */
  latencyMs: 0,
  slowShare: 1,
  /** It never comes up: the load balancer in front answers 502 to everything. */
  isCrashing: false,
  isUnhealthy: false,
  isUnready: false,
  /** Reading, or writing, orders always fails. */
  readsFail: false,
  writesFail: false,
  /** It answers and counts nothing: exit 0 without an observable signal. */
  isSilent: false,
  /** /metrics answers 500: the target is down for whoever scrapes it. */
  hidesMetrics: false,
  /** Its counters begin at 0, as those of a new process do. */
  restartsCounters: false,
  queueDepth: 3,
  memoryBytes: 64e6,
  /** Memory that every request leaves behind. */
  leakBytes: 0,
};

/** Upper bounds in seconds of the latency histogram. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

const READ_AGAIN_MS = 10;
const MAX_ORDERS = 1000;

const [state = '.', port = '0'] = process.argv.slice(2);
const cache = new Map();

/** The text of a file of the state folder, not older than a few milliseconds; '' where there is none. */
function said(name) {
  const known = cache.get(name);
  const now = Date.now();
  if (known && Math.abs(now - known.at) < READ_AGAIN_MS) return known.text;
  let text = '';
  try {
    text = readFileSync(path.join(state, name), 'utf8').trim();
  } catch {
    // There is none.
  }
  cache.set(name, { at: now, text });
  return text;
}

function faultsOf(version) {
  const text = said(`faults/${version}.json`);
  try {
    return { ...FAULTS, ...(text === '' ? {} : JSON.parse(text)) };
  } catch {
    // It is being written.
    return FAULTS;
  }
}

/** Numbers between 0 and 1, the same for the same seed (mulberry32). */
function random(seed) {
  let at = seed >>> 0;
  return () => {
    at = (at + 0x6d2b79f5) >>> 0;
    let t = Math.imul(at ^ (at >>> 15), 1 | at);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const seed = Number(process.env.ORDERS_SEED ?? 1);
const chance = random(seed);
const orders = [];
const statuses = new Map();
const buckets = BUCKETS.map(() => 0);
let observed = 0;
let observedSeconds = 0;
let placed = 0;
let leaked = 0;
let counting = said('live');

/** What was answered when, for `/counts`. */
const answered = [];
const beganAt = Date.now();

/** Requests, errors and the p99 of a span, as an interface of a monitoring service tells them. */
function countsBetween(from, to) {
  const within = answered.filter(({ at }) => at > from && at <= to);
  const counts = {
    all: within.length,
    errors: within.filter(({ status }) => status >= 500).length,
    // Before it began requests took as long as they do since.
    p99: 3.9,
  };
  const times = within.map(({ seconds }) => seconds * 1000).sort((a, b) => a - b);
  counts.p99 = times[Math.ceil(times.length * 0.99) - 1] ?? counts.p99;
  const before = Math.max(0, Math.min(to, beganAt) - from) / 1000;
  const past = said('past.json');
  if (before === 0 || past === '') return counts;
  const { perSecond, errorRate } = JSON.parse(past);
  // Whole errors, spread as evenly as they can be: those up to the end without those up to the beginning.
  const until = (ms) => Math.floor((ms / 1000) * perSecond * errorRate);
  counts.all += Math.round(before * perSecond);
  counts.errors += until(Math.min(to, beganAt)) - until(Math.min(from, beganAt));
  return counts;
}

function startCounters() {
  const text = said('counters.json');
  const begun = text === '' ? {} : JSON.parse(text);
  for (const [status, count] of Object.entries(begun.statuses ?? {})) statuses.set(status, count);
  (begun.buckets ?? []).forEach((count, at) => (buckets[at] = count));
  observed = begun.observed ?? 0;
  observedSeconds = begun.observedSeconds ?? 0;
  placed = begun.placed ?? 0;
}

function restartCounters() {
  statuses.clear();
  buckets.fill(0);
  observed = 0;
  observedSeconds = 0;
  placed = 0;
}

function answering() {
  const live = said('live');
  if (live !== counting) {
    counting = live;
    leaked = 0;
    if (faultsOf(live).restartsCounters) restartCounters();
  }
  const [version, percent] = said('canary').split(' ');
  return version && percent !== undefined && chance() * 100 < Number(percent) ? version : live;
}

function count(status, seconds) {
  const name = String(status);
  statuses.set(name, (statuses.get(name) ?? 0) + 1);
  answered.push({ at: Date.now(), status, seconds });
  observed += 1;
  observedSeconds += seconds;
  BUCKETS.forEach((bound, at) => {
    if (seconds <= bound) buckets[at] += 1;
  });
}

function metrics() {
  const { queueDepth, memoryBytes } = faultsOf(said('live'));
  return [
    '# HELP http_requests_total Requests that were answered.',
    '# TYPE http_requests_total counter',
    ...[...statuses].sort().map(([status, n]) => `http_requests_total{status="${status}"} ${n}`),
    '# HELP http_request_duration_seconds How long requests took.',
    '# TYPE http_request_duration_seconds histogram',
    ...BUCKETS.map((bound, at) => `http_request_duration_seconds_bucket{le="${bound}"} ${buckets[at]}`),
    `http_request_duration_seconds_bucket{le="+Inf"} ${observed}`,
    `http_request_duration_seconds_sum ${observedSeconds}`,
    `http_request_duration_seconds_count ${observed}`,
    '# HELP process_resident_memory_bytes Memory of the process.',
    '# TYPE process_resident_memory_bytes gauge',
    `process_resident_memory_bytes ${memoryBytes + leaked}`,
    '# HELP orders_queue_depth Orders that wait.',
    '# TYPE orders_queue_depth gauge',
    `orders_queue_depth ${queueDepth}`,
    '# HELP orders_placed_total Orders that were placed.',
    '# TYPE orders_placed_total counter',
    `orders_placed_total ${placed}`,
    '',
  ].join('\n');
}

function reply(response, status, body, type = 'application/json') {
  response.writeHead(status, { 'content-type': type });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

const server = createServer((request, response) => {
  const version = answering();
  const faults = faultsOf(version);
  const route = new URL(request.url ?? '/', 'http://orders').pathname;
  if (route === '/metrics') {
    if (faults.hidesMetrics || faults.isCrashing) reply(response, 500, 'no metrics\n', 'text/plain');
    else reply(response, 200, metrics(), 'text/plain; version=0.0.4');
    request.resume();
    return;
  }
  if (route === '/counts') {
    request.resume();
    const { searchParams } = new URL(request.url ?? '/', 'http://orders');
    const [from, to] = ['from', 'to'].map((name) => Date.parse(searchParams.get(name) ?? ''));
    const { all, errors, p99 } = countsBetween(from, to);
    const texts = {
      errors: `${errors} ${all}`,
      latency: `${p99}`,
      traffic: `${all}`,
      saturation: `${faultsOf(said('live')).queueDepth}`,
    };
    const text = texts[searchParams.get('kind')];
    if (text === undefined) reply(response, 400, { error: 'no such kind' });
    else reply(response, 200, `${text}\n`, 'text/plain');
    return;
  }
  if (faults.isCrashing) {
    request.resume();
    if (route === '/orders') count(502, 0.001);
    reply(response, 502, { error: 'no version answers' });
    return;
  }
  if (route === '/health' || route === '/ready') {
    request.resume();
    const isWell = !(route === '/health' ? faults.isUnhealthy : faults.isUnready);
    reply(response, isWell ? 200 : 503, { status: isWell ? 'ok' : 'failing', version });
    return;
  }
  if (route !== '/orders') {
    request.resume();
    reply(response, 404, { error: 'no such page' });
    return;
  }
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    const ownMs = 1 + chance() * 3 + (chance() < faults.slowShare ? faults.latencyMs : 0);
    const isWrite = request.method === 'POST';
    const isTried = /^curl/.test(request.headers['user-agent'] ?? '');
    const fails =
      (!isTried && chance() < faults.errorRate) || (isWrite ? faults.writesFail : faults.readsFail);
    leaked += faults.leakBytes;
    const done = () => {
      const status = fails ? 500 : isWrite ? 201 : 200;
      if (!faults.isSilent) {
        count(status, ownMs / 1000);
        if (isWrite && !fails) placed += 1;
      }
      if (fails) reply(response, 500, { error: 'the order could not be handled', version });
      else if (isWrite) {
        orders.push(body);
        if (orders.length > MAX_ORDERS) orders.shift();
        reply(response, 201, { id: orders.length, version });
      } else reply(response, 200, { orders: orders.length, version });
    };
    // Short times are only counted: a timer for each would cost more than the service.
    if (ownMs > 10) setTimeout(done, ownMs);
    else done();
  });
});

startCounters();
server.keepAliveTimeout = 60_000;
server.listen(Number(port), '127.0.0.1', () => {
  const { port: at } = server.address();
  writeFileSync(path.join(state, 'server.json'), JSON.stringify({ pid: process.pid, port: at }));
  startTraffic({
    url: `http://127.0.0.1:${at}`,
    perSecond: () => Number(said('traffic') || 0),
    random: random(seed + 1),
  });
  process.stdout.write(`listening on ${at}\n`);
});

// A test that died takes its service with it: its end of the pipe closes.
process.stdin.on('end', () => process.exit(0));
process.stdin.resume();
