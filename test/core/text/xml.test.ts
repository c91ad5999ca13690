import assert from 'node:assert/strict';
import { walkXml, XML_LIMITS, type XmlElement } from '../../../src/core/text/xml';

function walk(text: string, limits = XML_LIMITS) {
  const seen: string[] = [];
  const elements: XmlElement[] = [];
  const result = walkXml(
    text,
    {
      open: (element) => {
        elements.push(element);
        seen.push(`<${element.name}`);
      },
      close: (element, inside) => seen.push(`${inside.trim()}/${element.name}`),
    },
    limits,
  );
  return { result, seen, elements };
}

function reasonOf(text: string, limits = XML_LIMITS): string {
  const { result } = walk(text, limits);
  return result.ok ? 'read' : result.reason;
}

describe('walking XML', () => {
  it('tells elements with attributes, text and the place of the opening tag', () => {
    const text =
      '\uFEFF<?xml version="1.0"?>\r\n<a x="1 &amp; 2">\r\n  <n:b/>😀<![CDATA[<raw>]]>\n  <c\n   y="z">t</c></a>';
    const { result, seen, elements } = walk(text);
    assert.ok(result.ok);
    assert.deepEqual(seen, ['<a', '<b', '/b', '<c', 't/c', '😀<raw>/a']);
    assert.equal(elements[0]?.attributes['x'], '1 & 2');
    for (const element of elements) {
      assert.equal(text[element.span.start], '<', element.name);
      assert.equal(text[element.span.end - 1], '>', element.name);
    }
    const last = elements[2];
    assert.ok(last);
    assert.deepEqual(result.lines.rangeOf(last.span), {
      start: { line: 4, column: 3 },
      end: { line: 5, column: 10 },
    });
  });

  it('refuses entities of its own, and takes a document type that only names a file', () => {
    const laughs = `<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]><lolz>&lol2;</lolz>`;
    assert.match(reasonOf(laughs), /^declares entities of its own/);
    assert.match(
      reasonOf(`<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>`),
      /^declares entities/,
    );
    assert.equal(
      reasonOf('<!DOCTYPE coverage SYSTEM "http://example.org/coverage-04.dtd"><coverage/>'),
      'read',
    );
    assert.match(reasonOf('<a>&unknown;</a>'), /^is no XML/);
  });

  it('says why it ends: cut off, no XML, empty, too deep, too much', () => {
    assert.match(reasonOf('<a><b>'), /^is cut off/);
    assert.match(reasonOf('<a><b attr="'), /^is cut off/);
    assert.match(reasonOf('<a></b>'), /^is no XML/);
    assert.match(reasonOf('{"json": true}'), /^is no XML/);
    assert.equal(reasonOf(''), 'is empty');
    assert.equal(reasonOf('\uFEFF \n'), 'is empty');
    assert.match(reasonOf('<a>'.repeat(300)), /more than 200 deep/);
    assert.match(
      reasonOf(`<a>${'<b/>'.repeat(20)}</a>`, { ...XML_LIMITS, elements: 10 }),
      /more than 10 elements/,
    );
    assert.match(reasonOf('<a></a>', { ...XML_LIMITS, characters: 3 }), /more than 3 characters/);
  });

  it('passes over characters that XML does not allow, as programs print them', () => {
    const { result, seen } = walk('<a>red \u001b[31m and \ufffe</a>');
    assert.ok(result.ok);
    assert.match(seen.at(-1) ?? '', /^red .*\/a$/);
    assert.equal(reasonOf('<a b="&#x1b;[0m"/>'), 'read');
  });

  it('cuts long text', () => {
    const { seen } = walk(`<a>${'x'.repeat(10_000)}</a>`);
    assert.equal(seen.at(-1)?.length, 4_000 + '/a'.length);
  });

  it('never throws on damaged documents', () => {
    const whole = '<?xml version="1.0"?><!-- c --><a x="1"><b>t &lt; <![CDATA[c]]></b><?pi x?></a>';
    for (let end = 0; end <= whole.length; end++) reasonOf(whole.slice(0, end));
    for (let at = 0; at < whole.length; at++) {
      for (const odd of ['<', '>', '&', '"', '\0', '\ud800'])
        reasonOf(whole.slice(0, at) + odd + whole.slice(at + 1));
    }
  });
});
