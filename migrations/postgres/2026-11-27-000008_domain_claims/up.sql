-- Domains an organization means to prove by a TXT record. Several may claim one domain; who proves it is in
-- organization_domains. `next_check` is NULL once nobody looks any more until it is asked for again.
CREATE TABLE domain_claims (
    organization_key BIGINT NOT NULL REFERENCES organizations (key) ON DELETE CASCADE,
    domain TEXT COLLATE "C" NOT NULL,
    challenge TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    checked BIGINT,
    missing_since BIGINT,
    lapsed BIGINT,
    next_check BIGINT,
    PRIMARY KEY (organization_key, domain)
);
CREATE INDEX domain_claims_next_check ON domain_claims (next_check);
