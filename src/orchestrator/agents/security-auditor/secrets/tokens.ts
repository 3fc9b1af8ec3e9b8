/**
 * What tokens of known providers look like: exact prefix, length and alphabet, as the providers document or issue them.
 * A hit is certain. `floor` is the least Shannon entropy (bits per character) of the part after the prefix: random base62 of 30
 * characters has about 4.4, random hex of 32 about 3.6, words and counters far less.
 */
export interface TokenRule {
  /** Ends in the rule id `secret.<id>`. */
  readonly id: string;
  /** For people: "This looks like a <name>." */
  readonly name: string;
  /** What every such token starts with; `\d`-style classes are allowed where there is no fixed prefix. Found first, so cheap. */
  readonly head: string;
  /** What follows the head. */
  readonly tail: string;
  readonly floor: number;
}

type Shape = readonly [head: string, tail: string, floor?: number];

const rule = (id: string, name: string, [head, tail, floor = 3.2]: Shape): TokenRule => ({
  id,
  name,
  head,
  tail,
  floor,
});

const W = '[A-Za-z0-9]';
const U = '[A-Za-z0-9_-]';
const H = '[0-9a-f]';
const UUID = `${H}{8}-${H}{4}-${H}{4}-${H}{4}-${H}{12}`;
const HEX = 2.9;

