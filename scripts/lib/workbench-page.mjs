import { mkdirSync } from 'node:fs';
import path from 'node:path';

/**
 * Looks at a workbench that is open in a page, and drives it as a person does. A place is
 * `{ selector, text?, inWebview?, which? }`: the visible elements that match a CSS selector and, if told, hold a text;
 * `which` counts from 0, or from the end with negative numbers (without it the first is taken). Every wait has an end,
 * and its error says what was looked for.
 *
 * @param {import('playwright-core').Page} page
 * @param {{ picturesFolder: string }} options where `screenshot` leaves its files
 */
export function workbenchPage(page, { picturesFolder }) {
  const standardWaitMs = 20_000;

  /** The visible matches, in the page or in whichever of its frames has any. */
  async function matches({ selector, text, inWebview = false }) {
    const frames = inWebview
      ? page.frames().filter((frame) => frame !== page.mainFrame())
      : [page.mainFrame()];
    for (const frame of frames) {
      let found = frame.locator(selector).filter({ visible: true });
      if (text !== undefined) found = found.filter({ hasText: text });
      // A frame may go away while it is asked.
      const all = await found.all().catch(() => []);
      if (all.length > 0) return all;
    }
    return [];
  }

  async function until(place, timeoutMs, ask) {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const answer = await ask(await matches(place)).catch(() => undefined);
      if (answer !== undefined) return answer;
      if (Date.now() > end) {
        throw new Error(`${describe(place)} did not come about in ${timeoutMs / 1000} seconds`);
      }
      await page.waitForTimeout(50);
    }
  }

  const one = (found, which = 0) => found.at(which);

  const workbench = {
    /** The text of each visible match, now; none is an empty list. */
    async texts(place) {
      const found = await matches(place);
      return Promise.all(found.map((each) => each.innerText({ timeout: 1_000 }).catch(() => '')));
    },

    /** Waits for a visible match and gives its text. */
    waitFor(place, timeoutMs = standardWaitMs) {
      return until(place, timeoutMs, async (found) => one(found, place.which)?.innerText({ timeout: 1_000 }));
    },

    /** Waits until nothing visible matches. */
    async waitForNone(place, timeoutMs = standardWaitMs) {
      await until(place, timeoutMs, async (found) => (found.length === 0 ? true : undefined));
    },

    async attribute(place, name, timeoutMs = standardWaitMs) {
      return until(place, timeoutMs, async (found) => {
        const value = await one(found, place.which)?.getAttribute(name, { timeout: 1_000 });
        return value ?? undefined;
      });
    },

    async click(place, timeoutMs = standardWaitMs) {
      await until(place, timeoutMs, async (found) => {
        const target = one(found, place.which);
        if (!target) return undefined;
        await target.click({ timeout: 2_000 });
        return true;
      });
    },

    /** Presses keys one after the other: `Control+Shift+P`, `Enter`. */
    async press(...keys) {
      for (const key of keys) await page.keyboard.press(key);
    },

    async type(text) {
      await page.keyboard.type(text, { delay: 5 });
    },

    /**
     * Runs a command of the palette by its title, with keys only. The palette lists what was contributed when it
     * opened, so it is opened again until a workbench that has just started knows the command.
     */
    async runCommand(title) {
      const row = { selector: '.quick-input-list .monaco-list-row', text: title };
      const end = Date.now() + standardWaitMs;
      for (;;) {
        await page.keyboard.press('F1');
        await workbench.waitFor({ selector: '.quick-input-widget input' });
        await page.keyboard.type(title, { delay: 5 });
        try {
          await workbench.waitFor(row, 4_000);
          break;
        } catch (error) {
          if (Date.now() > end) throw error;
          await page.keyboard.press('Escape');
        }
      }
      await page.keyboard.press('Enter');
      await workbench.waitForNone(row);
    },

    /** Takes a picture of the whole window; the path of its file. */
    async screenshot(name) {
      mkdirSync(picturesFolder, { recursive: true });
      const file = path.join(picturesFolder, `${name.replace(/[^\w.-]+/g, '-')}.png`);
      await page.screenshot({ path: file });
      return file;
    },
  };
  return workbench;
}

function describe({ selector, text, inWebview }) {
  return `"${selector}"${text === undefined ? '' : ` with the text "${text}"`}${inWebview ? ' in a webview' : ''}`;
}
