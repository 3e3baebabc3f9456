"""The provisioning story, told by Kinde's Python client of the management API: only its configuration is ours."""

import json
import os
import sys
import urllib.parse
import urllib.request

from kinde_sdk.management.exceptions import ApiException
from kinde_sdk.management.management_client import ManagementClient

url = os.environ["ANTEROOM_URL"]
client = ManagementClient(url.removeprefix("https://"), os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"])
steps = 0


def step(work):
    """Runs a step, and ends the story when it fails."""
    global steps
    try:
        result = work()
    except Exception as error:  # Whatever it is, it is told with the step.
        print(f"FAILED {work.__doc__}: {type(error).__name__}: {error}")
        sys.exit(1)
    print(f"ok {work.__doc__}")
    steps += 1
    return result


def same(left, right):
    assert left == right, f"{left!r} is not {right!r}"


def refused(status, work, *arguments, **named):
    try:
        work(*arguments, **named)
    except ApiException as error:
        return same(error.status, status)
    raise AssertionError(f"{work.__name__} was not refused")


def call(path, token, body=None):
    """What the client library has no call for."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(path, data, headers)) as answer:
        return json.load(answer)


def make_organization():
    """an organization"""
    made = client.organizations_api.create_organization(create_organization_request={"name": "Acme Py"})
    code = made.organization.code
    client.organizations_api.update_organization(org_code=code, update_organization_request={"handle": "acme-py"})
    shown = client.organizations_api.get_organization(code=code)
    same((shown.name, shown.handle), ("Acme Py", "acme-py"))
    return code


def make_connection():
    """an enterprise connection"""
    options = {"home_realm_domains": ["py.acme.test"], "is_create_missing_user": False, "saml_entity_id": "acme"}
    made = client.connections_api.create_connection(create_connection_request={
        "name": "acme-okta-py", "display_name": "Acme", "strategy": "saml:okta", "organization_code": code, "options": options,
    })
    shown = client.connections_api.get_connection(connection_id=made.connection.id)
    same((shown.connection.id, shown.connection.strategy), (made.connection.id, "saml:okta"))
    return made.connection.id


def make_directory():
    """a directory with its secret"""
    request = {"org_code": code, "directory_name": "Okta", "provider_code": "okta", "enterprise_connection_id": connection}
    made = client.directories_api.create_directory(create_directory_request=request)
    assert made.directory.secret_token.startswith("kstkn_")
    same((made.directory.organization_code, made.directory.status), (code, "Pending"))
    refused(409, client.directories_api.create_directory, create_directory_request=request)
    return made.directory


def make_user():
    """a user with an email"""
    made = client.users_api.create_user(create_user_request={
        "profile": {"given_name": "Ana", "family_name": "Ortiz"}, "organization_code": code, "provided_id": "emp-18",
        "identities": [{"type": "email", "details": {"email": "ana@py.acme.test"}}],
    })
    same(made.created, True)
    shown = client.users_api.get_user_data(id=made.id, expand="organizations")
    same((shown.preferred_email, shown.organizations), ("ana@py.acme.test", [code]))
    return made.id


def give_identity():
    """an enterprise identity in its place"""
    made = client.users_api.create_user_identity(user_id=user, create_user_identity_request={
        "type": "enterprise", "value": "ana@py.acme.test", "connection_id": connection,
    })
    listed = client.users_api.get_user_identities(user_id=user)
    same([(identity.id, identity.type) for identity in listed.identities], [(made.identity.id, "enterprise")])
    shown = client.identities_api.get_identity(identity_id=made.identity.id)
    same((shown.id, shown.name), (made.identity.id, "ana@py.acme.test"))
    client.identities_api.update_identity(identity_id=made.identity.id, update_identity_request={"is_primary": True})


def find_over_scim():
    """found by the IdP over SCIM"""
    described = call(f"{url}/api/v1/directories/{directory.id}", client.token_manager.get_access_token())
    path = urllib.parse.quote('userName eq "ana@py.acme.test"')
    found = call(f"{described['directory']['scim_base_url']}/Users?filter={path}", directory.secret_token)
    same(found["totalResults"], 1)


def sign_in():
    """let in at the first sign-in"""
    question = {"subject": "okta-1", "email": "ana@py.acme.test"}
    return call(f"{url}/api/v1/connections/{connection}/sign_ins", client.token_manager.get_access_token(), question)


def suspend():
    """suspended, and kept out"""
    changed = client.users_api.update_user(id=user, update_user_request={"is_suspended": True, "given_name": "Anna"})
    same((changed.is_suspended, changed.given_name), (True, "Anna"))
    same(sign_in()["reason"], "suspended")
    client.users_api.delete_user_sessions(user_id=user)
    client.users_api.update_user(id=user, update_user_request={"is_suspended": False})
    same(sign_in()["decision"], "allow")


def list_users():
    """more users, listed page by page"""
    ids = []
    for name in ["ben", "cleo", "dana"]:
        identities = [{"type": "email", "details": {"email": f"{name}@py.acme.test"}}]
        made = client.users_api.create_user(create_user_request={"profile": {"given_name": name}, "identities": identities})
        ids.append(made.id)
    seen, token = [], None
    while True:
        page = client.users_api.get_users(page_size=2, next_token=token, expand="organizations,identities")
        assert len(page.users) <= 2
        seen += [shown.id for shown in page.users]
        token = page.next_token
        if not token:
            break
    same([seen.count(id) for id in [user, *ids]], [1, 1, 1, 1])
    same([shown.id for shown in client.users_api.get_users(email="ben@py.acme.test").users], [ids[0]])
    same([shown.id for shown in client.search_api.search_users(query="cleo@py").results], [ids[1]])
    return ids


def change_members():
    """members and their roles"""
    role = client.roles_api.create_role(create_role_request={"name": "Admin Py", "key": "admin-py"}).role
    api = client.organizations_api
    users = [{"id": others[0], "roles": ["admin-py"]}]
    same(api.add_organization_users(org_code=code, add_organization_users_request={"users": users}).users_added, [others[0]])
    listed = api.get_organization_users(org_code=code, sort="email_asc").organization_users
    same([(member.id, member.roles) for member in listed], [(user, []), (others[0], ["admin-py"])])
    api.create_organization_user_role(org_code=code, user_id=user, create_organization_user_role_request={"role_id": role.id})
    same([held.key for held in api.get_organization_user_roles(org_code=code, user_id=user).roles], ["admin-py"])
    api.delete_organization_user_role(org_code=code, user_id=user, role_id=role.id)
    users = [{"id": others[0], "operation": "delete"}]
    changed = api.update_organization_users(org_code=code, update_organization_users_request={"users": users})
    same(changed.users_removed, [others[0]])


def list_connections():
    """connections and directories, listed"""
    # This client reads the items of the list in the form of the answer about one connection.
    pages, after = [], None
    while True:
        page = client.connections_api.get_connections(page_size=1, starting_after=after)
        pages += [item.connection.id for item in page.connections]
        if not page.has_more:
            break
        after = pages[-1]
    same(pages.count(connection), 1)
    usable = client.organizations_api.get_organization_connections(organization_code=code)
    same(usable.code, "OK")
    listed = client.directories_api.get_directories(organization_code=code).directories
    same([(shown.id, shown.secret_token) for shown in listed], [(directory.id, None)])
    same(len(client.organizations_api.get_organizations(page_size=1).organizations), 1)


def take_apart():
    """taken apart"""
    api = client.directories_api
    renamed = api.update_directory(directory_id=directory.id, update_directory_request={"directory_name": "Okta 2"})
    same(renamed.directory.directory_name, "Okta 2")
    same(api.get_directory(directory_id=directory.id).directory.directory_name, "Okta 2")
    same(api.delete_directory(directory_id=directory.id).directory_id, directory.id)
    client.connections_api.delete_connection(connection_id=connection)
    for id in [user, *others]:
        client.users_api.delete_user(id=id)
    refused(400, client.users_api.get_user_data, id=user)


code = step(make_organization)
connection = step(make_connection)
directory = step(make_directory)
user = step(make_user)
step(give_identity)
step(find_over_scim)
same(step(sign_in)["user"]["id"], user)
step(suspend)
others = step(list_users)
step(change_members)
step(list_connections)
step(take_apart)
print(f"{steps} steps passed")
