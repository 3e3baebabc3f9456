DROP TABLE unique_values;
DROP TABLE definitions;
ALTER TABLE connections DROP COLUMN has_schemas;
