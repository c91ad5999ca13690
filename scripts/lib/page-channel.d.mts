/** Lets suites in the extension host drive the page over a loopback socket; see `page-channel.mjs`. */
export function openPageChannel(
  workbench: Readonly<Record<string, (...args: never[]) => Promise<unknown>>>,
): Promise<{ readonly address: string; readonly close: () => void }>;
