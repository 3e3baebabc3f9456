DROP TABLE user_properties;
DROP TABLE properties;
