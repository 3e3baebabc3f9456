DROP TABLE scim_client_secrets;
DROP TABLE scim_clients;
DROP TABLE signing_keys;
