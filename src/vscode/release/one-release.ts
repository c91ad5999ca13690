/** Several of either are refused: each release has a run, a lock and a record of its own. */
export function whyNotOne({
  version,
  environment,
}: {
  readonly version: string;
  readonly environment: string;
}): { readonly kind: 'stopped'; readonly message: string } | null {
  const several = [version, environment].find((text) => /[,;]|\s(?:and|&|\+)\s/i.test(text));
  return several === undefined
    ? null
    : {
        kind: 'stopped',
        message: `One version goes to one environment at a time, and "${several}" are several: run each by itself.`,
      };
}
