import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { documentKinds } from '../../../../src/core/documents/index';
import type { DocumentKind } from '../../../../src/core/documents/document';
import { environmentMatrixKind } from '../../../../src/core/documents/environment-matrix/environment-matrix-kind';
import type { DefinedKind } from '../../../../src/core/documents/shape/define-kind';
import { OversizedDocument, withTemplate } from '../../../../src/core/documents/shape/own-template';
import { dataOfFields } from '../../../support/generated-data';

const ofMatrix = builtIn('environment-matrix');
const defined = documentKinds.filter(isDefined);

function builtIn(id: string): string {
  return readFileSync(`src/core/documents/${id}/template.hbs`, 'utf8');
}

function isDefined(kind: DocumentKind<unknown>): kind is DefinedKind<unknown> {
  return 'fields' in kind;
}

function faultsOf(source: string): readonly string[] {
  const own = withTemplate(environmentMatrixKind, source);
  return own.ok ? [] : own.faults;
}

/** The template of the matrix with a tag more, in a section of its own. */
function withTag(tag: string): string {
  return `${ofMatrix}\n## Ours\n\n${tag}\n`;
}

describe('a template of the repository', () => {
  for (const kind of defined) {
    it(`may be what ${kind.id} is written by without one`, () => {
      const own = withTemplate(kind, builtIn(kind.id));
      assert.deepEqual(own.ok ? [] : own.faults, []);
    });
  }

  it('may have other words, another order and sections of its own, and gives any data back', () => {
    const [front = '', ...sections] = ofMatrix.split(/^(?=## )/m);
    const own = withTemplate(
      environmentMatrixKind,
      [
        front.replace('# Environment matrix: ', '# Acme: where it runs, '),
        '## House rules\n\nAsk #platform before a change.\n\n{{#if flags}}There are flags.{{else}}No flags.{{/if}}\n\n',
        '{{#each environments}}\n- {{text environment}} of {{text ../service}}{{#unless @last}};{{/unless}}\n{{/each}}\n\n',
        ...sections.reverse(),
      ]
        .join('')
        .replace(/\n/g, '\r\n'),
    );
    assert.deepEqual(own.ok ? [] : own.faults, []);
    assert.ok(own.ok);
    const { kind } = own;
    fc.assert(
      fc.property(dataOfFields(kind.fields), (data) => {
        const text = kind.render(data as never);
        assert.match(text, /^# Acme: where it runs/m);
        const read = kind.read('matrix.md', text).data;
        assert.deepEqual(JSON.parse(JSON.stringify(read)), JSON.parse(JSON.stringify(data)));
      }),
      { numRuns: 40 },
    );
  });

  it('lacks no required section and loses no value', () => {
    const [front = '', ...sections] = ofMatrix.split(/^(?=## )/m);
    const without = sections.filter((section) => !section.startsWith('## Environments'));
    assert.deepEqual(faultsOf([front, ...without].join('')), [
      'it lacks the section "Environments"',
      'it loses environments, written as {{table environments "Environment:environment, Purpose:purpose, Address:address, Branch or version:tracks"}} in the section "Environments"',
    ]);
    assert.deepEqual(faultsOf(ofMatrix.replace('Purpose:purpose, ', '')), [
      'it loses environments.purpose, written as {{table environments "Environment:environment, Purpose:purpose, Address:address, Branch or version:tracks"}} in the section "Environments"',
    ]);
    assert.deepEqual(faultsOf(ofMatrix.replace('{{prose summary}}', '{{prose service}}')), [
      'it changes summary, written as {{prose summary}} in the section "Summary"',
    ]);
    assert.deepEqual(faultsOf(ofMatrix.replace('service: {{yaml service}}\n', '')), [
      'it loses service, written as service: {{yaml service}} in the front matter',
    ]);
    assert.deepEqual(faultsOf(ofMatrix.replace('kind: environment-matrix', 'kind: matrix')), [
      'its front matter lacks "kind: environment-matrix", by which the document is known again',
    ]);
  });

  it('keeps a required section where there is nothing to say', () => {
    const faults = faultsOf(
      ofMatrix
        .replace('## Environments\n', '{{#if environments}}\n## Environments\n')
        .replace('## Health', '{{/if}}\n## Health'),
    );
    assert.deepEqual(faults, ['it lacks the section "Environments"']);
  });

  it('says of each tag with its line what it may not', () => {
    const last = withTag('').split('\n').length - 1;
    for (const [tag, message] of [
      ['{{service}}', /^\{\{service\}\} goes through no helper; write \{\{text service\}\}$/],
      ['{{{service}}}', /goes through no helper/],
      ['{{environments}}', /write \{\{table environments\}\}/],
      ['{{text servce}}', /^there is no "servce"; there are service, summary, environments, /],
      ['{{txt service}}', /^there is no helper "txt"; the helpers are text, heading, prose, /],
      ['{{text environments}}', /takes a single value$/],
      ['{{steps environments}}', /takes a list of steps; *|takes a list of steps$/],
      ['{{table environments}}', /takes its columns in quotes/],
      ['{{table environments "Where:plce"}}', /^the rows have no "plce"; they have environment, /],
      ['{{table environments "Where"}}', /^the rows have no ""/],
      ['{{table environments "A:environment:bold"}}', /is not written as Header:key/],
      ['{{text "words"}}', /takes one name of the data$/],
      ['{{text service more=1}}', /takes one name of the data$/],
      ['{{text (lookup this "x")}}', /takes one name of the data$/],
      ['{{text ../service}}', /leads out of the data$/],
      ['{{text @index}}', /inside \{\{#each\}\}/],
      ['{{#each environments as |row|}}{{/each}}', /names its items by no/],
      ['{{#each service}}{{/each}}', /takes a list/],
      ['{{#with service}}{{/with}}', /^there is no block "with"/],
      [
        '{{#each environments}}{{#each ../environments}}{{/each}}{{/each}}',
        /takes a list of what it stands in/,
      ],
    ] as const) {
      const [fault = '', ...others] = faultsOf(withTag(tag));
      assert.deepEqual(others, [], tag);
      const [, line, rest = ''] = /^line (\d+): (.*)$/.exec(fault) ?? [];
      assert.equal(Number(line), last, `${tag}: ${fault}`);
      assert.match(rest, message, tag);
    }
  });

  it('says where its tags cannot be read', () => {
    const last = withTag('').split('\n').length - 1;
    assert.deepEqual(faultsOf(withTag('{{#if flags}}x{{/each}}')), [
      `line ${last}: {{#if}} is closed by {{/each}}`,
    ]);
    assert.match(faultsOf(withTag('{{text service'))[0] ?? '', /^line \d+: /);
    assert.match(faultsOf(withTag('{{#if flags}}'))[0] ?? '', /^line \d+: the template ends within/);
    assert.match(
      faultsOf(withTag('{{text ser!vice}}'))[0] ?? '',
      new RegExp(`^line ${last}: a tag cannot be read`),
    );
    assert.deepEqual(faultsOf('').slice(0, 1), [
      'its front matter lacks "kind: environment-matrix", by which the document is known again',
    ]);
  });

  it('reaches nothing but the data, whatever it says', () => {
    const hostile = [
      '{{constructor}}',
      '{{constructor.constructor "return process"}}',
      '{{lookup this "__proto__"}}',
      '{{text __proto__}}',
      '{{text this.constructor.name}}',
      '{{text service.length}}',
      '{{text environments.length}}',
      '{{text environments.[0].environment}}',
      '{{text [constructor]}}',
      '{{text @root.service}}',
      '{{#each @root.environments}}{{/each}}',
      '{{#with (lookup this "constructor")}}{{/with}}',
      '{{helperMissing}}',
      '{{blockHelperMissing service}}',
      '{{#blockHelperMissing service}}{{/blockHelperMissing}}',
      '{{log service}}',
      '{{> other}}',
      '{{#> other}}{{/other}}',
      '{{#*inline "x"}}{{/inline}}',
      '{{* decorate}}',
      '{{{{raw}}}}{{x}}{{{{/raw}}}}',
      '{{toString}}',
      '{{text toString}}',
      '{{table environments "A:__proto__"}}',
      '{{table environments "A:constructor"}}',
      '{{^service}}{{/service}}',
      '{{text 1}}',
      '{{text undefined}}',
      '{{"constructor"}}',
      '{{text (text (text service))}}',
    ];
    for (const tag of hostile) {
      const faults = faultsOf(withTag(tag));
      assert.ok(faults.length > 0, tag);
      for (const fault of faults) assert.match(fault, /^line \d+: /, tag);
    }
  });

  it('is bounded in size, in tags and in depth', () => {
    const nested = (depth: number): string =>
      withTag('{{#if flags}}'.repeat(depth) + 'x' + '{{/if}}'.repeat(depth));
    assert.deepEqual(faultsOf(nested(10)), []);
    for (const depth of [21, 300]) {
      assert.match(faultsOf(nested(depth)).join(), /nested more than 20 deep/, String(depth));
    }
    assert.match(faultsOf(nested(4_500)).join(), /more than 500 tags/);
    assert.ok(faultsOf(withTag('{{#if flags}}a'.repeat(7_000))).length > 0);
    assert.match(
      faultsOf(withTag(`{{text ${'(text '.repeat(10_000)}`)).join(),
      /longer than 2000 characters/,
    );
    assert.deepEqual(faultsOf(withTag('{{text service}}'.repeat(600))), [
      'line 1: the template has more than 500 tags',
    ]);
    assert.deepEqual(faultsOf('x'.repeat(100_001)), ['it has more than 100000 characters']);
  });

  it('writes no document that nobody can read', () => {
    const own = withTemplate(environmentMatrixKind, withTag('{{text service}}'.repeat(300)));
    assert.ok(own.ok);
    const data = environmentMatrixKind.read('matrix.md', '').data;
    assert.throws(() => own.kind.render({ ...data, service: 'x'.repeat(10_000) }), OversizedDocument);
  });
});
