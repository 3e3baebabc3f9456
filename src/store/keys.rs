//! Row keys, one type a table, so that a user's key cannot stand where a connection's is asked for.
//!
//! A key never leaves the process: clients see the minted public ids only. [`ConnectionKey`] is the tenant boundary:
//! it is made by the store alone, from the row of the token or of the connection that was asked for.

macro_rules! key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        pub struct $name(i64);

        impl<DB> diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB> for $name
        where
            DB: diesel::backend::Backend,
            i64: diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                i64::from_sql(bytes).map(Self)
            }
        }

        impl<DB> diesel::serialize::ToSql<diesel::sql_types::BigInt, DB> for $name
        where
            DB: diesel::backend::Backend,
            i64: diesel::serialize::ToSql<diesel::sql_types::BigInt, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                self.0.to_sql(out)
            }
        }
    };
}

key! {
    /// A row of `organizations`.
    OrganizationKey
}
key! {
    /// A row of `connections`: the tenant boundary of everything SCIM.
    ConnectionKey
}
key! {
    /// A row of `directories`.
    DirectoryKey
}
key! {
    /// A row of `resources`.
    ResourceKey
}
key! {
    /// A row of `users`.
    UserKey
}
key! {
    /// A row of `roles`.
    RoleKey
}
key! {
    /// A row of `identities`.
    IdentityKey
}

impl IdentityKey {
    /// Before every row.
    pub(super) const START: Self = Self(0);
}

key! {
    /// A row of `management_clients`.
    ClientKey
}
key! {
    /// A row of `properties`.
    PropertyKey
}
key! {
    /// A row of `scim_clients`.
    ScimClientKey
}

impl ConnectionKey {
    /// A key no row has, for tests of what is kept by connection.
    #[cfg(test)]
    pub(crate) fn for_test(number: i64) -> Self {
        Self(number)
    }

    /// The number as locks hash it.
    pub(super) fn number(self) -> i64 {
        self.0
    }
}

impl ResourceKey {
    /// The number as counters spread by it.
    pub(super) fn number(self) -> i64 {
        self.0
    }
}
