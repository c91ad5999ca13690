import type { Condition } from '../condition';
import { judgeDrill } from '../recorded-drill';

/** A restore of a backup that was practised; only where there is a database, and blocking where data is lost. */
export const condition: Condition = {
  id: 'backup-restore-drilled',
  title: 'The restore of a backup was practised',
  weight: ({ change }) =>
    change?.irreversible.some(({ kind }) => kind === 'data-delete' || kind === 'storage-delete') === true
      ? 'block'
      : 'warn',
  criterion: 'reversibility',
  judge: (facts) => {
    const { change, profile, settings } = facts;
    const keepsData =
      profile.migrationFolders.length > 0 ||
      change?.touches.some(({ kind }) => kind === 'schema' || kind === 'data') === true ||
      change?.irreversible.some(({ kind }) => kind === 'data-delete' || kind === 'storage-delete') === true;
    return keepsData
      ? judgeDrill(
          facts,
          'backup-restore',
          'the restore of a backup',
          settings.drills.backupRestoreMaxAgeDays,
        )
      : null;
  },
};
