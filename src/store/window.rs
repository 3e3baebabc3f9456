//! Pages of a list that is ordered by public id: the rows after one id, or those before another.

/// Which rows; at most `limit` of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// Rows with a greater id.
    pub after: Option<String>,
    /// Rows with a smaller id, those next to it; not together with `after`.
    pub before: Option<String>,
    /// Rows at most.
    pub limit: i64,
}

/// Puts a window on a boxed query that selects rows of one table; the rows come in ascending order of the column.
macro_rules! load_window {
    ($tx:expr, $query:expr, $column:expr, $window:expr) => {{
        let mut query = $query.limit($window.limit);
        if let Some(after) = &$window.after {
            query = query.filter($column.gt(after));
        }
        match &$window.before {
            Some(before) => {
                let mut rows = query.filter($column.lt(before)).order($column.desc()).load($tx.connection)?;
                rows.reverse();
                rows
            }
            None => query.order($column.asc()).load($tx.connection)?,
        }
    }};
}

pub(super) use load_window;
