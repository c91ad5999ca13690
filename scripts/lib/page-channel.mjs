import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

/** What a suite may ask of the page; anything else is refused. */
const actions = new Set([
  'texts',
  'waitFor',
  'waitForNone',
  'attribute',
  'click',
  'press',
  'type',
  'runCommand',
  'screenshot',
]);

/**
 * Lets the suites, which run in the extension host and see no page, look at it and drive it from there: a loopback
 * socket, one JSON object per line. A request is `{ id, key, action, args }`, its answer `{ id, ok: true, value }` or
 * `{ id, ok: false, message }`. Without the key, which only the host is told, the connection is closed.
 *
 * @param {Record<string, (...args: never[]) => Promise<unknown>>} workbench
 * @returns {Promise<{ address: string, close: () => void }>} `address` is for the host's `RELEASE_GATE_PAGE`
 */
export async function openPageChannel(workbench) {
  const key = randomBytes(16).toString('hex');
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    createInterface({ input: socket }).on('line', async (line) => {
      const request = parsed(line);
      if (request?.key !== key) {
        socket.destroy();
        return;
      }
      const answer = await perform(workbench, request);
      if (!socket.destroyed) socket.write(`${JSON.stringify({ id: request.id, ...answer })}\n`);
    });
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    address: `127.0.0.1:${server.address().port}:${key}`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

async function perform(workbench, { action, args }) {
  if (!actions.has(action)) return { ok: false, message: `the page knows no "${action}"` };
  try {
    return { ok: true, value: (await workbench[action](...args)) ?? null };
  } catch (error) {
    return { ok: false, message: error.message };
  }
}
