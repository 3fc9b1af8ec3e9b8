import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { isContent } from '../../../src/extension/problems/is-content.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

describe('the content that a finding was found in', () => {
  it('is recognised by the id that git gives it, and nothing else is', async () => {
    const place = tempFolder('content');
    const file = path.join(place.path, 'a.ts');
    const text = 'const name = "Zoë";\n';
    writeFileSync(file, text);
    const id = execFileSync('git', ['hash-object', '--no-filters', file], { encoding: 'utf8' }).trim();
    await place.remove();
    assert.ok(isContent(text, id));
    assert.ok(isContent(text.replaceAll('\n', '\r\n'), id), 'git may keep other line breaks');
    assert.ok(!isContent(`${text}\n`, id));
    assert.ok(!isContent('', id));
  });

  it('is recognised where the file begins with a byte order mark, which an editor does not show', () => {
    const text = 'const a = 1;\r\n';
    const idOf = (content: string): string =>
      createHash('sha1')
        .update(`blob ${Buffer.byteLength(content)}\0${content}`)
        .digest('hex');
    assert.ok(isContent(text, idOf(`\uFEFF${text}`)));
    assert.ok(isContent(text, idOf('\uFEFFconst a = 1;\n')));
    assert.ok(!isContent(text, idOf(`\uFEFF${text} `)));
  });

  it('is recognised in a repository with longer ids', () => {
    const id = createHash('sha256').update('blob 1\0a').digest('hex');
    assert.ok(isContent('a', id));
    assert.ok(!isContent('b', id));
  });
});
