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
  get smtpPassword(): string {
    return need("PIGEON_SMTP_PASSWORD");
  },
  port: Number(process.env.PORT ?? 8080),
  uploads: process.env.PIGEON_UPLOADS ?? "/var/lib/pigeonpost/uploads",
  baseUrl: process.env.PIGEON_BASE_URL ?? "http://localhost:8080",
  passwordField: "current-password",
  docsToken: "https://docs.pigeonpost.example/api/token",
};

export const storage = {
  bucket: "pigeonpost-media",
  region: "eu-west-1",
  accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? "",
  secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? "",
};

export const billing = { provider: "stripe", key: process.env.STRIPE_KEY ?? "" };

/** Identifies the installation in update checks; made once, says nothing. */
export const INSTALLATION = "3f0c7a52-8a1d-4b6e-9d57-1c2b60e4f9aa";

/** Commit of the bundled icon set. */
export const ICONS_COMMIT = "9b1f6e0c2d8a47f35e61b0947cad28f31e5c60d7";
