// The provisioning story, told by Kinde's JavaScript client of the management API: only its configuration is ours.
import assert from "node:assert/strict";
import {
  Connections, Directories, Identities, Organizations, Roles, Search, Users, getToken, init, validateToken,
} from "@kinde/management-api-js";

const url = process.env.ANTEROOM_URL;
let steps = 0;

init({ kindeDomain: url, clientId: process.env.CLIENT_ID, clientSecret: process.env.CLIENT_SECRET });

async function step(name, work) {
  try {
    const result = await work();
    console.log(`ok ${name}`);
    steps += 1;
    return result;
  } catch (error) {
    console.log(`FAILED ${name}: ${error.message} ${JSON.stringify(error.body ?? error.actual ?? null)}`);
    process.exit(1);
  }
}

// What the client library has no call for.
async function call(path, token, body) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const init = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
  const answer = await fetch(path, init);
  assert.ok(answer.ok, `${answer.status} ${path}`);
  return answer.json();
}

const token = await step("an access token that the published keys verify", async () => {
  const token = await getToken();
  assert.ok(await validateToken(token, `${url}/api`));
  return token;
});
const code = await step("an organization", async () => {
  const made = await Organizations.createOrganization({ requestBody: { name: "Acme JS", handle: "acme-js" } });
  assert.equal(made.message, "Success");
  const shown = await Organizations.getOrganization({ code: made.organization.code });
  assert.equal(shown.name, "Acme JS");
  return made.organization.code;
});
const connectionId = await step("an enterprise connection", async () => {
  const made = await Connections.createConnection({
    requestBody: {
      name: "acme-okta-js", display_name: "Acme", strategy: "saml:okta", organization_code: code,
      options: { home_realm_domains: ["js.acme.test"], is_create_missing_user: false, saml_entity_id: "acme" },
    },
  });
  const id = made.connection.id;
  await Connections.updateConnection({ connectionId: id, requestBody: { display_name: "Acme Okta" } });
  const shown = await Connections.getConnection({ connectionId: id });
  assert.deepEqual([shown.connection.display_name, shown.connection.strategy], ["Acme Okta", "saml:okta"]);
  return id;
});
const directory = await step("a directory with its secret", async () => {
  const requestBody = { org_code: code, directory_name: "Okta", provider_code: "okta", enterprise_connection_id: connectionId };
  const made = await Directories.createDirectory({ requestBody });
  assert.match(made.directory.secret_token, /^kstkn_/);
  assert.equal(made.directory.organization_code, code);
  await assert.rejects(Directories.createDirectory({ requestBody }), (error) => error.status === 409);
  return made.directory;
});
const userId = await step("a user with an email", async () => {
  const made = await Users.createUser({
    requestBody: {
      profile: { given_name: "Ana", family_name: "Ortiz" }, organization_code: code, provided_id: "emp-17",
      identities: [{ type: "email", details: { email: "ana@js.acme.test" } }],
    },
  });
  assert.equal(made.created, true);
  return made.id;
});
await step("an enterprise identity in its place", async () => {
  const requestBody = { type: "enterprise", value: "ana@js.acme.test", connection_id: connectionId };
  const made = await Users.createUserIdentity({ userId, requestBody });
  const listed = await Users.getUserIdentities({ userId });
  assert.deepEqual(listed.identities.map((identity) => [identity.id, identity.type]), [[made.identity.id, "enterprise"]]);
  const shown = await Identities.getIdentity({ identityId: made.identity.id });
  assert.equal(shown.name, "ana@js.acme.test");
  await Identities.updateIdentity({ identityId: made.identity.id, requestBody: { is_primary: true } });
});
await step("found by the IdP over SCIM", async () => {
  const filter = encodeURIComponent('userName eq "ana@js.acme.test"');
  const found = await call(`${directory.scim_base_url}/Users?filter=${filter}`, directory.secret_token);
  assert.equal(found.totalResults, 1);
});
const question = { subject: "okta-1", email: "ana@js.acme.test" };
const signIn = () => call(`${url}/api/v1/connections/${connectionId}/sign_ins`, token, question);
await step("let in at the first sign-in", async () => {
  const answer = await signIn();
  assert.deepEqual([answer.decision, answer.user.id], ["allow", userId]);
});
await step("suspended, and kept out", async () => {
  const changed = await Users.updateUser({ id: userId, requestBody: { is_suspended: true, given_name: "Anna" } });
  assert.deepEqual([changed.is_suspended, changed.given_name], [true, "Anna"]);
  assert.equal((await signIn()).reason, "suspended");
  await Users.deleteUserSessions({ userId });
  await Users.updateUser({ id: userId, requestBody: { is_suspended: false } });
  assert.equal((await signIn()).decision, "allow");
});
const others = await step("more users, listed page by page", async () => {
  const ids = [];
  for (const name of ["ben", "cleo", "dana"]) {
    const identities = [{ type: "email", details: { email: `${name}@js.acme.test` } }];
    ids.push((await Users.createUser({ requestBody: { profile: { given_name: name }, identities } })).id);
  }
  const seen = [];
  let nextToken;
  do {
    const page = await Users.getUsers({ pageSize: 2, nextToken, expand: "organizations,identities" });
    assert.ok(page.users.length <= 2);
    seen.push(...page.users.map((user) => user.id));
    nextToken = page.next_token;
  } while (nextToken);
  for (const id of [userId, ...ids]) assert.equal(seen.filter((other) => other === id).length, 1);
  const one = await Users.getUsers({ email: "ben@js.acme.test" });
  assert.deepEqual(one.users.map((user) => user.id), [ids[0]]);
  const found = await Search.searchUsers({ query: "cleo@js" });
  assert.deepEqual(found.results.map((user) => user.id), [ids[1]]);
  return ids;
});
await step("members and their roles", async () => {
  const role = await Roles.createRole({ requestBody: { name: "Admin JS", key: "admin-js" } });
  const added = await Organizations.addOrganizationUsers({ orgCode: code, requestBody: { users: [{ id: others[0], roles: ["admin-js"] }] } });
  assert.deepEqual(added.users_added, [others[0]]);
  const listed = await Organizations.getOrganizationUsers({ orgCode: code, sort: "email_asc" });
  assert.deepEqual(listed.organization_users.map((user) => [user.id, user.roles]), [[userId, []], [others[0], ["admin-js"]]]);
  await Organizations.createOrganizationUserRole({ orgCode: code, userId, requestBody: { role_id: role.role.id } });
  const roles = await Organizations.getOrganizationUserRoles({ orgCode: code, userId });
  assert.deepEqual(roles.roles.map((held) => held.key), ["admin-js"]);
  await Organizations.deleteOrganizationUserRole({ orgCode: code, userId, roleId: role.role.id });
  const changed = await Organizations.updateOrganizationUsers({ orgCode: code, requestBody: { users: [{ id: others[0], operation: "delete" }] } });
  assert.deepEqual(changed.users_removed, [others[0]]);
  await Organizations.addOrganizationUsers({ orgCode: code, requestBody: { users: [{ id: others[1] }] } });
  await Organizations.removeOrganizationUser({ orgCode: code, userId: others[1] });
});
await step("connections and directories, listed", async () => {
  const byDomain = await Connections.getConnections({ homeRealmDomain: "js.acme.test" });
  assert.deepEqual(byDomain.connections.map((connection) => connection.id), [connectionId]);
  assert.equal(byDomain.has_more, false);
  const usable = await Organizations.getOrganizationConnections({ organizationCode: code });
  assert.deepEqual(usable.connections.map((connection) => connection.id), [connectionId]);
  const listed = await Directories.getDirectories({ organizationCode: code });
  assert.deepEqual(listed.directories.map((other) => [other.id, other.secret_token]), [[directory.id, undefined]]);
  const page = await Organizations.getOrganizations({ pageSize: 1 });
  assert.equal(page.organizations.length, 1);
});
await step("taken apart", async () => {
  const renamed = await Directories.updateDirectory({ directoryId: directory.id, requestBody: { directory_name: "Okta 2" } });
  assert.equal(renamed.directory.directory_name, "Okta 2");
  const shown = await Directories.getDirectory({ directoryId: directory.id });
  assert.equal(shown.directory.directory_name, "Okta 2");
  assert.equal((await Directories.deleteDirectory({ directoryId: directory.id })).directory_id, directory.id);
  await Connections.deleteConnection({ connectionId });
  for (const id of [userId, ...others]) await Users.deleteUser({ id });
  const left = await Users.getUsers({ userId });
  assert.deepEqual(left.users, []);
  await assert.rejects(Users.getUserData({ id: userId }), (error) => error.status === 400);
});
console.log(`${steps} steps passed`);
