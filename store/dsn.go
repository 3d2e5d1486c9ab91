package store

import (
	"errors"
	"net/url"
	"strings"

	_ "modernc.org/sqlite" // the SQLite driver
)

// busy_timeout stands first, so that setting the journal mode waits as well.
const sqlitePragmas = "?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)"

// sqliteDSN begins every transaction as a writer: one that turns from reader
// to writer halfway meets SQLITE_BUSY, which no waiting cures. The one writer
// may keep 16 MiB of pages: with the usual 2 MB, a transaction of 500
// deliveries spills and takes twice as long.
func sqliteDSN(path string) string {
	return sqliteFile(path) + sqlitePragmas + "&_pragma=synchronous(FULL)&_pragma=cache_size(-16384)&_txlock=immediate"
}

func sqliteReadDSN(path string) string {
	return sqliteFile(path) + sqlitePragmas + "&_pragma=query_only(1)"
}

// sqliteFile escapes what ends a path in a file: address.
func sqliteFile(path string) string {
	return "file:" + strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
}

// postgresDSN adds what the address leaves open. Its errors hold no part of
// the address, which may carry a password.
func postgresDSN(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return "", errors.New("give the PostgreSQL address as postgres://user:password@host:port/database")
	}
	q := u.Query()
	for name, value := range map[string]string{
		"sslmode":              "verify-full",
		"target_session_attrs": "read-write",
		"application_name":     "heraut",
		"connect_timeout":      "5",
		// Compiling a query for its estimated size costs seconds where nested
		// groups are guessed to be huge and are not.
		"jit": "off",
		// An index is as good as in memory, and a page's queries are over before
		// helpers of theirs have begun.
		"random_page_cost":                "1.1",
		"max_parallel_workers_per_gather": "0",
	} {
		if !q.Has(name) {
			q.Set(name, value)
		}
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}
