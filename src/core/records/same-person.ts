/**
 * Whether two texts name the same person: by name without case, or by address, each as `Ada Byron <ada@acme.io>` or a name
 * alone.
 */
export function isSamePerson(one: string, other: string): boolean {
  const [first, second] = [partsOf(one), partsOf(other)];
  return (
    (first.name !== '' && first.name === second.name) ||
    (first.address !== '' && first.address === second.address)
  );
}

/** A document shows an address with or without the brackets around it. */
function partsOf(text: string): { readonly name: string; readonly address: string } {
  const address = /[^\s<>()]+@[^\s<>()]+/.exec(text)?.[0] ?? '';
  const name = text
    .replace(address, ' ')
    .replace(/[<>()]/g, ' ')
    .replace(/\s+/g, ' ');
  return { name: name.trim().toLowerCase(), address: address.toLowerCase() };
}
