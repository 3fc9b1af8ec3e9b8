import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { contentType, documentPath, readDocument, saveDocument } from '../src/storage/uploads.ts';

test('a document comes back as it was saved', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'harbor-'));
  await saveDocument(dir, 'insurance.pdf', Buffer.from('a policy'));
  assert.equal((await readDocument(dir, 'insurance.pdf')).toString('utf8'), 'a policy');
  await assert.rejects(readDocument(dir, 'other.pdf'), { status: 404 });
  await rm(dir, { recursive: true });
});

test('a document stays in its folder', () => {
  assert.throws(() => documentPath('/srv/harbor', '../harbor.sqlite'), { status: 400 });
});

test('knows the types of documents', () => {
  assert.equal(contentType('plan.PNG'), 'image/png');
  assert.equal(contentType('plan.dwg'), 'application/octet-stream');
});
