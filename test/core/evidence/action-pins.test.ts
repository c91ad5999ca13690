import assert from 'node:assert/strict';
import { actionPins, knownPins, pinOf } from '../../../src/core/evidence/action-pins';

describe('action pins', () => {
  it('hold full commits, versions, and at least two agreeing repositories or GitHub itself, each pair once', () => {
    const seen = new Set<string>();
    for (const pin of knownPins) {
      assert.match(pin.commit, /^[0-9a-f]{40}$/, pin.action);
      assert.match(pin.version, /^\d+\.\d+(\.\d+)?$/, pin.action);
      assert.ok(pin.agreeing === 'github' || pin.agreeing >= 2, pin.action);
      assert.match(pin.read, /^\d{4}-\d{2}(-\d{2})?$/, pin.action);
      const key = `${pin.action}@${pin.version}`;
      assert.ok(!seen.has(key), `${key} stands twice`);
      seen.add(key);
    }
  });

  it('never give one commit to two versions of an action', () => {
    for (const pin of knownPins) {
      const same = knownPins.filter((other) => other.action === pin.action && other.commit === pin.commit);
      assert.equal(same.length, 1, `${pin.action} ${pin.commit}`);
    }
  });

  it('answer the refs that people write, by lower-case name', () => {
    const exact = actionPins.get('actions/checkout@v6.0.1');
    assert.equal(exact?.version, '6.0.1');
    const major = actionPins.get('actions/checkout@v6');
    assert.equal(major?.version, '6.0.2', 'the version that most repositories agree on');
    assert.equal(actionPins.get('actions/checkout@v6.0')?.commit, major?.commit);
    assert.equal(actionPins.get('actions/checkout@v1'), undefined);
    assert.equal(actionPins.get('actions/checkout@main'), undefined);
  });

  it('spell a tag as its repository does', () => {
    assert.equal(pinOf('shivammathur/setup-php')?.tag, '2.35.5');
    assert.equal(pinOf('superfly/flyctl-actions/setup-flyctl')?.tag, '1.6');
    assert.equal(pinOf('actions/checkout')?.tag, 'v7.0.1');
  });

  it('stand in order of action and, of one action, newest first', () => {
    const numbers = (version: string): number[] => version.split('.').map(Number);
    for (const [index, pin] of knownPins.entries()) {
      const before = knownPins[index - 1];
      if (!before) continue;
      const [a, b] = [before.action.toLowerCase(), pin.action.toLowerCase()];
      assert.ok(a <= b, `${before.action} before ${pin.action}`);
      if (a !== b) continue;
      const [first, second] = [numbers(before.version), numbers(pin.version)];
      const at = first.findIndex((number, position) => number !== second[position]);
      assert.ok(
        (first[at] ?? 0) > (second[at] ?? 0),
        `${pin.action} ${before.version} before ${pin.version}`,
      );
    }
  });

  it('give new text the newest known major version, whatever the case of the name', () => {
    assert.equal(pinOf('Actions/Checkout')?.version, '7.0.1');
    assert.equal(pinOf('nobody/nothing'), null);
  });
});
