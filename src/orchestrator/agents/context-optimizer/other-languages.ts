import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { Language, Parser, type Node } from 'web-tree-sitter';
import { oneLine, type Definition } from './definitions.ts';

/** File ending → the grammar's name in @vscode/tree-sitter-wasm. */
export const GRAMMARS: Readonly<Record<string, string>> = {
  '.py': 'python',
  '.go': 'go',
  '.rs': 'rust',
  '.java': 'java',
  '.rb': 'ruby',
  '.php': 'php',
  '.cs': 'c-sharp',
  '.c': 'cpp',
  '.h': 'cpp',
  '.cc': 'cpp',
  '.cpp': 'cpp',
  '.hpp': 'cpp',
  '.sh': 'bash',
  '.bash': 'bash',
};
/** Nodes that define a name, over all these grammars; those that others are looked for in come under `INSIDE` too. */
const DEFINES =
  /^(?:function_definition|function_declaration|function_item|method_declaration|method_definition|method|singleton_method|constructor_declaration|class_definition|class_declaration|class_specifier|class|module|interface_declaration|enum_declaration|enum_specifier|enum_item|struct_item|struct_specifier|struct_declaration|record_declaration|trait_item|trait_declaration|type_spec|type_item|mod_item|const_item|static_item|namespace_definition|namespace_declaration)$/;
const INSIDE =
  /^(?:program|source_file|module|translation_unit|compilation_unit|class_definition|class_declaration|class_specifier|class|interface_declaration|struct_specifier|struct_declaration|record_declaration|trait_item|trait_declaration|impl_item|mod_item|namespace_definition|namespace_declaration|block|class_body|interface_body|declaration_list|field_declaration_list|body_statement|enum_body|decorated_definition|type_declaration|template_declaration|linkage_specification|preproc_ifdef|preproc_if)$/;
const BODIES = ['body', 'declarator_list', 'value'];

export interface OtherLanguages {
  knows(file: string): boolean;
  /** Empty where the grammar is missing or the text does not parse at all. */
  definitions(file: string, text: string): Promise<readonly Definition[]>;
}

/** Grammars are WebAssembly, loaded when the first file of a language comes; they live as long as the process. */
export function createOtherLanguages(): OtherLanguages {
  const languages = new Map<string, Promise<Parser | null>>();
  let started: Promise<void> | null = null;
  const parserFor = (grammar: string): Promise<Parser | null> => {
    const known = languages.get(grammar) ?? (started ??= Parser.init()).then(() => loadParser(grammar));
    languages.set(grammar, known);
    return known;
  };
  return {
    knows: (file) => GRAMMARS[extname(file)] !== undefined,
    async definitions(file, text) {
      const parser = await parserFor(GRAMMARS[extname(file)] ?? '');
      const tree = parser?.parse(text) ?? null;
      if (tree === null) return [];
      try {
        return definitionsIn(tree.rootNode, text);
      } finally {
        tree.delete(); // Its memory is not the collector's.
      }
    },
  };
}

async function loadParser(grammar: string): Promise<Parser | null> {
  const folder = join(createRequire(import.meta.url).resolve('@vscode/tree-sitter-wasm/package.json'), '../wasm');
  const file = join(folder, `tree-sitter-${grammar}.wasm`);
  if (!existsSync(file)) return null;
  const parser = new Parser();
  parser.setLanguage(await Language.load(file));
  return parser;
}

function definitionsIn(root: Node, text: string): readonly Definition[] {
  const found: Definition[] = [];
  const visit = (node: Node): void => {
    if (DEFINES.test(node.type)) {
      const name = nameOf(node);
      if (name !== null) found.push(describe(node, name, text));
    }
    if (INSIDE.test(node.type)) for (const child of node.namedChildren) if (child !== null) visit(child);
  };
  visit(root);
  return found;
}

/** C and C++ wrap the name in declarators. */
function nameOf(node: Node): string | null {
  let at: Node | null = node;
  for (let depth = 0; depth < 4 && at !== null; depth += 1) {
    const name = at.childForFieldName('name');
    if (name !== null) return name.text;
    at = at.childForFieldName('declarator');
    if (at !== null && /identifier$/.test(at.type)) return at.text;
  }
  return null;
}

function describe(node: Node, name: string, text: string): Definition {
  const body = BODIES.map((field) => node.childForFieldName(field)).find((one) => one !== null);
  return {
    name,
    line: node.startPosition.row,
    endLine: node.endPosition.row,
    signature: oneLine(text.slice(node.startIndex, body?.startIndex ?? node.endIndex)),
  };
}
