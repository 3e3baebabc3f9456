DROP INDEX connections_name;
DROP INDEX organizations_external_id;
DROP INDEX users_provided_id;
