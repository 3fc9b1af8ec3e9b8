/** Small programs and the rules that must speak about them; none for those that are as they should be. */
export interface FlowCase {
  readonly title: string;
  readonly rules: readonly string[];
  readonly code: string;
  readonly file?: string;
}

const bad = (title: string, rule: string, ...[code, file]: readonly [code: string, file?: string]): FlowCase => ({
  title,
  rules: [rule],
  code,
  ...(file ? { file } : {}),
});
const good = (title: string, code: string, file?: string): FlowCase => ({
  title,
  rules: [],
  code,
  ...(file ? { file } : {}),
});

export const BAD_CASES: readonly FlowCase[] = [
  bad(
    'concatenation over several statements',
    'injection.sql',
    `router.get('/a', (req, res) => { let sql = 'SELECT * FROM a'; sql += " WHERE b = '" + req.query.b + "'"; pool.query(sql, cb); });`,
  ),
  bad(
    'through a helper of the same file',
    'injection.sql',
    `function build(name) { return "SELECT * FROM t WHERE n = '" + name + "'"; }\napp.get('/x', (req, res) => { db.all(build(req.params.name), cb); });`,
  ),
  bad(
    'a typed handler outside any route',
    'injection.sql',
    `export async function list(req: Request, res: Response): Promise<void> { const { sort } = req.query; await client.query(\`SELECT * FROM items ORDER BY \${sort}\`); }`,
    'list.ts',
  ),
  bad(
    'a method of a class with a field',
    'injection.sql',
    `class Users { constructor(private readonly db: Db) {} async find(req: Request) { return this.db.query('SELECT * FROM users WHERE id = ' + req.params.id); } }`,
    'users.ts',
  ),
  bad(
    'raw in a query builder',
    'injection.sql',
    `app.get('/x', async (req, res) => res.json(await knex('t').whereRaw('name = "' + req.query.name + '"')));`,
  ),
  bad(
    'an unsafe raw query of prisma',
    'injection.sql',
    "app.get('/x', async (req, res) => res.json(await prisma.$queryRawUnsafe(`SELECT * FROM u WHERE e = '${req.query.e}'`)));",
  ),
  bad(
    'koa',
    'injection.sql',
    "router.get('/x', async (ctx) => { ctx.body = await db.query(`SELECT * FROM t WHERE id = ${ctx.params.id}`); });",
  ),
  bad(
    'hono',
    'injection.command',
    "import { execSync } from 'node:child_process';\napp.get('/x', (c) => { const q = c.req.query('q'); return c.json(execSync('grep ' + q + ' log.txt').toString()); });",
  ),
  bad(
    'fastify with destructuring',
    'injection.command',
    "import { exec } from 'child_process';\nfastify.post('/x', async ({ body }, reply) => { const { file } = body; exec(`convert ${file} out.png`); });",
  ),
  bad(
    'node:http and url.parse',
    'path.traversal',
    "import http from 'node:http';\nimport fs from 'node:fs';\nimport url from 'node:url';\nhttp.createServer((request, response) => { const { pathname } = url.parse(request.url); fs.readFile('public' + pathname, (e, d) => response.end(d)); });",
  ),
  bad(
    'a lambda',
    'injection.command',
    "const { execSync } = require('child_process');\nexports.handler = async (event) => { const { name } = JSON.parse(event.body); return execSync('ls ' + name); };",
  ),
  bad(
    'next app router',
    'ssrf.request',
    "export async function GET(request: Request) { const { searchParams } = new URL(request.url); const target = searchParams.get('url'); const r = await fetch(target!); return new Response(await r.text()); }",
    'app/api/route.ts',
  ),
  bad(
    'a promisified alias',
    'injection.command',
    "import { promisify } from 'node:util';\nimport cp from 'node:child_process';\nconst run = promisify(cp.exec);\napp.post('/x', async (req, res) => { await run(`git clone ${req.body.repo}`); });",
  ),
  bad(
    'spawn with a shell',
    'injection.command',
    "import { spawn } from 'child_process';\napp.get('/x', (req, res) => { spawn('sh', ['-c', 'cat ' + req.query.f]); });",
  ),
  bad(
    'a websocket message',
    'injection.code',
    "wss.on('connection', (ws) => { ws.on('message', (data) => { const msg = JSON.parse(data); new Function(msg.code)(); }); });",
  ),
  bad(
    'items of a list',
    'injection.sql',
    `app.post('/x', async (req, res) => { for (const id of req.body.ids) { await db.query('DELETE FROM t WHERE id = ' + id); } });`,
  ),
  bad(
    'a callback of forEach',
    'path.traversal',
    "import fs from 'fs';\napp.post('/x', (req, res) => { req.body.files.forEach((name) => { fs.unlinkSync('./uploads/' + name); }); });",
  ),
  bad(
    'map and join',
    'injection.sql',
    "app.post('/x', (req, res) => { const list = req.body.names.map((n) => `'${n}'`).join(','); db.query(`SELECT * FROM t WHERE n IN (${list})`); });",
  ),
  bad(
    'sendFile without root',
    'path.traversal',
    "const path = require('path');\napp.get('/d', (req, res) => res.sendFile(path.join(__dirname, 'files', req.query.name)));",
  ),
  bad(
    'a guard that lets anything pass',
    'ssrf.request',
    "import axios from 'axios';\napp.get('/x', async (req, res) => { const { url } = req.query; if (!url.startsWith('http')) return res.sendStatus(400); const r = await axios.get(url); res.json(r.data); });",
  ),
  bad(
    'the failing branch answers',
    'xss.reflected',
    "app.get('/x', (req, res) => { const { page } = req.query; if (!PAGES.includes(page)) { return res.status(404).send('<p>No page ' + page + '</p>'); } res.render(page); });",
  ),
  bad(
    'a whole body as a filter',
    'injection.nosql',
    "app.post('/find', async (req, res) => { res.json(await db.collection('users').find(req.body).toArray()); });",
  ),
  bad(
    '$where',
    'injection.nosql',
    "app.get('/x', (req, res) => { Orders.find({ $where: `this.owner == '${req.query.owner}'` }); });",
  ),
  bad(
    'a hash in the address',
    'xss.dom',
    "const el = document.querySelector('#t');\nel.innerHTML = decodeURIComponent(window.location.hash.slice(1));",
  ),
  bad(
    'a posted message without a check',
    'xss.dom',
    "window.addEventListener('message', (event) => { document.getElementById('x').innerHTML = event.data.html; });",
  ),
  bad(
    'comments from the server',
    'xss.dom',
    "async function load() { const r = await fetch('/api/comments'); const list = await r.json(); list.forEach((c) => { box.insertAdjacentHTML('beforeend', `<li>${c.text}</li>`); }); }",
  ),
  bad('jquery', 'xss.dom', "$('#name').html(new URLSearchParams(location.search).get('n'));"),
  bad(
    'a redirect in the page',
    'redirect.open',
    "const next = new URLSearchParams(window.location.search).get('next');\nwindow.location.href = next;",
  ),
  bad(
    'a location header',
    'redirect.open',
    "http.createServer((req, res) => { const to = new URL(req.url, 'http://x').searchParams.get('to'); res.writeHead(302, { Location: to }); res.end(); });",
  ),
  bad(
    'two levels of keys',
    'prototype.pollution',
    "app.post('/x', (req, res) => { const { section, key, value } = req.body; config[section][key] = value; res.end(); });",
  ),
  bad(
    'a token made of Math.random',
    'random.predictable',
    'function resetPassword(user) { const resetToken = Math.random().toString(36).substring(2); user.token = resetToken; }',
  ),
  bad(
    'several random characters',
    'random.predictable',
    "function generateApiKey() { let out = ''; for (let i = 0; i < 32; i++) { out += chars[Math.floor(Math.random() * chars.length)]; } return out; }",
  ),
  bad(
    'ecb',
    'crypto.weak-cipher',
    "const crypto = require('crypto');\nconst c = crypto.createCipheriv('aes-128-ecb', key, null);",
  ),
  bad(
    'md5 of a password',
    'crypto.weak-hash',
    "const crypto = require('crypto');\nfunction check(user, pw) { const hash = crypto.createHash('md5'); hash.update(pw); return hash.digest('hex') === user.passwordHash; }\nmodule.exports = { verifyPassword: check };\nconst passwordDigest = crypto.createHash('md5').update(x).digest('hex');",
  ),
  bad('tls off for the process', 'tls.verification-off', "process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';"),
  bad(
    'a session secret',
    'credential.hard-coded',
    "import session from 'express-session';\napp.use(session({ secret: 'keyboard cat', resave: false }));",
  ),
  bad(
    'a database password',
    'credential.hard-coded',
    "const pool = new Pool({ host: 'db.internal', user: 'app', password: 'Wint3r!2025' });",
  ),
  bad(
    'an api key compared',
    'crypto.timing',
    "app.use((req, res, next) => { if (req.headers['x-api-key'] !== process.env.API_KEY) return res.sendStatus(401); next(); });",
  ),
  bad('a loop in a loop', 'regexp.catastrophic', 'const email = /^([a-zA-Z0-9]+)*@example\\.com$/;'),
  bad('alternatives that overlap', 'regexp.catastrophic', 'const x = /^(a|aa)+$/;'),
  bad(
    'a graphql resolver',
    'injection.sql',
    "export const resolvers = { Query: { user: (parent, args, context) => context.db.query(`SELECT * FROM u WHERE id = '${args.id}'`) } };",
  ),
  bad(
    'nestjs decorators',
    'ssrf.request',
    "@Controller()\nclass A { @Get() async get(@Query('url') url: string) { return axios.get(url); } }\nimport axios from 'axios';",
    'a.ts',
  ),
  bad(
    'unzipping to the entry’s path',
    'path.zip',
    "const fs = require('fs');\nstream.pipe(unzipper.Parse()).on('entry', (entry) => { entry.pipe(fs.createWriteStream(dir + '/' + entry.path)); });",
  ),
  bad(
    'a reflected origin',
    'cors.any-origin',
    "app.use((req, res, next) => { res.setHeader('Access-Control-Allow-Origin', req.headers.origin); res.setHeader('Access-Control-Allow-Credentials', 'true'); next(); });",
  ),
];

