import express from "express";
import { Pool } from "pg";
import { canEdit, sessionOf } from "./auth.ts";
import { download, downloadByBaseName } from "./attachments.ts";
import { config } from "./config.ts";
import { listSubscribers, removeSubscribers, searchSubscribers } from "./db.ts";
import { importSettings } from "./imports.ts";
import { afterSignIn, afterSignOut, changeLanguage, createLink, followLink, section } from "./links.ts";
import { greeting, whoami } from "./newsletter.ts";
import { embed, preview } from "./preview.ts";
import { pageSize } from "./validate.ts";

export function buildApp(pool: Pool) {
  const app = express();
  app.use(express.json({ limit: "200kb" }));
  app.use(express.static("public"));
  app.get("/l/:code", followLink(pool));
  app.get("/files/:name", download());
  app.get("/files/public/:name", downloadByBaseName());
  app.get("/login/done", afterSignIn());
  app.get("/logout/done", afterSignOut());
  app.get("/lang", changeLanguage());
  app.get("/go", section());
  app.get("/hello", greeting());
  app.get("/whoami", whoami());
  app.get("/api/preview", preview());
  app.get("/api/embed", embed());
  app.post("/api/settings", importSettings());
  app.post("/api/links", createLink(pool));
  app.get("/api/lists/:id/subscribers", async (req, res) => {
    if (!sessionOf(req)) {
      res.status(401).json({ error: "sign in first" });
      return;
    }
    const { sort, desc, limit } = req.query;
    res.json(await listSubscribers(pool, req.params.id, { sort, desc: desc === "1", limit: pageSize(limit) }));
  });
  app.post("/api/subscribers/search", async (req, res) => {
    const session = sessionOf(req);
    if (!session || !canEdit(session)) {
      res.status(403).json({ error: "not allowed" });
      return;
    }
    res.json(await searchSubscribers(pool, req.body.filters));
  });
  app.post("/api/subscribers/remove", async (req, res) => {
    const session = sessionOf(req);
    if (!session || !canEdit(session)) {
      res.status(403).json({ error: "not allowed" });
      return;
    }
    res.json({ removed: await removeSubscribers(pool, req.body.ids) });
  });
  return app;
}

export function serve(): void {
  const pool = new Pool({ connectionString: config.databaseUrl, max: 10 });
  const server = buildApp(pool).listen(config.port, () => console.log(`listening on ${config.port}`));
  process.once("SIGTERM", () => {
    server.close();
    void pool.end();
  });
}
