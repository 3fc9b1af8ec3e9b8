export interface Config {
  port: number;
  dataDir: string;
  databasePath: string;
  mongoUrl: string | null;
  partnerKey: string | null;
  sessionHours: number;
}

type Env = Record<string, string | undefined>;

function integer(env: Env, name: string, fallback: number): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`${name} must be a whole number, not "${text}"`);
  return value;
}

export function loadConfig(env: Env): Config {
  const dataDir = env['HARBOR_DATA'] ?? 'data';
  return {
    port: integer(env, 'PORT', 8080),
    dataDir,
    databasePath: env['HARBOR_DATABASE'] ?? `${dataDir}/harbor.sqlite`,
    mongoUrl: env['HARBOR_MONGO_URL'] ?? null,
    partnerKey: env['HARBOR_PARTNER_KEY'] ?? null,
    sessionHours: integer(env, 'HARBOR_SESSION_HOURS', 12),
  };
}