export const GOOD_CASES: readonly FlowCase[] = [
  good(
    'parameters of a query',
    "app.get('/x', async (req, res) => { const { id } = req.params; const r = await db.query('SELECT * FROM t WHERE id = ?', [id]); res.json(r); });",
  ),
  good(
    'a number first',
    "app.get('/x', async (req, res) => { const id = Number(req.params.id); res.json(await db.query(`SELECT * FROM t WHERE id = ${id}`)); });",
  ),
  good(
    'a tagged template',
    "app.get('/x', async (req, res) => { res.json(await sql`SELECT * FROM t WHERE id = ${req.params.id}`); });",
  ),
  good(
    'a column from a list',
    "const SORTS = ['name', 'age'];\napp.get('/x', async (req, res) => { const sort = SORTS.includes(req.query.sort) ? req.query.sort : 'name'; res.json(await db.query(`SELECT * FROM t ORDER BY ${sort}`)); });",
  ),
  good(
    'a column from a map',
    "const SORTS = { name: 'n', age: 'a' };\napp.get('/x', async (req, res) => { const column = SORTS[req.query.sort] ?? 'n'; res.json(await db.query(`SELECT * FROM t ORDER BY ${column}`)); });",
  ),
  good(
    'a guard that throws',
    "app.get('/x', async (req, res) => { const { table } = req.query; if (!/^[a-z]+$/.test(table)) throw new Error('bad'); res.json(await db.query(`SELECT * FROM ${table}`)); });",
  ),
  good(
    'a switch',
    "app.get('/x', (req, res) => { let column; switch (req.query.by) { case 'a': column = 'a'; break; default: column = 'b'; } db.query(`SELECT ${column} FROM t`); });",
  ),
  good(
    'a list of arguments',
    "import { spawn } from 'child_process';\napp.get('/x', (req, res) => { spawn('git', ['log', '--', req.query.file]); });",
  ),
  good(
    'a resolved and checked path',
    "import path from 'path';\nimport fs from 'fs';\nconst ROOT = path.resolve('files');\napp.get('/x', (req, res) => { const p = path.resolve(ROOT, req.query.f); if (!p.startsWith(ROOT + path.sep)) return res.sendStatus(403); fs.createReadStream(p).pipe(res); });",
  ),
  good('sendFile with a root', "app.get('/x', (req, res) => res.sendFile(req.params.name, { root: 'public' }));"),
  good(
    'a fixed host',
    "app.get('/x', async (req, res) => { const r = await fetch(`https://api.acme.io/users/${req.params.id}`); res.json(await r.json()); });",
  ),
  good(
    'a host from the configuration',
    "app.get('/x', async (req, res) => { const r = await fetch(`${BASE_URL}/users/${encodeURIComponent(req.params.id)}`); res.json(await r.json()); });",
  ),
  good(
    'a checked host',
    "app.get('/x', async (req, res) => { const u = new URL(req.query.url); if (!ALLOWED.has(u.hostname)) return res.status(400).end(); const r = await fetch(u); res.json(await r.json()); });",
  ),
  good('json answers', "app.get('/x', (req, res) => { res.json({ hello: req.query.name }); });"),
  good('a whole object sent', "app.post('/x', (req, res) => { res.status(201).send(req.body); });"),
  good(
    'plain text',
    "http.createServer((req, res) => { res.writeHead(200, { 'Content-Type': 'text/plain' }); res.end('You asked for ' + req.url); });",
  ),
  good(
    'escaped',
    "import escapeHtml from 'escape-html';\napp.get('/x', (req, res) => { res.send('<p>' + escapeHtml(req.query.q) + '</p>'); });",
  ),
  good('a redirect within the site', "app.get('/x', (req, res) => { res.redirect(`/users/${req.params.id}`); });"),
  good(
    'https for everybody',
    "app.use((req, res, next) => { if (req.secure) return next(); res.redirect('https://' + req.headers.host + req.url); });",
  ),
  good('textContent', "document.querySelector('#q').textContent = new URLSearchParams(location.search).get('q');"),
  good(
    'a message of a known origin',
    "window.addEventListener('message', (event) => { if (event.origin !== 'https://app.acme.io') return; document.getElementById('x').innerHTML = event.data.html; });",
  ),
  good('sanitised', "import DOMPurify from 'dompurify';\nel.innerHTML = DOMPurify.sanitize(location.hash.slice(1));"),
  good('constant markup', "el.innerHTML = '<b>Loading</b>';\nlist.innerHTML = '';"),
  good(
    'a json script tag',
    'export const Ld = ({ data }) => <script type="application/ld+json" dangerouslySetInnerHTML={{ __html: JSON.stringify(data) }} />;',
    'ld.tsx',
  ),
  good(
    'md5 as an etag',
    "const crypto = require('crypto');\nconst etag = (body) => crypto.createHash('md5').update(body).digest('base64');\nconst cacheKey = crypto.createHash('sha1').update(JSON.stringify(options)).digest('hex');",
  ),
  good(
    'random for an animation',
    'const delay = Math.random() * 100;\nconst id = `item-${Math.random().toString(36).slice(2)}`;',
  ),
  good(
    'a random token',
    "const { randomBytes } = require('crypto');\nconst sessionToken = randomBytes(32).toString('hex');",
  ),
  good(
    'labels and names of secrets',
    "const messages = { password: 'Password', token: 'Enter your token', apiKey: 'API_KEY' };\nconst PASSWORD_FIELD = 'password';\nconst secretName = 'prod/db/password';\nconst input = { type: 'password', name: 'password' };",
  ),
  good(
    'secrets of the environment',
    'const config = { password: process.env.DB_PASSWORD, apiKey: env.API_KEY ?? "", secret: loadSecret("jwt") };',
  ),
  good(
    'a digest compared safely',
    "const crypto = require('crypto');\nconst ok = crypto.timingSafeEqual(Buffer.from(a), Buffer.from(b));\nconst changed = crypto.createHash('sha256').update(text).digest('hex') !== previous;",
  ),
  good(
    'one key of a map',
    "app.post('/x', (req, res) => { counts[req.body.name] = (counts[req.body.name] ?? 0) + 1; });",
  ),
  good(
    'a checked key',
    "app.post('/x', (req, res) => { const { a, b, v } = req.body; if (!ALLOWED.includes(a)) return; config[a][b] = v; });",
  ),
  good(
    'usual regular expressions',
    'const date = /^\\d{4}-\\d{2}-\\d{2}$/;\nconst slug = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;\nconst path = /^(?:\\/[\\w.-]+)+$/;\nconst quoted = /"(?:[^"\\\\]|\\\\.)*"/g;\nconst words = /\\s+/g;\nconst version = /^(\\d+)\\.(\\d+)\\.(\\d+)(?:-([\\w.]+))?$/;',
  ),
  good(
    'array methods that have names like a database',
    "app.get('/x', (req, res) => { const user = users.find((u) => u.id === req.params.id); res.json(user); });",
  ),
  good(
    'a mongo query by string',
    "app.get('/x', async (req, res) => { res.json(await User.findOne({ email: req.params.email })); });",
  ),
  good(
    'a type check before a query',
    "app.post('/x', async (req, res) => { const { email } = req.body; if (typeof email !== 'string') return res.sendStatus(400); res.json(await User.findOne({ email })); });",
  ),
  good(
    'a validated body',
    "import { z } from 'zod';\nconst Body = z.object({ id: z.string().uuid() });\napp.post('/x', async (req, res) => { const { id } = Body.parse(req.body); await db.query(`DELETE FROM t WHERE id = '${id}'`); });",
  ),
  good(
    'arguments of a command line',
    "import fs from 'node:fs';\nconst [, , file] = process.argv;\nconsole.log(fs.readFileSync(file, 'utf8'));",
  ),
  good(
    'cookies that are fine',
    "app.post('/l', (req, res) => { res.cookie('theme', 'dark'); res.cookie('remember', 1, { maxAge: 60000 }); res.cookie('session', t, { httpOnly: true, secure: process.env.NODE_ENV === 'production', sameSite: 'lax' }); });",
  ),
  good(
    'cors for one site',
    "import cors from 'cors';\napp.use(cors({ origin: process.env.ORIGIN, credentials: true }));\napp.use(cors());",
  ),
  good(
    'escaped for a regular expression',
    "import escapeRegExp from 'lodash/escapeRegExp';\napp.get('/x', (req, res) => { res.json(items.filter((i) => new RegExp(escapeRegExp(req.query.q)).test(i))); });",
  ),
  good(
    'errors told plainly',
    "app.use((err, req, res, next) => { console.error(err.stack); res.status(500).json({ error: 'internal' }); });",
  ),
];
