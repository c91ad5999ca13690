const LANGUAGES: readonly (readonly [RegExp, string])[] = [
  [/\.ps1$/, 'PowerShell'],
  [/\.py$/, 'Python'],
  [/\.rb$/, 'Ruby'],
  [/\.[cm]?[jt]s$/, 'JavaScript'],
  [/\.pl$/, 'Perl'],
  [/\.php$/, 'PHP'],
  [/\.(?:bat|cmd)$/, 'the language of the Windows command line'],
];

/** Why a script is not followed, by its first line or its ending; null for one of a shell. */
export function foreignProgram(
  text: string,
  path = '',
): { readonly kind: 'unread'; readonly why: string } | null {
  const firstLine = text.slice(0, 200).split('\n', 1)[0] ?? '';
  if (firstLine.startsWith('#!')) {
    return /\b(?:ba|da|k|z|a)?sh\b/.test(firstLine)
      ? null
      : { kind: 'unread', why: `is no shell script (${firstLine.trim()})` };
  }
  const language = LANGUAGES.find(([ending]) => ending.test(path))?.[1];
  return language === undefined
    ? null
    : { kind: 'unread', why: `is written in ${language}, which is not followed` };
}
