//! The habits of each identity provider.

use crate::exchange::Idp;

/// An identity provider's habits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dialect {
    pub idp: Idp,
    /// In the query of every request.
    pub flag: &'static str,
    /// What the administrator's "test connection" asks.
    pub greeting: &'static [&'static str],
    /// How a changed profile is written.
    pub profile: Write,
    /// How access is given and taken, where no other change goes with it.
    pub access: Write,
    /// How members are written; `None` where there are no groups.
    pub members: Option<Members>,
    /// Whether people who were erased are deleted; else they stay, inactive.
    pub deletes: bool,
    /// What a failed request means.
    pub patience: Patience,
}

/// How a change of a person is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Write {
    /// What was read, with the changes, by PUT.
    ReadAndPut,
    /// The whole template by PUT.
    Put,
    /// PATCH with an operation for each attribute, in Entra's way: capitals, texts for booleans.
    PatchEachCapital,
    /// PATCH with an operation for each attribute.
    PatchEach,
    /// PATCH without a path, its keys being paths, in Entra's newer way.
    PatchTogether,
    /// PATCH of `active` alone, without a path, as Okta's catalogue apps do.
    PatchActive,
}

/// How members of a group are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Members {
    /// The whole group, by PUT.
    Put,
    /// The name, then one request that removes by filter and adds.
    OneDelta,
    /// Additions and removals, each a request; removal by value.
    ByValueCapital,
    /// As that, removal by filter.
    ByFilter,
    /// Additions are sent again with every change; removal by value.
    ByValueAgain,
}

/// What a failed request means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    /// Okta: taking access away is tried once; everything else ten times. A 429 says in whole seconds when to come back.
    Okta,
    /// Entra: what failed is tried again in later cycles, ever more rarely; many failures put the job into quarantine.
    Entra,
    /// What failed is tried again in the next cycle.
    EachCycle,
}

pub(super) const OKTA_AIW: Dialect = Dialect {
    idp: Idp::OktaAiw,
    flag: "",
    greeting: &["/Users?startIndex=1&count=2", "/Groups?startIndex=1&count=100"],
    profile: Write::ReadAndPut,
    access: Write::ReadAndPut,
    members: Some(Members::Put),
    deletes: false,
    patience: Patience::Okta,
};

pub(super) const OKTA_OIN: Dialect =
    Dialect { idp: Idp::OktaOin, access: Write::PatchActive, members: Some(Members::OneDelta), ..OKTA_AIW };

pub(super) const ENTRA: Dialect = Dialect {
    idp: Idp::Entra,
    flag: "",
    greeting: &[
        "/Users?filter=userName+eq+%225b1c0f7e-6f0e-4a36-9f7b-1d0f0c1f3d11%22",
        "/Groups?excludedAttributes=members&filter=displayName+eq+%225b1c0f7e-6f0e-4a36-9f7b-1d0f0c1f3d11%22",
        "/Schemas",
    ],
    profile: Write::PatchEachCapital,
    access: Write::PatchEachCapital,
    members: Some(Members::ByValueCapital),
    deletes: true,
    patience: Patience::Entra,
};

pub(super) const ENTRA_FLAG: Dialect = Dialect {
    idp: Idp::EntraAadoptscim,
    flag: "aadOptscim062020",
    profile: Write::PatchTogether,
    access: Write::PatchTogether,
    members: Some(Members::ByFilter),
    ..ENTRA
};

pub(super) const ONELOGIN: Dialect = Dialect {
    idp: Idp::Onelogin,
    flag: "",
    greeting: &["/Users?filter=userName+eq+%22nobody-of-onelogin%40example.com%22&"],
    profile: Write::Put,
    access: Write::Put,
    members: Some(Members::ByFilter),
    deletes: true,
    patience: Patience::EachCycle,
};

pub(super) const JUMPCLOUD: Dialect = Dialect {
    idp: Idp::Jumpcloud,
    flag: "",
    greeting: &["/Users?startIndex=1&count=1"],
    profile: Write::PatchEach,
    access: Write::PatchEach,
    members: Some(Members::ByValueAgain),
    deletes: true,
    patience: Patience::EachCycle,
};

pub(super) const GOOGLE: Dialect = Dialect {
    idp: Idp::Google,
    flag: "",
    greeting: &["/Users?startIndex=1&count=1"],
    profile: Write::ReadAndPut,
    access: Write::PatchEach,
    members: None,
    deletes: true,
    patience: Patience::EachCycle,
};
