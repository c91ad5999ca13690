import fs from 'node:fs';
import { before } from 'mocha';
import type { ShellParser } from '../../../../src/core/ports';
import { commitOn, toldHistory } from '../../../support/told-history';
import { parsers } from '../rule-fixtures';
import { describeDocumentFixtures } from './document-fixtures';

const ID = 'step-script-changed';
const old = commitOn('2026-09-01', 'aaaaaaa');
const late = commitOn('2026-11-10', 'bbbbbbb', 'Ask before anything is deployed');
const plain = '#!/bin/sh\n# Deploys.\nkubectl apply -f k8s\n';
const asking = '#!/bin/sh\nread answer\nkubectl apply -f k8s\n';

let shell: ShellParser;
before(async () => {
  shell = await parsers.shell();
});

describeDocumentFixtures(ID, (name) => {
  const committed = fs.readFileSync(`test/fixtures/rules/${ID}/${name}`, 'utf8');
  const document = name.includes('being-edited') ? committed.replace(/The script asks.*\n/, '') : committed;
  return {
    shell,
    paths: new Set(['deploy', 'rollback', 'check', 'notify', 'new'].map((script) => `scripts/${script}.sh`)),
    history: toldHistory({
      ...(name.includes('never-committed') ? {} : { 'document.md': [[old, document]] }),
      'scripts/deploy.sh': [
        [old, plain],
        [late, asking],
      ],
      'scripts/rollback.sh': [
        [old, plain],
        [late, asking],
      ],
      'scripts/check.sh': [[old, plain]],
      'scripts/notify.sh': [
        [old, plain],
        [late, '#!/bin/sh\n\nkubectl apply -f k8s   # all of them\n'],
      ],
      'scripts/new.sh': [[late, asking]],
    }),
  };
});
