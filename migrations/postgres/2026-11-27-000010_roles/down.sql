ALTER TABLE connections DROP COLUMN has_role_rules;
DROP TABLE role_rules;
DROP TABLE role_grants;
DROP TABLE roles;
