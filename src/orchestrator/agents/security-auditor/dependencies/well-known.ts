/** Names that people mistype and others register: the packages most projects depend on. Kept by hand, 2026-11. */
const NAMES = `
react react-dom react-router react-router-dom react-redux react-query react-hook-form react-scripts react-native react-select react-icons react-dropzone react-table
react-modal react-toastify react-helmet react-markdown react-i18next react-transition-group react-is react-refresh preact vue vuex vue-router nuxt next next-auth next-themes
svelte sveltekit angular solid-js astro gatsby remix ember-cli backbone jquery lodash lodash-es underscore ramda rxjs immer immutable redux redux-thunk redux-saga
reselect zustand jotai recoil mobx mobx-react xstate valtio swr axios got node-fetch undici request superagent needle cross-fetch isomorphic-fetch ky ofetch express
express-session express-validator express-rate-limit fastify koa koa-router koa-body hapi restify hono polka connect body-parser cookie-parser cookie cookie-session
cors helmet morgan compression multer formidable busboy serve-static serve-favicon send finalhandler passport passport-local passport-jwt jsonwebtoken jose bcrypt
bcryptjs argon2 crypto-js node-forge uuid nanoid cuid ulid shortid dotenv dotenv-expand cross-env cross-spawn config convict commander yargs minimist meow inquirer
enquirer prompts chalk kleur picocolors colors colorette ansi-styles ansi-regex strip-ansi supports-color wrap-ansi string-width cli-table cli-table3 cli-spinners
ora listr listr2 boxen figlet figures log-symbols debug winston pino pino-pretty bunyan log4js loglevel signale consola mongoose mongodb mysql mysql2 pg pg-promise
sqlite3 better-sqlite3 sequelize typeorm knex prisma drizzle-orm mikro-orm objection redis ioredis memcached amqplib kafkajs bull bullmq agenda node-cron cron croner
nodemailer mailgun-js sendgrid twilio stripe aws-sdk firebase firebase-admin googleapis supabase socket.io socket.io-client ws sockjs graphql graphql-tag apollo-server
apollo-client type-graphql graphql-yoga urql relay-runtime webpack webpack-cli webpack-dev-server webpack-merge html-webpack-plugin mini-css-extract-plugin
css-loader style-loader sass-loader less-loader file-loader url-loader babel-loader ts-loader rollup parcel vite vitest esbuild swc terser uglify-js clean-css
postcss postcss-cli postcss-loader autoprefixer tailwindcss cssnano sass node-sass less stylus styled-components emotion babel-core babel-cli babel-jest
typescript ts-node tsx tslib tsup ts-jest tsconfig-paths eslint eslint-plugin-react eslint-plugin-import eslint-plugin-prettier eslint-config-prettier
eslint-config-airbnb prettier stylelint tslint husky lint-staged commitlint semantic-release standard-version lerna turbo changesets nodemon pm2 forever concurrently
npm-run-all wait-on rimraf mkdirp fs-extra graceful-fs glob globby fast-glob minimatch micromatch picomatch chokidar anymatch readdirp del cpy move-file ncp
copyfiles tmp temp tempy find-up pkg-up pkg-dir locate-path resolve resolve-from semver which execa shelljs cosmiconfig rc jest mocha chai sinon jasmine karma ava
tape tap qunit cypress playwright puppeteer selenium-webdriver nightwatch webdriverio supertest nock msw faker casual enzyme jsdom cheerio testcafe istanbul nyc c8
storybook moment moment-timezone dayjs date-fns luxon ms humanize-duration async bluebird q p-limit p-queue p-map p-retry async-retry retry eventemitter3 mitt events
through through2 readable-stream concat-stream bl pump event-stream split2 JSONStream csv-parse csv-parser fast-csv papaparse xlsx exceljs pdfkit pdf-lib jspdf
sharp jimp canvas gm imagemin qrcode archiver adm-zip jszip unzipper yauzl tar tar-stream tar-fs yaml js-yaml toml ini json5 xml2js fast-xml-parser cheerio-select
marked markdown-it remark rehype unified mdast-util-to-string highlight.js prismjs handlebars mustache ejs pug nunjucks hogan.js ajv joi yup zod superstruct
io-ts class-validator class-transformer validator sanitize-html dompurify xss escape-html he qs query-string url-parse path-to-regexp mime mime-types content-type
accepts type-is fresh etag vary on-finished on-headers raw-body iconv-lite bytes depd http-errors statuses inherits safe-buffer safer-buffer object-assign extend
deep-extend deepmerge merge-deep clone clone-deep rfdc fast-deep-equal deep-equal lru-cache quick-lru node-cache keyv memoize memoizee mem leaflet three d3 d3-scale
chart.js echarts highcharts recharts plotly.js gsap lottie-web framer-motion swiper bootstrap bulma antd material-ui primereact popper.js tippy.js sortablejs
electron electron-builder electron-updater electron-store nw tauri cordova ionic expo capacitor web-vitals workbox-webpack-plugin core-js regenerator-runtime
whatwg-fetch es6-promise promise-polyfill classnames clsx prop-types hoist-non-react-statics invariant warning tiny-invariant reflect-metadata inversify tsyringe
awilix openai langchain discord.js telegraf slack whatsapp-web.js ethers web3 bitcoinjs-lib bn.js elliptic tweetnacl secp256k1 solc hardhat truffle
acorn espree esprima estraverse esutils escodegen recast jscodeshift magic-string eventemitter2 xtend prompt querystring object.assign ansistyles reactor preact-render-to-string is-stream
path-type colors.js chai-http tinyglobby tinyexec tinypool tslint-react request-ip mimic-fn onetime source-map source-map-js source-map-support serialize-javascript flatted
`;

export const WELL_KNOWN: ReadonlySet<string> = new Set(NAMES.split(/\s+/).filter(Boolean));

/** Shorter names have honest neighbours at distance one. */
const LEAST_LENGTH = 5;

/** The well-known name this one could be mistaken for: one letter more, less or other, or two swapped. */
export function lookalikeOf(name: string): string | null {
  if (name.startsWith('@') || WELL_KNOWN.has(name) || name.length < LEAST_LENGTH) return null;
  for (const known of WELL_KNOWN) {
    if (known.length >= LEAST_LENGTH && Math.abs(known.length - name.length) <= 1 && isNeighbour(name, known))
      return known;
  }
  return null;
}

/** Distance one, a swap of neighbours counted as one. */
function isNeighbour(a: string, b: string): boolean {
  let same = 0;
  while (same < a.length && a[same] === b[same]) same += 1;
  const [restA, restB] = [a.slice(same), b.slice(same)];
  if (restA.slice(1) === restB.slice(1) || restA.slice(1) === restB || restA === restB.slice(1)) return true;
  return restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
}
