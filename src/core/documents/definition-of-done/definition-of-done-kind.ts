import { answerColumns } from '../markdown/answers';
import { defineKind, frontMatter, inSection } from '../shape/define-kind';
import { table } from '../shape/parts';
import { toldClaims, toldSection } from '../shape/told';
import type { DefinitionOfDone } from './definition-of-done';
import source from './template.hbs';

/** The eight items without which a release is not done, answered from evidence. */
export const definitionOfDoneKind = defineKind<DefinitionOfDone>({
  id: 'definition-of-done',
  title: 'Definition of done',
  path: /(?:^|\/)DEFINITION_OF_DONE(?:_[^/]+)?\.md$/,
  source,
  sections: [
    {
      id: 'items',
      title: 'Items',
      isRequired: true,
      isEssential: true,
      aliases: ['checklist', 'definition of done', 'criteria'],
      holds: 'table',
      needs: 'the eight items with their answers',
    },
    toldSection,
  ],
  fields: {
    service: frontMatter('service'),
    version: frontMatter('version'),
    commit: frontMatter('commit'),
    items: inSection('items', table(answerColumns)),
    claims: toldClaims(),
  },
});
