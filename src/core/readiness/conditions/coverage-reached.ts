import picomatch from 'picomatch';
import { fileSource, type Source } from '../../evidence/fact';
import { mergeCoverage, perCent, sumOf, type MergedFile, type Share } from '../../evidence/results/coverage';
import { counted } from '../../text/words';
import { fail, notKnown, pass, type Condition } from '../condition';
import { besides, firstOf, noReport, onCommit, sourcesOf } from '../evidence-words';

const NEXT = 'run the tests on the commit of the release with coverage as lcov or Cobertura';

/** S2-30 and decision C11: the whole and the core modules, each with a threshold of its own. */
export const condition: Condition = {
  id: 'coverage-reached',
  title: 'The tests cover as many lines as the configuration asks for',
  weight: 'warn',
  criterion: 'execution',
  judge: (facts) => {
    const { coverage } = facts.evidence;
    const { whole, core, coreFiles } = facts.settings.coverage;
    const [unread] = coverage.unread;
    if (coverage.counting.length === 0) return noReport(coverage, 'coverage', 'report of coverage', NEXT);
    const files = mergeCoverage(
      coverage.counting.map(({ report }) => report),
      facts.paths,
    );
    const all = sumOf(files.map(({ share }) => share));
    if (all.total === 0) {
      return notKnown(
        `${firstOf(coverage.counting.map(({ path }) => path))} names no line`,
        NEXT,
        sourcesOf(coverage),
      );
    }
    const isCore = coreFiles.length > 0 ? picomatch([...coreFiles], { dot: true }) : () => false;
    const cores = files.filter(({ path }) => isCore(path));
    const ofCore = sumOf(cores.map(({ share }) => share));
    const missed: string[] = [];
    if (isBelow(all, whole)) missed.push(`${shown(all)} of the whole, below ${whole} %`);
    if (ofCore.total > 0 && isBelow(ofCore, core)) {
      missed.push(`${shown(ofCore)} of the core modules, below ${core} % (least ${least(cores)})`);
    }
    if (missed.length > 0) {
      return fail(
        `the tests cover ${missed.join(' and ')}${onCommit(facts, coverage)}`,
        'test what is not covered, or set the threshold in readiness.coverage with your reasons',
        sourcesOf(coverage),
      );
    }
    if (unread) {
      return notKnown(`${unread.path} ${unread.reason}`, NEXT, [fileSource(unread.path, unread.range)]);
    }
    if (coreFiles.length > 0 && ofCore.total === 0) {
      return notKnown(
        `no file of the core modules (${firstOf(coreFiles)}) is in ${firstOf(coverage.counting.map(({ path }) => path))}`,
        'look whether readiness.coverage.core-files names them, and whether the report holds their files',
        sourcesOf(coverage),
      );
    }
    const odd = coverage.counting.flatMap(({ path, report }) =>
      report.contradictions.map(({ message, range }) => ({ path, message, range })),
    );
    const sources: readonly Source[] = [
      ...sourcesOf(coverage),
      ...odd.slice(0, 5).map(({ path, range }) => fileSource(path, range)),
    ];
    return pass(
      `the tests cover ${shown(all)} of the whole${
        coreFiles.length > 0 ? ` and ${shown(ofCore)} of the core modules` : ', and no core modules are named'
      }${onCommit(facts, coverage)}${besides(coverage)}${odd.length > 0 ? `; ${odd[0]?.message ?? ''}` : ''}`,
      sources,
    );
  },
};

/** Compared as numbers of lines: a rounded per cent could hide the last line. */
function isBelow({ covered, total }: Share, threshold: number): boolean {
  return covered * 100 < threshold * total;
}

function shown(share: Share): string {
  return `${perCent(share) ?? 0} % of ${counted(share.total, 'line')}`;
}

function least(files: readonly MergedFile[]): string {
  const rate = ({ share }: MergedFile): number => (share.total === 0 ? 1 : share.covered / share.total);
  const [worst] = [...files].sort((a, b) => rate(a) - rate(b));
  return worst ? `${worst.path}: ${perCent(worst.share) ?? 0} %` : '';
}
