import { dirname, join, posix } from 'node:path';
import { typeRule } from '../../../../contract/rule-names.ts';
import { rangeOf, type Draft } from '../report.ts';
import type { Hunt } from '../hunt-state.ts';
import type { FoundCompiler } from './compiler.ts';

const CONFIG = /^(?:ts|js)config(?:\.[\w.-]+)?\.json$/;

/** Says where a changed tsconfig cannot be read: TypeScript and what builds on it stops there. Returns how many it looked at. */
export async function huntConfigs(hunt: Hunt, compilerOf: (folder: string) => FoundCompiler): Promise<number> {
  const { context, request, root } = hunt;
  const { base } = request.scope;
  const configs = hunt.files.filter((file) => CONFIG.test(posix.basename(file)));
  for (const file of configs) {
    const found = compilerOf(dirname(join(root, file)));
    const now = syntaxError(file, (await context.workspace.read(file)) ?? '', found);
    if (now === null) continue;
    const old = base === null ? null : await context.workspace.readBase(base, file);
    const before = old === null ? null : syntaxError(file, old, found);
    // A brace that is missing shows at the end of the file, which nobody edited.
    await hunt.report.file(file, { now: [now], before: before ? [before] : [], causedElsewhere: before === null });
  }
  return configs.length;
}

function syntaxError(file: string, text: string, { compiler }: FoundCompiler): Draft | null {
  const { error } = compiler.parseConfigFileTextToJson(file, text);
  if (error === undefined) return null;
  const start = error.start ?? 0;
  const source = compiler.parseJsonText(file, text);
  const message = compiler.flattenDiagnosticMessageText(error.messageText, ' ').replace(/\.$/, '');
  return {
    rule: typeRule(error.code),
    severity: 'error',
    confidence: 'certain',
    message: `${message}: ${file} cannot be read, and what builds on its settings stops or takes others.`,
    range: rangeOf(source, { start, end: start + (error.length ?? 0) }),
  };
}
