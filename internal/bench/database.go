package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	_ "github.com/lib/pq"  // the PostgreSQL driver
	_ "modernc.org/sqlite" // the SQLite driver
)

// database is where a store under measurement is.
type database struct {
	name string
	// url is a PostgreSQL database; empty: a SQLite file of `heraut serve`.
	url string
}

// databases are those to measure on.
func (r *run) databases() []database {
	list := []database{{name: "SQLite"}}
	if r.DatabaseURL != "" {
		list = append(list, database{name: "PostgreSQL", url: r.DatabaseURL})
	}
	return list
}

// serveOn starts `heraut serve`, or `heraut api` on PostgreSQL, without people.
func (r *run) serveOn(ctx context.Context, d database) (*server, error) {
	dir, err := r.folder(strings.ToLower(d.name))
	if err != nil {
		return nil, err
	}
	if d.url == "" {
		return r.serve(ctx, dir)
	}
	address, err := r.ownSchema(ctx, d.url)
	if err != nil {
		return nil, err
	}
	return r.serveAPI(ctx, dir, address)
}

// ownSchema makes a schema in the database that goes with the benchmark, and
// returns the address of the database with that schema.
func (r *run) ownSchema(ctx context.Context, address string) (string, error) {
	db, err := sql.Open("postgres", address) //nolint:forbidigo // the store has no call for this, nor should it
	if err != nil {
		return "", errors.New("the PostgreSQL address has an error")
	}
	schema := "heraut_bench_" + strings.ReplaceAll(r.name, "-", "_")
	if _, err := db.ExecContext(ctx, "CREATE SCHEMA "+schema); err != nil {
		return "", errors.Join(fmt.Errorf("making the schema %s: %w", schema, err), db.Close())
	}
	r.onClose(func() error {
		_, err := db.ExecContext(context.WithoutCancel(ctx), "DROP SCHEMA "+schema+" CASCADE")
		return errors.Join(err, db.Close())
	})
	u, err := url.Parse(address)
	if err != nil {
		return "", errors.New("the PostgreSQL address has an error")
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// serveAPI starts `heraut api` on PostgreSQL. There is no engine: importing and
// listing need none.
func (r *run) serveAPI(ctx context.Context, dir, address string) (*server, error) {
	s, err := r.newServer(dir)
	if err != nil {
		return nil, err
	}
	s.alive, s.databaseURL = "/livez", address
	s.env = []string{"HERAUT_DATABASE_URL=" + address, "HERAUT_SECRETS_FILE=" + filepath.Join(dir, "secrets")}
	for _, args := range [][]string{
		{"migrate"},
		{"admin", "create-key", "--name", "bench", "--role", "admin", "--file", filepath.Join(dir, keyFile)},
	} {
		if err := s.once(ctx, args...); err != nil {
			return nil, err
		}
	}
	s.args = []string{
		"api", "--listen", s.listen, "--temporal-address", s.temporal, "--public-url", publicURL,
		"--log-level", "error", "--log-format", "text",
	}
	if err := s.start(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// once runs a command to its end.
func (s *server) once(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, s.exe, args...) //nolint:gosec // this very program
	cmd.Env = append(os.Environ(), s.env...)
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("running heraut %s: %w: %s", args[0], err, strings.TrimSpace(string(said)))
	}
	return nil
}
