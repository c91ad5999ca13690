import path from 'node:path';
import type { Workbench } from '../workbench';

/** Where a window that a test did not expect is left as a picture. */
export const picturesFolder = path.resolve('dist-test', 'pictures');

/** Checks the workspace from the palette, and gives what the Problems view lists of one rule. */
export async function problemsOf(rule: string, workbench: Workbench): Promise<string> {
  const row = { selector: '.markers-panel .monaco-list-row' };
  await workbench.runCommand('Release Gate: Check Workspace');
  // It ends by opening the report and then the Problems view with its focus: what is typed sooner goes astray.
  await workbench.waitFor({ selector: '.view-line', text: 'Check of the workspace' }, 40_000);
  await workbench.waitFor({ selector: '.markers-panel-container:focus-within' });
  await workbench.waitFor(row);
  // The list draws only the rows that fit.
  await workbench.click({ selector: '.viewpane-filter input' });
  await workbench.type(rule);
  await workbench.waitFor({ ...row, text: rule });
  return (await workbench.texts(row)).join('\n');
}

/** Plans a release from the palette, leaving its questions unanswered, and waits for its report. */
export async function planFromPalette(workbench: Workbench): Promise<void> {
  const question = { selector: '.quick-input-widget input' };
  await workbench.runCommand('Release Gate: Plan Release from Change');
  const end = Date.now() + 40_000;
  while ((await workbench.texts({ selector: '.tab.active', text: 'plan' })).length === 0) {
    if (Date.now() > end) throw new Error('the plan did not come about in 40 seconds');
    if ((await workbench.texts(question)).length > 0) await workbench.press('Enter');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Asks from the palette whether a release is ready, and gives the verdict with what is said of the judgement. */
export async function judgeFromPalette(
  workbench: Workbench,
  version: string,
): Promise<{ readonly verdict: string; readonly status: string; readonly page: string }> {
  await workbench.runCommand('Release Gate: Is This Release Ready?');
  await workbench.waitFor({ selector: '.quick-input-widget', text: 'Which version is released?' }, 40_000);
  // A version that is proposed stands there selected, and is replaced.
  await workbench.type(version);
  await workbench.press('Enter');
  await workbench.waitFor({ selector: '.quick-input-list .monaco-list-row', text: 'production' });
  await workbench.press('Enter');
  const verdict = await workbench.waitFor({ selector: '#verdict', text: version, inWebview: true }, 40_000);
  const status = await workbench.waitFor({ selector: '#status', text: 'Judged on', inWebview: true });
  const page = await workbench.waitFor({ selector: '#judgement', inWebview: true });
  return { verdict, status, page };
}

/** Runs what watches a window; if it fails, the window is there to see. */
export async function leavingPicture<T>(
  workbench: Workbench,
  name: string,
  watch: () => Promise<T>,
): Promise<T> {
  try {
    return await watch();
  } catch (error) {
    const picture = await workbench.screenshot(name).catch(() => null);
    throw new Error(
      `${error instanceof Error ? error.message : String(error)}${picture === null ? '' : ` (the window then: ${picture})`}`,
      { cause: error },
    );
  }
}