export const TOKEN_RULES: readonly TokenRule[] = [
  // Clouds
  rule('aws-access-key', 'AWS access key id', ['(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)', '[A-Z2-7]{16}', 3]),
  rule('aws-bedrock', 'Amazon Bedrock API key', ['ABSK', '[A-Za-z0-9+/]{109,269}={0,2}', 4]),
  rule('google-api-key', 'Google API key', ['AIza', `${U}{35}`, 3.5]),
  rule('google-oauth-secret', 'Google OAuth client secret', ['GOCSPX-', `${U}{28}`, 3.5]),
  rule('google-access-token', 'Google OAuth access token', ['ya29\\.', `${U}{68,400}`, 4]),
  rule('azure-ad-secret', 'Azure AD client secret', ['[A-Za-z0-9_~.]{3}\\dQ~', '[A-Za-z0-9_~.-]{31,34}', 3.5]),
  rule('azure-storage-key', 'Azure storage account key', ['AccountKey=', '[A-Za-z0-9+/]{86}==', 4]),
  rule('azure-shared-access-key', 'Azure service key', [
    '(?:SharedAccessKey|sharedaccesskey)=',
    '[A-Za-z0-9+/]{43}=',
    4,
  ]),
  rule('azure-devops', 'Azure DevOps token', [`${W}{76}AZDO`, `${W}{4}`, 4]),
  rule('digitalocean', 'DigitalOcean token', ['do[opr]_v1_', `${H}{64}`, HEX]),
  rule('alibaba-access-key', 'Alibaba Cloud access key id', ['LTAI', `${W}{20}`, 3.5]),
  rule('tencent-secret-id', 'Tencent Cloud secret id', ['AKID', `${W}{32}`, 3.8]),
  rule('yandex-iam', 'Yandex Cloud token', ['t1\\.', `[A-Z0-9a-z_-]{80,200}={0,2}\\.${U}{86}={0,2}`, 4]),
  rule('yandex-api-key', 'Yandex API key', ['AQVN', `${U}{35,38}`, 3.5]),
  rule('scaleway', 'Scaleway secret key', ['SCW_SECRET_KEY=["\']?', UUID, HEX]),
  rule('heroku', 'Heroku API key', ['HRKU-AA', `${U}{58}`, 3.8]),
  rule('flyio', 'Fly.io token', ['(?:FlyV1 )?fm[12][a-z]?_', '[A-Za-z0-9+/]{100,}={0,3}', 4]),
  rule('flyio-personal', 'Fly.io access token', ['fo1_', `${U}{43}`, 3.5]),
  rule('netlify', 'Netlify token', ['nfp_', `${W}{36}`, 3.5]),
  rule('vercel', 'Vercel token', ['vc[piark]_', `${W}{24,60}`, 3.5]),
  rule('cloudflare', 'Cloudflare token', ['cf(?:k|ut|at)_', `${W}{40}${H}{8}`, 3.8]),
  rule('cloudflare-origin-ca', 'Cloudflare origin CA key', ['v1\\.0-', `${H}{24}-${H}{146}`, HEX]),
  rule('render', 'Render API key', ['rnd_', `${W}{28}`, 3.5]),
  rule('scalingo', 'Scalingo token', ['tk-us-', `${U}{48}`, 3.8]),
  rule('supabase', 'Supabase token', ['sbp_(?:oauth_|v0_)?', `${H}{40}`, HEX]),
  rule('supabase-secret', 'Supabase secret key', ['sb_secret_', `${U}{31,}`, 3.5]),
  rule('neon', 'Neon API key', ['napi_', '[a-z0-9]{64}', 3.8]),
  rule('planetscale', 'PlanetScale credential', ['pscale_(?:tkn|pw|oauth)_', '[A-Za-z0-9=._-]{32,64}', 3.5]),
  rule('pulumi', 'Pulumi token', ['pul-', `${H}{40}`, HEX]),
  rule('terraform-cloud', 'Terraform Cloud token', [`${W}{14}\\.atlasv1\\.`, '[A-Za-z0-9=_-]{60,70}', 4]),
  rule('vault', 'HashiCorp Vault token', ['hv[sbr]\\.', `${U}{90,300}`, 4]),
  rule('doppler', 'Doppler token', ['dp\\.(?:pt|st|ct|sa|scim|audit)\\.(?:[a-z0-9_-]{2,35}\\.)?', `${W}{40,44}`, 3.8]),
  rule('tailscale', 'Tailscale key', ['tskey-[a-z]{2,20}-', `[0-9A-Za-z_]{8,40}-[0-9A-Za-z_]{16,60}`, 3.4]),
  rule('onepassword', '1Password service account token', ['ops_ey', '[A-Za-z0-9+/=]{98,1280}', 4]),
  rule('onepassword-secret-key', '1Password secret key', [
    'A3-',
    '[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}',
  ]),
  rule('age', 'age secret key', ['AGE-SECRET-KEY-1', '[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}', 3.8]),
  rule('akamai', 'Akamai client token', ['akab-', '[a-z0-9]{16}-[a-z0-9]{16}', 3.5]),
  rule('dynatrace', 'Dynatrace token', ['dt0[a-z]\\d\\d\\.', '[A-Z0-9]{24}\\.[A-Z0-9]{64}', 4]),

  // Code hosting, packages, CI
  rule('github', 'GitHub token', ['gh[pousr]_', `${W}{36}`, 3.5]),
  rule('github-fine-grained', 'GitHub fine-grained token', ['github_pat_', `${W}{22}_${W}{59}`, 4]),
  rule('github-app', 'GitHub app installation token', ['ghs_\\d{1,20}_', `${U}{20,}\\.${U}{20,}\\.${U}{20,}`, 4]),
  rule('gitlab', 'GitLab token', [
    'gl(?:pat|ptt|dt|rt|soat|cbt|imt|ft|agent|oas|ffct)-',
    `${U}{20,128}(?:\\.[0-9a-z]{2}\\.[0-9a-z]{9})?`,
    3.4,
  ]),
  rule('gitlab-runner', 'GitLab runner registration token', ['GR1348941', `${U}{20}`, 3.4]),
  rule('bitbucket', 'Bitbucket app password', ['ATBB', `${W}{32}`, 3.8]),
  rule('atlassian', 'Atlassian API token', ['ATATT3', '[A-Za-z0-9_=-]{180,200}', 4]),
  rule('npm', 'npm token', ['npm_', `${W}{36}`, 3.5]),
  rule('pypi', 'PyPI token', ['pypi-AgEIcHlwaS5vcmc', `${U}{50,1000}`, 3.8]),
  rule('pypi-test', 'TestPyPI token', ['pypi-AgENdGVzdC5weXBpLm9yZw', `${U}{50,1000}`, 3.8]),
  rule('rubygems', 'RubyGems key', ['rubygems_', `${H}{48}`, HEX]),
  rule('crates-io', 'crates.io token', ['cio', `${W}{32}`, 3.9]),
  rule('nuget', 'NuGet key', ['oy2', '[a-z0-9]{43}', 3.6]),
  rule('clojars', 'Clojars token', ['CLOJARS_', '[0-9a-z]{60}', 3.5]),
  rule('docker', 'Docker Hub token', ['dckr_(?:pat|oat)_', `${U}{27,32}`, 3.5]),
  rule('artifactory', 'Artifactory key', ['AKCp', `${W}{69}`, 4]),
  rule('artifactory-reference', 'Artifactory reference token', ['cmVmdGtuOj', `${W}{54}`, 3.8]),
  rule('circleci', 'CircleCI token', ['CCI(?:PAT|PRJ)_', `${W}{22}_${H}{40}`, 3.4]),
  rule('buildkite', 'Buildkite token', ['bk(?:ua|aj|ct)_', `${W}{40}`, 3.4]),
  rule('sonar', 'SonarQube token', ['sq[pua]_', `${H}{40}`, HEX]),
  rule('sourcegraph', 'Sourcegraph token', ['sgp_(?:[0-9a-f]{16}_|local_)?', `${H}{40}`, HEX]),
  rule('infracost', 'Infracost key', ['ico-', `${W}{32}`, 3.7]),
  rule('harness', 'Harness token', ['[ps]at\\.[A-Za-z0-9_-]{22}\\.', `${H}{24}\\.${W}{20}`, 3.2]),
  rule('octopus', 'Octopus Deploy key', ['API-', '[A-Z0-9]{26}', 3.6]),
  rule('prefect', 'Prefect key', ['pn[ub]_', '[A-Za-z0-9]{36}', 3.5]),
  rule('snyk', 'Snyk token', ['snyk_(?:uat|sat)\\.', `${H}{8}\\.${U}{40,}\\.${U}{40,}`, 4]),

  // AI
  rule('openai', 'OpenAI key', ['sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,74}T3BlbkFJ', `${U}{20,74}`, 3.8]),
  rule('anthropic', 'Anthropic key', ['sk-ant-(?:api|admin|oat|sid)0\\d-', `${U}{80,128}`, 4]),
  rule('openrouter', 'OpenRouter key', ['sk-or-v1-', `${H}{64}`, HEX]),
  rule('groq', 'Groq key', ['gsk_', `${W}{52}`, 4]),
  rule('huggingface', 'Hugging Face token', ['(?:hf|api_org)_', `[A-Za-z]{34}`, 3.6]),
  rule('replicate', 'Replicate token', ['r8_', `${W}{37}`, 3.7]),
  rule('perplexity', 'Perplexity key', ['pplx-', `${W}{48}`, 4]),
  rule('xai', 'xAI key', ['xai-', `${W}{80}`, 4]),
  rule('together', 'Together AI key', ['tgp_v1_', `${U}{43}`, 3.8]),
  rule('fireworks', 'Fireworks AI key', ['fw_', `${W}{22,24}`, 3.8]),
  rule('pinecone', 'Pinecone key', ['pcsk_', `${W}{5,7}_${W}{60,66}`, 4]),
  rule('langsmith', 'LangSmith key', ['lsv2_(?:pt|sk)_', `${H}{32}_${H}{10}`, HEX]),
  rule('langfuse', 'Langfuse secret key', ['sk-lf-', UUID, HEX]),
  rule('nvidia', 'NVIDIA API key', ['nvapi-', `${U}{60,70}`, 4]),
  rule('tavily', 'Tavily key', ['tvly-(?:dev-|prod-)?', `${W}{32}`, 3.6]),
  rule('elevenlabs', 'ElevenLabs key', ['sk_', `${H}{48}`, HEX]),
  rule('llm-key-hex', 'LLM provider key', ['sk-', `${H}{32}`, HEX]),
  rule('cursor', 'Cursor key', ['key_', `${H}{64}`, HEX]),
  rule('llm-key', 'LLM provider key', ['sk-', `${W}{48}`, 4.2]),

  // Payments and shops
  rule('stripe', 'Stripe secret key', ['[sr]k_(?:live|prod)_', `${W}{16,247}`, 3.2]),
  rule('stripe-test', 'Stripe test key', ['[sr]k_test_', `${W}{24,247}`, 3.5]),
  rule('stripe-webhook', 'Stripe webhook secret', ['whsec_', '[A-Za-z0-9+/]{32,64}={0,2}', 3.8]),
  rule('paypal-braintree', 'Braintree access token', [
    'access_token\\$production\\$',
    '[0-9a-z]{16}\\$[0-9a-f]{32}',
    3.2,
  ]),
  rule('square', 'Square access token', ['sq0atp-', `${U}{22}`, 3.2]),
  rule('square-secret', 'Square application secret', ['sq0csp-', `${U}{43}`, 3.8]),
  rule('square-token', 'Square access token', ['EAAA', `${U}{60}`, 4]),
  rule('shopify', 'Shopify token', ['shp(?:at|ca|pa|ss|ua)_', '[0-9a-fA-F]{32}', HEX]),
  rule('plaid', 'Plaid access token', ['access-(?:production|development|sandbox)-', UUID, HEX]),
  rule('flutterwave', 'Flutterwave secret key', ['FLWSECK(?:_TEST|_PROD)?-', '[0-9A-Za-z]{32}-X', HEX]),
  rule('easypost', 'EasyPost key', ['EZ[AT]K', `${W}{54}`, 4]),
  rule('shippo', 'Shippo token', ['shippo_(?:live|test)_', `${H}{40}`, HEX]),
  rule('duffel', 'Duffel token', ['duffel_(?:live|test)_', `[A-Za-z0-9_=-]{43}`, 3.8]),
  rule('lob', 'Lob key', ['live_', `${H}{35}`, HEX]),
  rule('adyen', 'Adyen API key', ['AQE[a-z]h', '[A-Za-z0-9+/=*.^_-]{60,}', 4]),
  rule('gocardless', 'GoCardless token', ['live_', `${U}{40}`, 4.2]),
  rule('xendit', 'Xendit secret key', ['xnd_(?:production|development)_', `${W}{40,70}`, 3.8]),

  // Messages and mail
  rule('slack', 'Slack token', ['xox[abeoprs]-', `(?:\\d-)?(?:[A-Za-z0-9]{1,40}-){1,4}[A-Za-z0-9]{10,64}`, 2.9]),
  rule('slack-app', 'Slack app token', ['xapp-\\d-', `[A-Z0-9]{8,14}-\\d{8,14}-[a-z0-9]{32,80}`, 3.2]),
  rule('slack-config', 'Slack configuration token', ['xoxe\\.xox[bp]-\\d-', `${W}{120,200}`, 3.8]),
  rule('slack-webhook', 'Slack webhook address', [
    'hooks\\.slack\\.com/(?:services|workflows|triggers)/',
    `[A-Z0-9]{8,12}/[A-Z0-9]{8,12}/${W}{18,30}`,
    3.4,
  ]),
  rule('discord-bot', 'Discord bot token', [
    '[MNO][TDjzAQ][A-Za-z0-9_-]{21,26}\\.[A-Za-z0-9_-]{6}\\.',
    `${U}{27,38}`,
    3.7,
  ]),
  rule('discord-webhook', 'Discord webhook address', [
    'discord(?:app)?\\.com/api/webhooks/\\d{17,20}/',
    `${U}{60,72}`,
    4,
  ]),
  rule('teams-webhook', 'Microsoft Teams webhook address', [
    'webhook\\.office\\.com/webhookb2/',
    `${UUID}@${UUID}/IncomingWebhook/${H}{32}/${UUID}`,
    HEX,
  ]),
  rule('telegram-bot', 'Telegram bot token', ['\\d{8,10}:AA', `${U}{33}`, 3.6]),
  rule('twilio', 'Twilio API key', ['SK', `${H}{32}`, HEX]),
  rule('sendgrid', 'SendGrid key', ['SG\\.', `${U}{22}\\.${U}{43}`, 4]),
  rule('mailgun', 'Mailgun key', ['key-', '[0-9a-z]{32}', 3.4]),
  rule('mailgun-signing', 'Mailgun API key', [`${H}{32}-${H}{8}-`, `${H}{8}`, 2]),
  rule('mailchimp', 'Mailchimp key', [`${H}{32}-us`, '\\d{1,2}', 0]),
  rule('mandrill', 'Mandrill key', ['md-', `${U}{22}`, 3.8]),
  rule('mailersend', 'MailerSend token', ['mlsn\\.', `${H}{64}`, HEX]),
  rule('brevo', 'Brevo key', ['x(?:keysib|smtpsib)-', `${H}{64}-${W}{16}`, HEX]),
  rule('resend', 'Resend key', ['re_', `${W}{8}_${W}{24}`, 3.8]),
  rule('klaviyo', 'Klaviyo private key', ['pk_', `${H}{34}`, HEX]),
  rule('knock', 'Knock secret key', ['sk_(?:live_|test_)?', `${U}{43}`, 4.3]),

  // Observability
  rule('newrelic', 'New Relic key', ['NR(?:AK|II|JS|RA|IQ)-', `${U}{19,32}`, 3.2]),
  rule('newrelic-license', 'New Relic licence key', [`${H}{36}NR`, 'AL', 0]),
  rule('grafana-cloud', 'Grafana Cloud token', ['glc_', '[A-Za-z0-9+/]{32,400}={0,2}', 3.8]),
  rule('grafana-service', 'Grafana service account token', ['glsa_', `${W}{32}_[A-Fa-f0-9]{8}`, 3.5]),
  rule('sentry', 'Sentry token', ['sntrys_', '[A-Za-z0-9+/=]{60,400}_[A-Za-z0-9+/=]{40,44}', 4]),
  rule('sentry-user', 'Sentry user token', ['sntryu_', `${H}{64}`, HEX]),
  rule('honeycomb', 'Honeycomb key', ['hc[abcix][ilmk]k?_', `[0-9a-z]{58}`, 3.8]),
  rule('posthog', 'PostHog personal key', ['phx_', `${W}{40,50}`, 3.8]),
  rule('logfire', 'Logfire token', ['pylf_v\\d_(?:us|eu)_', `${W}{43,52}`, 3.8]),
  rule('axiom', 'Axiom token', ['xa[ap]t-', UUID, HEX]),

  // Work tools
  rule('linear', 'Linear key', ['lin_(?:api|oauth)_', `${W}{40,64}`, 3.5]),
  rule('notion', 'Notion token', ['ntn_\\d{11}', `${W}{35}`, 3.7]),
  rule('notion-legacy', 'Notion token', ['secret_', `${W}{43}`, 4]),
  rule('figma', 'Figma token', ['fig[dour]_', `${U}{40,200}`, 3.8]),
  rule('airtable', 'Airtable token', ['pat[A-Za-z0-9]{14}\\.', `${H}{64}`, HEX]),
  rule('asana', 'Asana token', ['[0-2]/\\d{15,17}/\\d{15,17}:', `${H}{32}`, HEX]),
  rule('hubspot', 'HubSpot token', ['pat-(?:na|eu|ap)\\d-', UUID, HEX]),
  rule('typeform', 'Typeform token', ['tfp_', '[A-Za-z0-9_.=-]{44,59}', 3.8]),
  rule('contentful', 'Contentful token', ['CFPAT-', `${U}{43}`, 3.8]),
  rule('readme', 'ReadMe key', ['rdme_', '[a-z0-9]{70}', 3.8]),
  rule('postman', 'Postman key', ['PMAK-', `${H}{24}-${H}{34}`, HEX]),
  rule('frameio', 'Frame.io token', ['fio-u-', `[A-Za-z0-9_=-]{64}`, 4]),
  rule('clickup', 'ClickUp token', ['pk_\\d{7,9}_', '[A-Z0-9]{32}', 3.6]),
  rule('miro', 'Miro token', ['eyJtaXJvLm9yaWdpbiI6', `${U}{20,}_${U}{20,}`, 3.4]),
  rule('dropbox', 'Dropbox token', ['sl\\.(?:u\\.)?', `${U}{130,1400}`, 4]),
  rule('mapbox', 'Mapbox secret token', ['sk\\.eyJ', `${U}{60,}\\.${U}{20,24}`, 4]),
  rule('launchdarkly', 'LaunchDarkly key', ['(?:sdk|api)-', UUID, HEX]),
  rule('adafruit', 'Adafruit IO key', ['aio_', `${W}{28}`, 3.5]),
  rule('maxmind', 'MaxMind licence key', [`${W}{6}_${W}{29}_mm`, 'k', 0]),
  rule('databricks', 'Databricks token', ['dapi', `[A-Fa-f0-9]{32}(?:-\\d)?`, HEX]),
  rule('databento', 'Databento key', ['db-', `${W}{29}`, 4]),
  rule('ngrok', 'ngrok token', ['(?:ak|cr|ssh)?_?[12][A-Za-z0-9]{26}_', `${W}{20,21}`, 3.6]),
  rule('facebook', 'Facebook access token', ['EAA[CM]', `${W}{80,250}`, 4]),
  rule('twitter-bearer', 'X (Twitter) bearer token', ['AAAAAAAAAAAAAAAAAAAAA', '[A-Za-z0-9%]{60,120}', 3.8]),
  rule('instagram', 'Instagram access token', ['IGQ[VWZ]', `${U}{100,250}`, 4]),
  rule('clerk-machine', 'Clerk machine key', ['ak_live_', `${W}{32,64}`, 3.6]),
  rule('workos', 'WorkOS key', ['sk_live_[a-z0-9]{4,}_', `${W}{20,}`, 3.4]),
  rule('aiven', 'Aiven token', ['aivenv1', '[A-Za-z0-9+/=]{240,}', 4]),
  rule('algolia', 'Algolia admin key', [
    'ALGOLIA_(?:ADMIN|WRITE)_(?:API_)?KEY["\']?\\s*[:=]\\s*["\']?',
    `${H}{32}`,
    HEX,
  ]),
  rule('cloudinary', 'Cloudinary address with its secret', [
    'cloudinary://\\d{12,20}:',
    `${U}{20,40}@[a-z0-9-]{2,40}`,
    3.2,
  ]),
  rule('firebase-cloud-messaging', 'Firebase Cloud Messaging key', ['AAAA[A-Za-z0-9_-]{7}:', `APA91${U}{100,200}`, 4]),

  // Names that leave no doubt, beside a value of exactly the right shape
  rule('aws-secret-key', 'AWS secret access key', [
    '(?:aws_?|AWS_?)?(?:secret|SECRET|Secret)_?(?:access|ACCESS|Access)_?(?:key|KEY|Key)["\'`]?\\s{0,3}(?:[:=]|=>|,)\\s{0,3}["\'`]?',
    '[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])',
    4.2,
  ]),
  rule('npmrc-auth', 'npm registry token', ['_authToken=', '(?![$<{%])[A-Za-z0-9_./+=-]{20,}', 3]),
];
