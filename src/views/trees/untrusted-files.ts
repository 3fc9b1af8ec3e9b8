import * as vscode from 'vscode';

/** Workflow files that would run if the folder were trusted: the folder's own, and the built-in ones that no own one replaces. Only looks. */
export async function workflowFiles(root: vscode.Uri, builtIn: vscode.Uri): Promise<readonly string[]> {
  const own = await yamlIn(vscode.Uri.joinPath(root, '.savepoint', 'workflows'));
  const names = new Set(own.map(({ name }) => name));
  const others = (await yamlIn(builtIn)).filter(({ name }) => !names.has(name));
  return [...others, ...own].map(({ path }) => path);
}

async function yamlIn(folder: vscode.Uri): Promise<readonly { readonly name: string; readonly path: string }[]> {
  try {
    const entries = await vscode.workspace.fs.readDirectory(folder);
    return entries
      .filter(([name, type]) => type === vscode.FileType.File && /\.ya?ml$/.test(name))
      .map(([name]) => ({ name, path: vscode.Uri.joinPath(folder, name).path }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (error instanceof vscode.FileSystemError) return [];
    throw error;
  }
}
