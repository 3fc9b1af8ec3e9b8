import assert from 'node:assert/strict';
import { createCompilerFinder } from '../../../src/orchestrator/agents/bug-hunter/types/compiler.ts';
import { writeTree } from '../../support/git-repository.ts';
import { tempFolder } from '../../support/temp-folder.ts';

describe('AGENTS bug-hunter: which compiler', () => {
  let folder: ReturnType<typeof tempFolder>;
  beforeEach(() => (folder = tempFolder('compiler')));
  afterEach(() => folder.remove());

  /** As npm puts one version in the place of another. */
  const install = (version: string, text = `exports.version = '${version}';`): void =>
    writeTree(folder.path, {
      'node_modules/typescript/package.json': JSON.stringify({ name: 'typescript', version, main: 'main.js' }),
      'node_modules/typescript/main.js': `${text}\nexports.createProgram = exports.forEachChild = () => {};\n`,
    });

  it('is loaded once, and anew after another version was installed in its place', () => {
    const compilerOf = createCompilerFinder();
    install('5.4.2');
    const first = compilerOf(folder.path);
    assert.equal(first.version, '5.4.2');
    assert.equal(compilerOf(folder.path), first);
    install('5.9.3');
    const second = compilerOf(folder.path);
    assert.equal(second.version, '5.9.3');
    assert.equal(second.compiler.version, '5.9.3', 'what is loaded is what it says');
    install('4.9.5');
    assert.equal(compilerOf(folder.path).origin, 'bundled');
  });
});
