// oidc-provider as a platform of LTI 1.3, on loopback. Started with the tool's address; says its own in one line of JSON.
// All of the protocol is oidc-provider's: login, id_token, keys, client assertions, access tokens. The few lines below
// it play the course: who launches, and a gradebook that takes scores from holders of a token.
import { createServer } from "node:http";
import { generateKeyPairSync } from "node:crypto";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [tool, modules] = process.argv.slice(2);
const require = createRequire(pathToFileURL(modules + "/"));
const { default: Provider } = await import(pathToFileURL(require.resolve("oidc-provider")));
const { default: Keygrip } = await import(pathToFileURL(require.resolve("keygrip")));

const lti = "https://purl.imsglobal.org/spec/lti/claim/";
const ags = "https://purl.imsglobal.org/spec/lti-ags/";
const scopes = ["score", "lineitem", "result.readonly"].map((s) => `${ags}scope/${s}`);
const cookieKeys = ["only for this test"];
const hints = new Map(); // lti_message_hint: claims
const grades = [];

function key(kid) {
  const jwk = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
  return { ...jwk, kid, use: "sig", alg: "RS256" };
}

let provider;
const server = createServer((req, res) => route(req, res).catch((e) => { console.error(e); res.writeHead(500).end(); }));
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const issuer = `http://127.0.0.1:${server.address().port}`;

provider = new Provider(issuer, {
  clients: [{
    client_id: "tool-1",
    redirect_uris: [`${tool}/lti/launch`],
    response_types: ["id_token"],
    grant_types: ["implicit", "client_credentials"],
    token_endpoint_auth_method: "private_key_jwt",
    token_endpoint_auth_signing_alg: "RS256",
    id_token_signed_response_alg: "RS256",
    jwks_uri: `${tool}/lti/jwks.json`,
    scope: ["openid", ...scopes].join(" "),
  }],
  responseTypes: ["id_token"],
  jwks: { keys: [key("platform-1"), key("platform-2")] },
  scopes: ["openid", ...scopes],
  claims: { openid: ["sub", "name", `${ags}claim/endpoint`,
    ...["version", "message_type", "deployment_id", "target_link_uri", "roles", "resource_link", "context", "custom"].map((c) => lti + c)] },
  conformIdTokenClaims: false,
  extraParams: ["lti_message_hint"],
  features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
  cookies: { keys: cookieKeys },
  ttl: { IdToken: 300, ClientCredentials: 600, Session: 3600, Grant: 3600, Interaction: 600 },
  fetch: (url, { dispatcher, ...options }) => fetch(url, options), // the tool's keys are on loopback
  findAccount: (ctx, sub) => ({ accountId: sub, claims: () => ({ sub, ...hints.get(ctx.oidc.params?.lti_message_hint) }) }),
  async loadExistingGrant(ctx) {
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope("openid");
    await grant.save(600);
    return grant;
  },
});
// Redirecting to http on loopback is not allowed to implicit clients; everything else of the client is checked.
const { invalidate } = provider.Client.Schema.prototype;
provider.Client.Schema.prototype.invalidate = function (message, code) {
  if (!code?.startsWith("implicit-")) invalidate.call(this, message, code);
};

const callback = provider.callback();

async function route(req, res) {
  const url = new URL(req.url, issuer);
  const say = (v) => res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(v));
  if (url.pathname === "/course") return say(await click(url.searchParams, res));
  if (url.pathname === "/grades") return say(grades);
  if (url.pathname === "/items/1/scores") return score(req, res, url);
  return callback(req, res);
}

// click is a user in the course who opens the activity: a session, and the form for the tool's login.
async function click(query, res) {
  const user = query.get("user");
  const session = new provider.Session();
  session.loginAccount({ accountId: user });
  await session.save(3600);
  const name = provider.cookieName("session");
  const sign = new Keygrip(cookieKeys).sign(`${name}=${session.jti}`);
  if (query.get("session") !== "none") res.setHeader("set-cookie", [`${name}=${session.jti}; path=/`, `${name}.sig=${sign}; path=/`]);
  const hint = `hint ${hints.size} {"a":"&"}`;
  hints.set(hint, {
    name: "Zoë O'Neill",
    [`${lti}version`]: "1.3.0",
    [`${lti}message_type`]: "LtiResourceLinkRequest",
    [`${lti}deployment_id`]: "7",
    [`${lti}target_link_uri`]: `${tool}/lti/launch`,
    [`${lti}roles`]: [`http://purl.imsglobal.org/vocab/lis/v2/membership#${query.get("role")}`],
    [`${lti}resource_link`]: { id: "link-1" },
    [`${lti}context`]: { id: "course-1" },
    [`${lti}custom`]: { lesson: "otr" },
    [`${ags}claim/endpoint`]: { scope: scopes, lineitem: `${issuer}/items/1?x=1` },
  });
  return {
    iss: issuer, client_id: "tool-1", login_hint: user, lti_message_hint: hint, lti_deployment_id: "7", target_link_uri: `${tool}/lti/launch`,
  };
}

async function score(req, res, url) {
  const token = await provider.ClientCredentials.find((req.headers.authorization ?? "").replace(/^Bearer /, ""));
  if (!token?.isValid || !token.scope.split(" ").includes(scopes[0])) return res.writeHead(401).end();
  let body = "";
  for await (const part of req) body += part;
  grades.push({ query: url.search, type: req.headers["content-type"], ...JSON.parse(body) });
  res.writeHead(200).end();
}

console.log(JSON.stringify({ issuer }));
process.stdin.on("end", () => process.exit(0)).resume();
