//! The metadata: one SQLite file of records, each a JSON body under indexed keys.
//!
//! One connection, one transaction at a time. The write-ahead log makes a transaction that was acknowledged
//! survive a kill of the process.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension, params};

use crate::error::ApiError;
use crate::model::{Item, Kind, Record};

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS record (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        site TEXT NOT NULL,
        parent TEXT NOT NULL,
        name_key TEXT NOT NULL,
        url_key TEXT NOT NULL,
        body TEXT NOT NULL,
        UNIQUE (kind, id)
    );
    CREATE INDEX IF NOT EXISTS record_by_name ON record (kind, site, name_key);
    CREATE INDEX IF NOT EXISTS record_by_url ON record (kind, site, url_key);
    CREATE INDEX IF NOT EXISTS record_by_parent ON record (kind, parent);
    CREATE TABLE IF NOT EXISTS blob_use (
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        hash TEXT NOT NULL,
        PRIMARY KEY (kind, id, hash)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
";

#[derive(Debug)]
pub(crate) struct Store {
    connection: Mutex<Connection>,
}

impl Store {
    pub(crate) fn open(path: &Path) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        // Another process on the same folder must be told, not raced: it would not see this one's blobs.
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // In WAL mode a commit is in the log file before it returns; NORMAL leaves out only the fsync that a
        // power cut would need.
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.execute_batch(SCHEMA)?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Self {
            connection: Mutex::new(connection),
        })
    }

    /// Runs `work` in a transaction: all of it is kept, or on an error nothing.
    pub(crate) fn transact<R>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<R, ApiError>,
    ) -> Result<R, ApiError> {
        let mut connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let transaction =
            connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let result = work(&Tx {
            connection: &transaction,
        })?;
        transaction.commit()?;
        Ok(result)
    }
}

/// The store inside a transaction.
#[derive(Debug)]
pub(crate) struct Tx<'a> {
    connection: &'a Connection,
}

