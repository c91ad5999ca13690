import type { Page } from 'playwright-core';
import type { Workbench } from '../../test/host/workbench';

/** Opens a folder in a workbench that has the extension installed; see `installed-workbench.mjs`. */
export function openInstalledWorkbench(options: {
  readonly workspace: string;
  readonly isTrustAsked?: boolean;
  readonly isPacked?: boolean;
  readonly extensions?: readonly string[];
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly picturesFolder: string;
  readonly say?: (line: string) => void;
}): Promise<{ readonly page: Page; readonly workbench: Workbench; readonly close: () => Promise<void> }>;
