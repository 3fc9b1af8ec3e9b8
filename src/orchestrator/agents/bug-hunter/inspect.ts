import { relative } from 'node:path';
import type { AgentOutcome } from '../../../contract/agents.ts';
import { countWords } from '../../../contract/words.ts';
import { findOwnOxlint, NO_NATIVE_PARTS } from '../../workspace/native-parts.ts';
import { packageManagerOf } from '../../workspace/package-manager.ts';
import { isScript } from '../../workspace/parsed-source.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { inspection, type Inspected } from '../inspection.ts';
import { findConfigured, findInstalled, PACKAGES } from './lint/configured.ts';
import type { FoundCompiler } from './types/compiler.ts';

/** Which compiler and linters a hunt would use here. */
export async function inspectTools(
  workspace: Workspace,
  compilerOf: (folder: string) => FoundCompiler,
): Promise<AgentOutcome> {
  const scripts = (await workspace.files()).filter(isScript);
  const linters = findConfigured(workspace.root, scripts).map(({ linter, config, folder, files }): Inspected => {
    const installed = findInstalled(PACKAGES[linter], folder);
    const where = relative(workspace.root, config);
    if (installed !== null) {
      return {
        name: 'lint',
        status: 'ok',
        message: `${linter} ${installed.version} (${where}) for ${countWords(files.length, 'file')}`,
      };
    }
    const get = packageManagerOf(workspace.root).install;
    return {
      name: 'lint',
      status: 'warning',
      message: `${linter} is configured (${where}) but not installed. Get it with: ${get}`,
    };
  });
  const builtIn: Inspected =
    findOwnOxlint() === null
      ? { name: 'lint', status: 'warning', message: `lint is not checked: ${NO_NATIVE_PARTS}` }
      : {
          name: 'lint',
          status: 'ok',
          message: 'no linter is configured here: a small set of rules that ships with Savepoint is used',
        };
  return inspection([compilerCheck(compilerOf(workspace.root)), ...(linters.length > 0 ? linters : [builtIn])]);
}

function compilerCheck({ version, origin, native, note }: FoundCompiler): Inspected {
  if (native !== null)
    return { name: 'types', status: 'ok', message: `TypeScript ${native.version} of this workspace` };
  if (origin === 'workspace')
    return { name: 'types', status: 'ok', message: `TypeScript ${version} of this workspace` };
  return {
    name: 'types',
    status: 'note',
    message: `TypeScript ${version}, which ships with Savepoint: ${note ?? 'this workspace has none installed'}`,
  };
}
