import { LANGUAGE_NAMES, type Language } from '../../evidence/profile';
import { useAction } from './actions';
import type { CheckContext } from './checks';
import { checkout, setup } from './setup';
import type { JobSpec } from './workflow-text';

interface CodeqlLanguage {
  readonly language: string;
  readonly label: string;
  readonly mode: 'none' | 'autobuild';
}

/**
 * CodeQL's name of a language and how it gets at the code: docs.github.com, "CodeQL build options"; null for one that
 * it does not read (codeql.github.com, "Supported languages and frameworks").
 */
const CODEQL: Readonly<Record<Language, CodeqlLanguage | null>> = {
  node: { language: 'javascript-typescript', label: 'JavaScript and TypeScript', mode: 'none' },
  python: { language: 'python', label: 'Python', mode: 'none' },
  go: { language: 'go', label: 'Go', mode: 'autobuild' },
  java: { language: 'java-kotlin', label: 'Java', mode: 'none' },
  rust: { language: 'rust', label: 'Rust', mode: 'none' },
  dotnet: { language: 'csharp', label: 'C#', mode: 'none' },
  ruby: { language: 'ruby', label: 'Ruby', mode: 'none' },
  php: null,
};

/** Kotlin is only read while it is compiled. */
const KOTLIN: CodeqlLanguage = { language: 'java-kotlin', label: 'Java and Kotlin', mode: 'autobuild' };

/** One scan for each language that CodeQL reads; for each other one a note. */
export function codeqlJobs(context: CheckContext): JobSpec[] {
  const { plan, paths, notes } = context;
  const languages = [...new Set(plan.units.flatMap((unit) => unit.stacks.map((stack) => stack.language)))];
  return languages.flatMap((language) => {
    const has = (...endings: readonly string[]): boolean =>
      [...paths].some((path) => endings.some((ending) => path.endsWith(ending)));
    const isKotlin = language === 'java' && has('.kt');
    // F# and Visual Basic are .NET too, and CodeQL reads neither.
    const isRead = language !== 'dotnet' || has('.cs', '.cshtml', '.razor') || !has('.fs', '.vb');
    const codeql = isKotlin ? KOTLIN : isRead ? CODEQL[language] : null;
    if (!codeql) {
      const name = language === 'dotnet' ? 'F# or Visual Basic' : LANGUAGE_NAMES[language];
      notes.add(`CodeQL does not read ${name}, so no job scans its code: name a scanner of your own.`);
      return [];
    }
    const unit = plan.units.find(({ root }) => root.language === language);
    return [
      {
        id: `codeql-${language}`,
        name: `Security scan (${codeql.label})`,
        phases: ['scan'],
        permissions: { contents: 'read', 'security-events': 'write' },
        timeoutMinutes: 30,
        steps: [
          checkout(),
          // What is compiled needs the version that the repository is written for; Go fetches its own.
          ...(isKotlin && unit ? setup(unit, paths, false, notes) : []),
          {
            name: 'Start CodeQL',
            uses: useAction('github/codeql-action/init'),
            with: { languages: codeql.language, 'build-mode': codeql.mode },
          },
          {
            name: 'Analyse',
            uses: useAction('github/codeql-action/analyze'),
            with: { category: `/language:${codeql.language}` },
            whenItFails:
              'CodeQL could not analyse the code or hand its result in: a private repository needs GitHub Code Security for it',
          },
        ],
      },
    ];
  });
}
