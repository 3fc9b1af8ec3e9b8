import type { ActivityFile } from '../../contract/activities.ts';
import type { NewEvent } from '../../contract/events.ts';
import { ok, type Result } from '../../contract/failures.ts';
import type { Env } from '../env.ts';
import type { Journal } from '../journal/journal.ts';
import type { HeadMove } from '../workspace/head-log.ts';
import type { WorkTree } from '../workspace/work-tree.ts';
import type { Bursts } from './bursts.ts';
import { gitActivity, gitCommit, gitSwitched } from './engine-decisions.ts';
import { meaningOf } from './git-moves.ts';
import type { ContentChange, KnownContents } from './known-contents.ts';

export interface Commit {
  readonly head: string;
  readonly files: readonly string[];
  readonly event: string;
}

/**
 * After HEAD moved: one event for each commit, one for everything else, and one activity of git's for the files that now hold what
 * the new HEAD holds. Gives what changed besides, which git did not write.
 */
export async function takeMoves(
  deps: {
    readonly env: Pick<Env, 'clock' | 'random'>;
    readonly journal: Journal;
    readonly tree: WorkTree;
    readonly known: KnownContents;
    readonly bursts: Bursts;
    readonly onCommit: (commit: Commit) => void;
  },
  moves: readonly HeadMove[],
): Promise<Result<readonly ContentChange[]>> {
  const { env, journal, tree, known, bursts } = deps;
  const changes = await known.refresh();
  if (!changes.ok) return changes;
  const byGit = changes.value.filter((change) => change.byGit);
  const { commits, switched } = meaningOf(moves);
  const groups: (readonly NewEvent[])[] = [];
  const told: Commit[] = [];
  for (const { head, before, message } of commits) {
    const files = (await tree.between(before, head)).map(({ path }) => path);
    const event = env.random.uuid();
    groups.push([gitCommit({ head, before, message, files: files.length, id: event })]);
    told.push({ head, files, event });
  }
  const files = switched === null ? [] : await switchedFiles(switched.before, switched.head);
  const written = [...byGit, ...files].map(fileOf);
  const all = [...new Map(written.map((file) => [file.path, file])).values()];
  const label = switched?.label ?? 'Taken from the new commit';
  const of = { id: env.random.uuid(), at: new Date(env.clock.now()).toISOString(), label, files: all };
  const activity = all.length > 0 ? gitActivity(of) : [];
  if (switched !== null) groups.push([gitSwitched({ ...switched, files: all.length }), ...activity]);
  else if (activity.length > 0) groups.push(activity);
  for (const result of await Promise.all(groups.map((group) => journal.append(group)))) if (!result.ok) return result;
  for (const commit of told) deps.onCommit(commit);
  return ok(changes.value.filter((change) => !change.byGit));

  /** Files that were seen before HEAD moved: then they count as anybody's, until it turns out that git wrote them. */
  async function switchedFiles(
    before: string | null,
    head: string | null,
  ): Promise<readonly { readonly path: string; readonly before: string | null; readonly after: string | null }[]> {
    if (head === null) return [];
    const between = await tree.between(before, head);
    return between.filter(({ path, after }) => bursts.disown(path, after) !== false);
  }
}

function fileOf(change: {
  readonly path: string;
  readonly before: unknown;
  readonly after: string | null;
}): ActivityFile {
  const { path, before, after } = change;
  return { path, change: after === null ? 'deleted' : before === null ? 'created' : 'modified' };
}
