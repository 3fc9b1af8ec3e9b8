import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { settingProblem, settingValues, workerSettings } from '../../src/contract/commands/setting-values.ts';
import { SETTINGS } from '../../src/contract/commands/settings.ts';
import { readSettingsFile } from '../../src/orchestrator/host/settings-file.ts';
import { tempFolder } from '../support/temp-folder.ts';

describe('settings.json of the user', () => {
  const folder = tempFolder('settings');
  after(() => folder.remove());
  const file = path.join(folder.path, 'settings.json');
  const read = (text: string) => {
    writeFileSync(file, text);
    return readSettingsFile(file);
  };
  const refusal = (text: string): string => {
    const found = read(text);
    assert.ok(!found.ok);
    assert.equal(found.failure.code, 'usage');
    return found.failure.message.replace(file, 'settings.json');
  };

  it('need not exist', () => {
    assert.deepEqual(readSettingsFile(path.join(folder.path, 'nowhere', 'settings.json')), { ok: true, value: {} });
    assert.deepEqual(readSettingsFile(path.join(file, 'below a file')), { ok: true, value: {} });
  });

  it('holds settings with the keys of the editor', () => {
    assert.deepEqual(read('{ "savepoint.historyDays": 7 }'), { ok: true, value: { 'savepoint.historyDays': 7 } });
  });

  it('is refused with the place of its mistake', () => {
    assert.match(
      refusal('{ "savepoint.historyDays": 7,, }'),
      /^settings\.json cannot be read: it is no valid JSON( \(line 1, column \d+\))?\. Correct it/,
    );
    assert.equal(
      refusal('{\n  "savepoint.maxHops": 1,\n  "savepoint.historyDays": "7"\n}'),
      'settings.json, line 3: "savepoint.historyDays" must be a whole number from 1 to 3650.',
    );
    assert.equal(
      refusal('{\n  "savepoint.historyDay": 7\n}'),
      'settings.json, line 2: "savepoint.historyDay" is no setting of Savepoint. Did you mean "savepoint.historyDays"?',
    );
  });
});

describe('the values of settings', () => {
  const anything = fc.dictionary(
    fc.constantFrom(...SETTINGS.map(({ key }) => key)),
    fc.oneof(fc.double(), fc.integer(), fc.boolean(), fc.string()),
  );

  it('are always within their bounds, whatever was written', () => {
    fc.assert(
      fc.property(anything, anything, (editor, own) => {
        for (const [key, value] of Object.entries(settingValues(editor, own)))
          assert.equal(settingProblem(key as (typeof SETTINGS)[number]['key'], value), null, key);
        const { quietMinMs, quietMaxMs } = workerSettings(editor, own);
        assert.ok(quietMinMs <= quietMaxMs);
      }),
    );
  });

  it('come from the editor first, then from settings.json, then from the defaults', () => {
    const own = { 'savepoint.historyDays': 7, 'savepoint.maxHops': 1 };
    const values = settingValues({ 'savepoint.historyDays': 9 }, own);
    assert.deepEqual(
      [values['savepoint.historyDays'], values['savepoint.maxHops'], values['savepoint.maxProblems']],
      [9, 1, 50],
    );
  });

  it('have a default within their own bounds', () => {
    for (const { key, default: usual } of SETTINGS) assert.equal(settingProblem(key, usual), null, key);
  });
});
