// The OpenID Connect provider of the tests: `oidc-provider`, whose people and keys a test changes while it runs.
//   provider.mjs PORT CLIENT_URL...      one client, `devopscd`, at each of these addresses
// PUT and DELETE /test/people/NAME {"groups": [..], "claims": {..}} · POST /test/keys makes new keys
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { randomUUID } from 'node:crypto';

// The packages are in a cache outside the tree.
const require = createRequire(`${process.env.DEVOPSCD_TEST_PROVIDER_HOME}/`);
const { Provider } = await import(require.resolve('oidc-provider'));
const { generateKeyPair, exportJWK } = await import(require.resolve('jose'));

const [port, ...clients] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const people = new Map();

async function newKey() {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: 'RS256', use: 'sig' };
}

const configuration = (keys) => ({
  jwks: { keys },
  cookies: { keys: ['of-the-tests'] },
  clients: [{
    client_id: 'devopscd',
    client_secret: 'the-secret-of-the-client',
    token_endpoint_auth_method: 'client_secret_post',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: clients.map((url) => `${url}/login/oidc/callback`),
    post_logout_redirect_uris: clients.map((url) => `${url}/login`),
    backchannel_logout_uri: `${clients[0]}/login/oidc/logout`,
    backchannel_logout_session_required: true,
  }],
  claims: { openid: ['sub'], profile: ['preferred_username', 'name'], email: ['email', 'email_verified'], groups: ['groups'] },
  scopes: ['openid', 'offline_access', 'profile', 'email', 'groups'],
  features: {
    backchannelLogout: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => { ctx.body = `<!DOCTYPE html><title>Log out</title>${form}<button form="op.logoutForm" name="logout" value="yes">Log out</button>`; },
    },
    devInteractions: { enabled: false },
    revocation: { enabled: true },
  },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: async () => true,
  conformIdTokenClaims: false,
  ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 3600, IdToken: 3600, Interaction: 600, RefreshToken: 3600, Session: 3600 },
  interactions: { url: (_, interaction) => `/test/interaction/${interaction.uid}` },
  findAccount: async (_, sub) => people.has(sub) && ({
    accountId: sub,
    claims: async () => ({ sub, preferred_username: sub, groups: people.get(sub).groups ?? [], ...people.get(sub).claims }),
  }),
  // Whoever logs in has agreed.
  loadExistingGrant: async (ctx) => {
    const { client, session, provider } = ctx.oidc;
    const known = session.grantIdFor(client.clientId) && (await provider.Grant.find(session.grantIdFor(client.clientId)));
    if (known) return known;
    const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope('openid offline_access profile email groups');
    await grant.save();
    return grant;
  },
});

let provider;
async function start() {
  provider = new Provider(issuer, configuration([await newKey()]));
  // Plain HTTP on loopback.
  provider.on('server_error', (_, error) => console.error(error));
}

async function body(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

function page(response, html) {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(`<!DOCTYPE html><title>The provider</title>${html}`);
}

async function test(request, response, path) {
  const [, , what, name] = path.split('/');
  if (what === 'interaction' && request.method === 'GET')
    return page(response, `<form method="post"><input name="login" autofocus><button>Sign in</button></form>`);
  if (what === 'interaction') {
    const login = new URLSearchParams(await body(request)).get('login');
    if (!people.has(login)) return page(response, `<form method="post"><p>Nobody of that name</p><input name="login"><button>Sign in</button></form>`);
    return provider.interactionFinished(request, response, { login: { accountId: login } }, { mergeWithLastSubmission: false });
  }
  if (what === 'people' && request.method === 'PUT') people.set(name, JSON.parse(await body(request)));
  else if (what === 'people' && request.method === 'DELETE') people.delete(name);
  else if (what === 'keys') await start();
  else return response.writeHead(404).end();
  return response.writeHead(204).end();
}

await start();
createServer((request, response) => {
  const path = new URL(request.url, issuer).pathname;
  const work = path.startsWith('/test/') ? test(request, response, path) : provider.callback()(request, response);
  Promise.resolve(work).catch((error) => { console.error(error); response.writeHead(500).end(); });
}).listen(Number(port), '127.0.0.1', () => console.log(`provider: ${issuer}`));
