import * as vscode from 'vscode';
import type { TestCase } from '../../contract/findings.ts';
import type { TestCatalogue, TestNode } from '../../contract/test-catalogue.ts';
import type { Folder, Folders } from '../folder.ts';
import type { TestTarget } from './wanted.ts';

/** What an item of the tree stands for. */
interface Known {
  readonly folder: Folder;
  readonly file: string;
  /** Null for a file. */
  readonly name: string | null;
  readonly kind: 'file' | TestNode['kind'];
}

/** The tree of Test Explorer: a root for each folder where there are several, then files, groups, tests. */
export interface TestItems {
  /** Shows these files, with those gone that are not among them. */
  showFiles(folder: Folder, catalogue: TestCatalogue): void;
  /** Shows what is written in a file; what only runs have told of stays. */
  showTests(folder: Folder, file: string, tests: readonly TestNode[]): void;
  /** The item of a test that a run told of, made where it was not known. */
  itemOf(folder: Folder, test: TestCase): vscode.TestItem;
  about(item: vscode.TestItem): Known | undefined;
  /** Files of the folder that are in the tree. */
  filesOf(folder: Folder): readonly string[];
  targetOf(item: vscode.TestItem): readonly (TestTarget & { readonly folder: Folder })[];
}

export function createTestItems(controller: vscode.TestController, folders: Folders): TestItems {
  const known = new WeakMap<vscode.TestItem, Known>();
  return { showFiles, showTests, itemOf, about: (item) => known.get(item), filesOf, targetOf };

  function showFiles(folder: Folder, catalogue: TestCatalogue): void {
    const list = listOf(folder);
    const files = new Set(catalogue.files.map(({ file }) => file));
    for (const [id, item] of [...list]) if (!files.has(known.get(item)?.file ?? '')) list.delete(id);
    for (const file of files) fileItem(folder, file);
  }

  function showTests(folder: Folder, file: string, tests: readonly TestNode[]): void {
    const item = fileItem(folder, file);
    const told = [...item.children].map(([, child]) => child).filter((child) => child.range === undefined);
    item.children.replace(told);
    addNodes(item, tests, { folder, file, name: null, kind: 'file' });
  }

  function addNodes(parent: vscode.TestItem, nodes: readonly TestNode[], above: Known): void {
    for (const { kind, name, range, children } of nodes) {
      const about: Known = { ...above, kind, name: above.name === null ? name : `${above.name} > ${name}` };
      const item = child(parent, name, about);
      item.range = new vscode.Range(range.start.line, range.start.character, range.end.line, range.end.character);
      addNodes(item, children, about);
    }
  }

  function itemOf(folder: Folder, { file, name }: TestCase): vscode.TestItem {
    let item = fileItem(folder, file);
    const parts = name.split(' > ');
    parts.forEach((part, index) => {
      const full = parts.slice(0, index + 1).join(' > ');
      item = child(item, part, { folder, file, name: full, kind: index === parts.length - 1 ? 'test' : 'group' });
    });
    return item;
  }

  function filesOf(folder: Folder): readonly string[] {
    return [...listOf(folder)].flatMap(([, item]) => known.get(item)?.file ?? []);
  }

  function targetOf(item: vscode.TestItem): ReturnType<TestItems['targetOf']> {
    const about = known.get(item);
    if (about !== undefined) return [{ ...about, tests: testsBelow(item) }];
    return [...item.children].flatMap(([, one]) => targetOf(one));
  }

  function testsBelow(item: vscode.TestItem): readonly string[] {
    const about = known.get(item);
    if (about?.kind === 'test') return [about.name ?? ''];
    return [...item.children].flatMap(([, one]) => testsBelow(one));
  }

  /** Where a folder's files stand. */
  function listOf(folder: Folder): vscode.TestItemCollection {
    const id = folder.root.uri.toString();
    if (folders.all.length <= 1) return controller.items;
    const root = controller.items.get(id) ?? controller.createTestItem(id, folder.root.name, folder.root.uri);
    controller.items.add(root);
    return root.children;
  }

  function fileItem(folder: Folder, file: string): vscode.TestItem {
    const list = listOf(folder);
    const uri = vscode.Uri.joinPath(folder.root.uri, file);
    const there = list.get(uri.toString());
    if (there !== undefined) return there;
    // A failure that no file is to blame for has none.
    const item = controller.createTestItem(uri.toString(), file === '' ? 'Outside the tests' : file, uri);
    item.canResolveChildren = file !== '';
    known.set(item, { folder, file, name: null, kind: 'file' });
    list.add(item);
    return item;
  }

  function child(parent: vscode.TestItem, label: string, about: Known): vscode.TestItem {
    const id = `${about.file}#${about.name ?? ''}`;
    const there = parent.children.get(id);
    if (there !== undefined) return there;
    const item = controller.createTestItem(id, label, parent.uri);
    known.set(item, about);
    parent.children.add(item);
    return item;
  }
}
