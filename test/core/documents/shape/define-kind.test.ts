import assert from 'node:assert/strict';
import fc from 'fast-check';
import { defineKind, frontMatter, inSection } from '../../../../src/core/documents/shape/define-kind';
import {
  checklist,
  code,
  groups,
  groupTitle,
  list,
  prose,
  runbookSteps,
  table,
  tableWithFlags,
  together,
  value,
} from '../../../../src/core/documents/shape/parts';
import type { RunbookStep } from '../../../../src/core/documents/markdown/steps';
import { dataOfFields } from '../../../support/generated-data';

interface Sample {
  readonly service: string;
  readonly about: string;
  readonly overview: { readonly target: string; readonly window: string };
  readonly nested: { readonly notes: readonly string[]; readonly query: string };
  readonly secrets: readonly {
    readonly name: string;
    readonly owner: string;
    readonly uses: readonly { readonly path: string; readonly isLive: boolean }[];
    readonly steps: readonly RunbookStep[];
  }[];
  readonly people: readonly { readonly name: string; readonly role: string }[];
  readonly done: readonly { readonly text: string; readonly isDone: boolean }[];
}

const sampleKind = defineKind<Sample>({
  id: 'sample',
  title: 'Sample',
  sections: [
    { id: 'about', title: 'About', isRequired: true },
    { id: 'overview', title: 'Overview', isRequired: true },
    { id: 'secrets', title: 'Secrets', isRequired: true, holds: 'groups' },
    { id: 'people', title: 'People', isRequired: true, holds: 'table' },
    { id: 'notes', title: 'Notes', isRequired: true, holds: 'list' },
    { id: 'query', title: 'Query', isRequired: true },
    { id: 'done', title: 'Done', isRequired: true, holds: 'list' },
  ],
  source: `---
kind: sample
service: {{yaml service}}
---

# Sample of {{text service}}

## About

{{prose about}}

## Overview

- **Target environment:** {{text overview.target}}
- **Window:** {{text overview.window}}

## Secrets

{{#each secrets}}
### {{heading name}}

- **Owner:** {{text owner}}

{{table uses "Path:path:code, Live:isLive:yes"}}

{{steps steps}}

{{/each}}
## People

{{table people "Name:name, Role:role"}}

## Notes

{{list nested.notes}}

## Query

{{fence nested.query}}

## Done

{{checklist done}}
`,
  fields: {
    service: frontMatter('service'),
    about: inSection('about', prose()),
    overview: inSection(
      'overview',
      together({ target: value('target environment', 'target'), window: value('window') }),
    ),
    nested: { fields: { notes: inSection('notes', list()), query: inSection('query', code()) } },
    secrets: inSection(
      'secrets',
      groups({
        name: groupTitle(),
        owner: value('owner'),
        uses: tableWithFlags({ path: ['path'] }, { isLive: ['live'] }),
        steps: runbookSteps(),
      }),
    ),
    people: inSection('people', table({ name: ['name', 'who'], role: ['role'] })),
    done: inSection('done', checklist()),
  },
});

describe('a kind that is defined by its fields', () => {
  it('gives any data back', () => {
    fc.assert(
      fc.property(dataOfFields(sampleKind.fields), (data) => {
        const written = sampleKind.render(data as Sample);
        const read = sampleKind.read('sample.md', written);
        assert.deepEqual(JSON.parse(JSON.stringify(read.data)), JSON.parse(JSON.stringify(data)));
        assert.deepEqual(read.problems, []);
        assert.equal(sampleKind.render(read.data), written);
      }),
      { numRuns: 150 },
    );
  });

  it('takes a group that is called like a section for a group', () => {
    const name = 'People';
    const group = { name, owner: 'ada', uses: [], steps: [] };
    const data: Sample = {
      service: 'orders',
      about: '',
      overview: { target: 'production', window: '' },
      nested: { notes: [], query: 'up' },
      secrets: [group, { ...group, name: 'Notes ##' }],
      people: [{ name: 'Ada', role: 'a | b' }],
      done: [],
    };
    assert.deepEqual(sampleKind.read('sample.md', sampleKind.render(data)).data, data);
  });

  it('goes by what the front matter says, and by the path where it says nothing', () => {
    const atPath = defineKind<object>({
      id: 'sample',
      title: 'Sample',
      sections: [],
      source: '',
      fields: {},
      path: /SAMPLE\.md$/,
    });
    assert.ok(atPath.recognises('docs/SAMPLE.md', {}));
    assert.ok(atPath.recognises('notes.md', { kind: 'sample' }));
    assert.ok(!atPath.recognises('docs/SAMPLE.md', { kind: 'runbook' }));
    assert.ok(!atPath.recognises('notes.md', {}));
  });
});
