import { fact, type Fact, type Source } from '../fact';
import type { ConfiguredTool, Stack } from '../profile';

/** A tool with what names it: a package, or a command. */
export type NamedTool = readonly [pattern: RegExp, tool: ConfiguredTool];

/** The tools that names of packages or texts of commands tell, in the order of the table, each once. */
export function namedTools(
  names: ReadonlyMap<string, Source>,
  table: readonly NamedTool[],
): readonly Fact<ConfiguredTool>[] {
  const found: Fact<ConfiguredTool>[] = [];
  for (const [pattern, tool] of table) {
    const name = [...names].find(([candidate]) => pattern.test(candidate));
    if (name && !found.some(({ value }) => value.name === tool.name)) found.push(fact(tool, name[1]));
  }
  return found;
}

/** Commands with their first source, as names that {@link namedTools} takes. */
export function commandNames(commands: Stack['commands']): ReadonlyMap<string, Source> {
  return new Map(
    Object.values(commands).flatMap((all) =>
      all.flatMap(({ value, sources }) => (sources[0] ? [[value, sources[0]] as const] : [])),
    ),
  );
}
