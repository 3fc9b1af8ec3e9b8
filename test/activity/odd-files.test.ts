import assert from 'node:assert/strict';
import { rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import type { SettledBurst } from '../../src/orchestrator/activity/api.ts';
import { createActivityRig, type ActivityRig, type EditorWindow } from '../support/activity-rig.ts';
import { becomes, eventually } from '../support/eventually.ts';
import { createRepository, git } from '../support/git-repository.ts';
import { proves } from '../requirements.ts';

/** Each means something else to a shell, to git, or to JavaScript. */
const NAMES = [
  '..twice',
  ':(top)a',
  'a\nb',
  '-x',
  'ä ö %41#?.ts',
  '*.ts',
  '"q"',
  'back\\slash',
  'tab\there',
  '__proto__',
];
const FILE_TYPES = ['file.created', 'file.modified', 'file.deleted'];

/** What the triggers were handed: origins, and the net change. */
const words = ({ activities, files }: SettledBurst): string =>
  `${activities.map(({ origin }) => origin).join('+')}: ${files.map(({ path: file, change }) => `${change} ${file}`).join(', ')}`;

async function settled(window: EditorWindow, count = 1): Promise<readonly string[]> {
  await eventually(`${count} bursts`, () => window.triggers.bursts.length >= count);
  return window.triggers.bursts.map(words);
}

describe(proves('D1', 'activity engine: files and folders that are not like others'), () => {
  let rig: ActivityRig;
  afterEach(() => rig.dispose());

  it('takes in files whatever they are called', async () => {
    rig = createActivityRig();
    const window = await rig.window();
    for (const name of NAMES.slice(0, 5)) await window.save(name, 'x\n');
    rig.write(Object.fromEntries(NAMES.slice(5).map((name) => [name, 'x\n'])));
    window.hint(...NAMES);
    await becomes(NAMES.toSorted(), () =>
      window
        .of(...FILE_TYPES)
        .map(({ subject = '' }) => subject)
        .sort(),
    );
  });

  it('takes in changes of files whatever they are called, where everything is looked at', async () => {
    rig = createActivityRig(Object.fromEntries(NAMES.map((name) => [name, 'x\n'])));
    const window = await rig.window();
    rig.write(Object.fromEntries(NAMES.map((name) => [name, 'y\n'])));
    window.engine.touched({ paths: [], lost: 1 });
    await settled(window);
    assert.deepEqual(
      window.triggers.bursts[0]?.files.map(({ path: file, change }) => `${change} ${file}`).sort(),
      NAMES.map((name) => `modified ${name}`).sort(),
    );
  });

  it('takes a link that leads elsewhere now for no file, however it looks', async () => {
    rig = createActivityRig({ 'src/a.ts': 'a\n', 'src/b.ts': 'b\n' });
    const link = path.join(rig.root, 'src/link');
    symlinkSync('a.ts', link);
    git(rig.root, 'add', '-A');
    git(rig.root, 'commit', '-qm', 'link');
    const window = await rig.window();
    rmSync(link);
    symlinkSync('b.ts', link);
    rig.write({ 'src/a.ts': 'changed\n' });
    window.engine.touched({ paths: [], lost: 1 });
    assert.deepEqual(await settled(window), ['unknown: modified src/a.ts']);
    rig.write({ 'src/a.ts': 'again\n' });
    window.hint('src/link', 'src/a.ts');
    assert.equal((await settled(window, 2))[1], 'unknown: modified src/a.ts');
  });

  it('works in a folder that a repository around it ignores, as without git', async () => {
    rig = createActivityRig(undefined, { git: false });
    createRepository(path.dirname(rig.root), { '.gitignore': '*\n' });
    const window = await rig.window();
    await window.save('src/a.ts', 'b\n');
    rig.write({ 'src/b.ts': 'b\n' });
    window.hint('src/b.ts');
    assert.deepEqual(await settled(window), ['human+unknown: modified src/a.ts, created src/b.ts']);
  });
});
