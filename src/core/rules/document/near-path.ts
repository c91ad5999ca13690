import { nearMiss } from '../near-miss';

/** More files are not compared letter by letter. */
const MAX_COMPARED = 4_000;

/**
 * The file that was likely meant by a path that does not exist: the only one of that name, or one whose name is almost
 * the same in the same folder, or whose whole path is. Null where none is near, or several are.
 */
export function nearPath(path: string, paths: ReadonlySet<string>): string | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const folder = path.slice(0, path.length - name.length);
  const called = [...paths].filter((other) => other === name || other.endsWith(`/${name}`));
  if (called.length === 1) return called[0] ?? null;
  if (called.length > 1) return null;
  const beside = [...paths].filter(
    (other) => other.startsWith(folder) && !other.slice(folder.length).includes('/'),
  );
  const near = nearMiss(
    name,
    beside.map((other) => other.slice(folder.length)),
  );
  if (near !== null) return `${folder}${near}`;
  const alike = [...paths]
    .filter((other) => Math.abs(other.length - path.length) <= 2)
    .slice(0, MAX_COMPARED);
  const whole = nearMiss(path, alike);
  return whole !== null && differsLittle(whole, path) ? whole : null;
}

/** Of a long path a third of the letters is another path. */
function differsLittle(a: string, b: string): boolean {
  let differences = Math.abs(a.length - b.length);
  for (let at = 0; at < Math.min(a.length, b.length); at++) if (a[at] !== b[at]) differences++;
  return differences <= 3;
}
