import { fact, fileSource, type Fact } from '../fact';
import type { PipelinePhase } from '../profile';
import { makeCommands, readMakeTargets, type MakeTarget } from './makefile';
import { findLines } from './places';
import { inFolder, type Reading } from './reading';

/**
 * What a folder's Makefile and justfile define by phase, as far as the recipe calls one of the given programs: in a
 * folder of two languages each then takes its own. A Makefile's target comes before a recipe of just.
 */
export async function readTargetCommands(
  reading: Reading,
  folder: string,
  programs: RegExp,
): Promise<Partial<Record<PipelinePhase, readonly Fact<string>[]>>> {
  const calls = ({ recipe }: MakeTarget): boolean => programs.test(recipe) && !MENDS.test(recipe);
  const make = (await readMakeTargets(reading, folder)).filter(calls);
  const just = (await readJustRecipes(reading, folder)).filter(calls);
  return { ...makeCommands(just), ...makeCommands(make) };
}

/** Options by which a tool mends what it finds: such a recipe passes whatever the files look like. */
const MENDS =
  /\s--(fix|write|auto-?correct(-all)?)\b|\brubocop\b[^\n]*\s-[aA]\b|\bgofmt\b[^\n]*\s-w\b|\bphpcbf\b/;

/** Recipes of a folder's justfile that take no argument; empty where there is none. */
export async function readJustRecipes(reading: Reading, folder: string): Promise<readonly MakeTarget[]> {
  const path = ['justfile', 'Justfile', '.justfile']
    .map((name) => inFolder(folder, name))
    .find((candidate) => reading.has(candidate));
  const text = path === undefined ? null : await reading.text(path);
  if (path === undefined || text === null) return [];
  const lines = text.split(/\r\n|\n/);
  return findLines(text, /^@?([A-Za-z_][\w-]{0,60})\s*:(?!=)/)
    .filter(({ range }) => range.start.column === 1)
    .map(({ match, range }) => {
      const recipe: string[] = [];
      for (const line of lines.slice(range.start.line)) {
        if (!/^(\s|$)/.test(line)) break;
        recipe.push(line.trim());
      }
      const name = match[1] ?? '';
      return { name, fact: fact(`just ${name}`, fileSource(path, range)), recipe: recipe.join('\n') };
    });
}
