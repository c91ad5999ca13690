const FOLDER = /(^|\/)(fixtures|__fixtures__|testdata|test-data)\//;

/** Whether a file is material of tests, faults included: it is judged only when it is named. */
export function isTestData(path: string): boolean {
  return FOLDER.test(path);
}
