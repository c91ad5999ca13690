/** The verdict as the heading prints it: `Released-with-override` where somebody left the watch window (C2). */
export function verdictOnRecord(record: { readonly verdict: string; readonly override: string }): string {
  return record.verdict === 'Released' && record.override !== '' ? 'Released-with-override' : record.verdict;
}

/** Whether nobody knows what runs, by what the front matter says (C16). */
export function isUnknownOnRecord(record: {
  readonly liveSystem: string;
  readonly rollbackVerified: string;
}): boolean {
  return record.liveSystem === 'unknown' || record.rollbackVerified === 'no';
}
