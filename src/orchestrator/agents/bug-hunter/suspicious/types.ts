import type ts from 'typescript';
import type { Look } from './rule.ts';

/** any, unknown and what could not be resolved: nothing can be said. */
export function isUnclear(look: Look, type: ts.Type): boolean {
  return (type.flags & (look.ts.TypeFlags.Any | look.ts.TypeFlags.Unknown | look.ts.TypeFlags.TypeParameter)) !== 0;
}

/** Always a real promise: no union with something else, no look-alike with a `then` (query builders are such). */
export function isPromise(look: Look, type: ts.Type): boolean {
  if (type.isUnion()) return type.types.every((part) => isPromise(look, part));
  return isLibType(type, 'Promise');
}

/** A promise, or something else: one has to wait to know. */
export function hasPromise(look: Look, type: ts.Type): boolean {
  return type.isUnion() ? type.types.some((part) => isPromise(look, part)) : isPromise(look, type);
}

export function isArray(look: Look, type: ts.Type): boolean {
  if (type.isUnion()) return type.types.every((part) => isArray(look, part));
  return look.checker.isArrayType(type) || look.checker.isTupleType(type);
}

export function isText(look: Look, type: ts.Type): boolean {
  return everyPart(type, (part) => (part.flags & look.ts.TypeFlags.StringLike) !== 0);
}

export function isNumber(look: Look, type: ts.Type): boolean {
  return everyPart(type, (part) => (part.flags & look.ts.TypeFlags.NumberLike) !== 0);
}

export function everyPart(type: ts.Type, test: (part: ts.Type) => boolean): boolean {
  return type.isUnion() ? type.types.every(test) : test(type);
}

/** Whether the type is the language's own of this name, declared in a lib file. */
export function isLibType(type: ts.Type, name: string): boolean {
  const symbol = type.getSymbol();
  return symbol?.name === name && isLibSymbol(symbol);
}

export function isLibSymbol(symbol: ts.Symbol): boolean {
  return (symbol.declarations ?? []).some((declaration) =>
    /[\\/]lib\.[^\\/]*\.d\.ts$/.test(declaration.getSourceFile().fileName),
  );
}

/** The lib method that is called (`Array.map`, `String.replace`), or null. */
export function libMethod(
  look: Look,
  call: ts.CallExpression,
): { readonly owner: string; readonly name: string } | null {
  const callee = call.expression;
  if (!look.ts.isPropertyAccessExpression(callee)) return null;
  const symbol = look.checker.getSymbolAtLocation(callee.name);
  const declaration = symbol?.declarations?.[0];
  if (!symbol || !declaration || !isLibSymbol(symbol)) return null;
  const { parent } = declaration;
  const owner =
    look.ts.isInterfaceDeclaration(parent) || look.ts.isClassDeclaration(parent) ? parent.name?.text : undefined;
  return owner === undefined ? null : { owner: owner.replace(/^Readonly(?=Array|Set|Map)/, ''), name: symbol.name };
}
