import { mkdir } from 'node:fs/promises';
import { createApp } from './app.ts';
import { connectAudit } from './audit/log.ts';
import { loadConfig } from './config.ts';
import { Db } from './db/client.ts';
import { schema } from './db/schema.ts';

const config = loadConfig(process.env);
await mkdir(config.dataDir, { recursive: true });

const db = new Db(config.databasePath);
db.migrate(schema);
const audit = config.mongoUrl === null ? null : await connectAudit(config.mongoUrl);

const server = createApp({ config, db, audit });
server.listen(config.port, () => console.log(`harbor-api on port ${config.port}`));

process.on('SIGTERM', () => {
  server.close(() => db.close());
});
