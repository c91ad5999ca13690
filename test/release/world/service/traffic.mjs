// People who order: one read in four is a write, at a rate that can change at any time.
import { Agent, request } from 'node:http';

const TICK_MS = 20;
const MAX_DUE = 1000;

/**
 * Sends requests until the process ends; one that fails is a request that failed, and nothing else.
 *
 * @param {{ url: string, perSecond: () => number, random: () => number }} options
 */
export function startTraffic({ url, perSecond, random }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  let owed = 0;
  let before = performance.now();
  setInterval(() => {
    const now = performance.now();
    owed = Math.min(MAX_DUE, owed + (perSecond() * (now - before)) / 1000);
    before = now;
    // Poisson would be truer; a whole number that chance rounds keeps the rate and is jumpy enough.
    const sent = Math.floor(owed + random() * 0.999);
    owed -= sent;
    for (let at = 0; at < sent; at++) send();
  }, TICK_MS);

  function send() {
    const isWrite = random() < 0.2;
    const call = request(
      `${url}/orders`,
      {
        agent,
        method: isWrite ? 'POST' : 'GET',
        headers: isWrite ? { 'content-type': 'application/json' } : {},
      },
      (response) => response.resume(),
    );
    call.on('error', () => {});
    call.end(isWrite ? '{"item":"book","pieces":1}' : undefined);
  }
}
