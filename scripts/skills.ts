// Writes skills/<name>/SKILL.md from prompts/<name>.prompt.md; a test holds the two together.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { skillFromPrompt } from '../src/core/drafting/skill';

for (const file of readdirSync('prompts')) {
  const name = file.replace(/\.prompt\.md$/, '');
  const folder = path.join('skills', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    path.join(folder, 'SKILL.md'),
    skillFromPrompt(readFileSync(path.join('prompts', file), 'utf8')),
  );
}