impl Tx<'_> {
    pub(crate) fn get<T: Record>(&self, id: &str) -> Result<Option<T>, ApiError> {
        let body: Option<String> = self
            .connection
            .prepare_cached("SELECT body FROM record WHERE kind = ?1 AND id = ?2")?
            .query_row(params![T::KIND, id], |row| row.get(0))
            .optional()?;
        Ok(body.map(|body| serde_json::from_str(&body)).transpose()?)
    }

    /// As [`Tx::get`], where the record belongs to `site`.
    pub(crate) fn get_on<T: Record>(&self, site: &str, id: &str) -> Result<Option<T>, ApiError> {
        Ok(self.get::<T>(id)?.filter(|record| record.site() == site))
    }

    pub(crate) fn put<T: Record>(&self, record: &T) -> Result<(), ApiError> {
        self.connection
            .prepare_cached(
                "INSERT INTO record (kind, id, site, parent, name_key, url_key, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (kind, id) DO UPDATE SET
                     site = excluded.site, parent = excluded.parent, name_key = excluded.name_key,
                     url_key = excluded.url_key, body = excluded.body",
            )?
            .execute(params![
                T::KIND,
                record.id(),
                record.site(),
                record.parent(),
                record.name_key(),
                record.url_key(),
                serde_json::to_string(record)?
            ])?;
        if T::HOLDS_FILES {
            let contents = record.contents();
            self.forget_blobs(T::KIND, record.id())?;
            let mut insert = self.connection.prepare_cached(
                "INSERT OR IGNORE INTO blob_use (kind, id, hash) VALUES (?1, ?2, ?3)",
            )?;
            for blob in contents.iter().flat_map(|content| &content.0) {
                insert.execute(params![T::KIND, record.id(), blob.hash])?;
            }
        }
        Ok(())
    }

    fn forget_blobs(&self, kind: &str, id: &str) -> Result<(), ApiError> {
        self.connection
            .prepare_cached("DELETE FROM blob_use WHERE kind = ?1 AND id = ?2")?
            .execute(params![kind, id])?;
        Ok(())
    }

    pub(crate) fn delete<T: Record>(&self, id: &str) -> Result<(), ApiError> {
        self.connection
            .prepare_cached("DELETE FROM record WHERE kind = ?1 AND id = ?2")?
            .execute(params![T::KIND, id])?;
        self.forget_blobs(T::KIND, id)
    }

    /// Everything on a site. The site itself and its uploads stay.
    pub(crate) fn delete_all_on(&self, site: &str) -> Result<(), ApiError> {
        self.connection.execute(
            "DELETE FROM blob_use WHERE (kind, id) IN (SELECT kind, id FROM record WHERE site = ?1)",
            [site],
        )?;
        self.connection
            .execute("DELETE FROM record WHERE site = ?1", [site])?;
        Ok(())
    }

    /// All of a kind on a site, in the order of their making.
    pub(crate) fn all<T: Record>(&self, site: &str) -> Result<Vec<T>, ApiError> {
        self.select(
            "SELECT body FROM record WHERE kind = ?1 AND site = ?2 ORDER BY seq",
            &[T::KIND, site],
        )
    }

    pub(crate) fn everywhere<T: Record>(&self) -> Result<Vec<T>, ApiError> {
        self.select(
            "SELECT body FROM record WHERE kind = ?1 ORDER BY seq",
            &[T::KIND],
        )
    }

    pub(crate) fn children<T: Record>(&self, parent: &str) -> Result<Vec<T>, ApiError> {
        self.select(
            "SELECT body FROM record WHERE kind = ?1 AND parent = ?2 ORDER BY seq",
            &[T::KIND, parent],
        )
    }

    pub(crate) fn by_name<T: Record>(&self, site: &str, key: &str) -> Result<Option<T>, ApiError> {
        let sql = "SELECT body FROM record WHERE kind = ?1 AND site = ?2 AND name_key = ?3 ORDER BY seq LIMIT 1";
        Ok(self.select(sql, &[T::KIND, site, key])?.pop())
    }

    /// Records of a kind under one name key, whatever their site.
    pub(crate) fn named<T: Record>(&self, key: &str) -> Result<Vec<T>, ApiError> {
        self.select(
            "SELECT body FROM record WHERE kind = ?1 AND name_key = ?2 ORDER BY seq",
            &[T::KIND, key],
        )
    }

    pub(crate) fn by_url<T: Record>(&self, site: &str, key: &str) -> Result<Option<T>, ApiError> {
        let sql = "SELECT body FROM record WHERE kind = ?1 AND site = ?2 AND url_key = ?3 ORDER BY seq LIMIT 1";
        Ok(self.select(sql, &[T::KIND, site, key])?.pop())
    }

    pub(crate) fn items(&self, site: &str, kind: Kind) -> Result<Vec<Item>, ApiError> {
        let low = Item::url(kind, "");
        let high = format!("{}0", kind.element()); // '0' follows '/'
        self.select(
            "SELECT body FROM record WHERE kind = ?1 AND site = ?2 AND url_key >= ?3 AND url_key < ?4 ORDER BY seq",
            &[Item::KIND, site, &low, &high],
        )
    }

    fn select<T: Record>(&self, sql: &str, values: &[&str]) -> Result<Vec<T>, ApiError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let bodies = statement.query_map(rusqlite::params_from_iter(values), |row| {
            row.get::<_, String>(0)
        })?;
        let mut records = Vec::new();
        for body in bodies {
            records.push(serde_json::from_str(&body?)?);
        }
        Ok(records)
    }

    /// The next number of a named series, from 1.
    pub(crate) fn next(&self, series: &str) -> Result<i64, ApiError> {
        Ok(self
            .connection
            .prepare_cached(
                "INSERT INTO counter (name, value) VALUES (?1, 1)
                 ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
            )?
            .query_row(params![series], |row| row.get(0))?)
    }

    /// Hashes of all blobs that records refer to.
    pub(crate) fn referenced_blobs(&self) -> Result<HashSet<String>, ApiError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT DISTINCT hash FROM blob_use")?;
        let hashes = statement.query_map([], |row| row.get::<_, String>(0))?;
        Ok(hashes.collect::<Result<_, _>>()?)
    }
}
