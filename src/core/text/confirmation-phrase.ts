/** What is typed to begin, to approve and to override: it cannot be given by habit. `production 2.4.0`. */
export function confirmationPhrase(environment: string, version: string): string {
  return `${environment} ${version}`;
}
