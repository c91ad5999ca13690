/** Something a person called a version, environment or unit, as a part of a file's name that is safe everywhere. */
export function fileNameOf(name: string): string {
  const safe = name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 60);
  return safe === '' ? 'UNNAMED' : safe;
}
