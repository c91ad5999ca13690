/** What is to be written with a choice that needs words. */
export function wordsFor(choice: string): string {
  return choice === 'abort' ? 'why?' : choice === 'edit-scope' ? 'what changes?' : 'what was seen?';
}
