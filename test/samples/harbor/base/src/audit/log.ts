import type { Collection } from 'mongodb';

export interface AuditEntry {
  at: string;
  user: string;
  action: string;
  subject: string;
}

export type AuditLog = Collection<AuditEntry>;

export async function connectAudit(url: string): Promise<AuditLog> {
  const { MongoClient } = await import('mongodb');
  const client = await new MongoClient(url).connect();
  return client.db('harbor').collection<AuditEntry>('audit');
}

export async function recordAudit(
  audit: AuditLog | null,
  user: string,
  action: string,
  subject: string,
): Promise<void> {
  if (audit === null) return;
  await audit.insertOne({ at: new Date().toISOString(), user, action, subject });
}
