function need(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

export const config = {
  get jwtKey(): string {
    return need("PIGEON_JWT_KEY");
  },
  get databaseUrl(): string {
    return need("PIGEON_DATABASE_URL");
  },
  port: Number(process.env.PORT ?? 8080),
  uploads: process.env.PIGEON_UPLOADS ?? "/var/lib/pigeonpost/uploads",
  baseUrl: process.env.PIGEON_BASE_URL ?? "http://localhost:8080",
};
