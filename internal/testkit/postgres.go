package testkit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/lib/pq" // the driver

	"heraut/internal/freeport"
)

// superuser is the role that tests connect as.
const superuser = "heraut"

// patience is how long a server may take to start on a busy machine.
const patience = 90 * time.Second

// Postgres makes an empty database on the test binary's PostgreSQL server and
// returns its URL. The server is started at the first call; the database goes
// when the test ends. The server does not call fsync: it survives the death of
// processes, not that of the machine.
func Postgres(tb testing.TB) (dsn string) {
	tb.Helper()
	server, err := shared()
	if err != nil {
		tb.Fatalf("starting PostgreSQL: %v", err)
	}
	return server.newDatabase(tb)
}

// shared is the one server of the test binary; its process ends with it.
var shared = sync.OnceValues(func() (*postgres, error) { return startPostgres("synchronous_commit=off") })

type postgres struct {
	address string
	admin   *sql.DB
	made    atomic.Int64
	program Program
	process *Process
}

func (p *postgres) url(database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.User(superuser), Host: p.address, Path: database,
		RawQuery: url.Values{"sslmode": {"disable"}}.Encode(),
	}
	return u.String()
}

func (p *postgres) newDatabase(tb testing.TB) string {
	tb.Helper()
	name := "test_" + strconv.FormatInt(p.made.Add(1), 10)
	if _, err := p.admin.ExecContext(tb.Context(), "CREATE DATABASE "+name); err != nil {
		tb.Fatalf("making a database: %v", err)
	}
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		// Connections that the test left open are its own to complain of.
		if _, err := p.admin.ExecContext(ctx, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			tb.Errorf("dropping database %s: %v", name, err)
		}
	})
	return p.url(name)
}

// startPostgres makes a server in an empty folder and starts it.
func startPostgres(more ...string) (*postgres, error) {
	bin, err := postgresBin()
	if err != nil {
		return nil, err
	}
	owner, err := unprivileged()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "heraut-postgres-")
	if err != nil {
		return nil, err
	}
	if owner != nil {
		if err := os.Chown(dir, int(owner.Uid), int(owner.Gid)); err != nil {
			return nil, err
		}
	}
	if err := initDB(bin, dir, owner); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return runPostgres(bin, dir, owner, more)
}

func initDB(bin, dir string, owner *syscall.Credential) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "--pgdata", filepath.Join(dir, "data"),
		"--username", superuser, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync")
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: owner}
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("running initdb: %w\n%s", err, output)
	}
	return nil
}

func runPostgres(bin, dir string, owner *syscall.Credential, more []string) (*postgres, error) {
	port, err := freeport.Find("127.0.0.1")
	if err != nil {
		return nil, err
	}
	args := []string{"-D", filepath.Join(dir, "data"), "-p", strconv.Itoa(port)}
	for _, setting := range append([]string{
		"listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=300",
		"timezone=UTC", "fsync=off", "full_page_writes=off",
	}, more...) {
		args = append(args, "-c", setting)
	}
	p := &postgres{
		address: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)),
		program: Program{
			Path: filepath.Join(bin, "postgres"), Args: args, Dir: dir, User: owner,
			Signal: "INT", // a fast shutdown, which does not wait for connections
		},
	}
	if p.admin, err = sql.Open("postgres", p.url("postgres")); err != nil {
		return nil, err
	}
	err = p.start()
	return p, err
}

// start starts the server's process and waits until it takes connections.
func (p *postgres) start() (err error) {
	if p.process, err = p.program.Start(); err != nil {
		return err
	}
	return Await(p.process, p.admin.PingContext)
}

// Await asks again and again whether a process is ready, until it is, it ends,
// or the patience does.
func Await(process *Process, ready func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ticker.C:
		case <-process.Exited():
			return fmt.Errorf("it ended: %w\n%s", err, process.Output())
		case <-ctx.Done():
			return fmt.Errorf("it is not ready after %s: %w\n%s", patience, err, process.Output())
		}
	}
}

// postgresBin finds the folder of PostgreSQL's programs: Debian keeps them off
// the PATH.
func postgresBin() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", errors.New("it is not installed: run apt-get install --no-install-recommends postgresql")
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return "", err
	}
	return filepath.Dir(path), nil
}

// unprivileged is the user to run PostgreSQL as, which refuses to run as root:
// nil, where this process is not root.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil //nolint:nilnil // no other user is needed, and that is no fault
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(found.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(found.Gid, 10, 32)
		if err := errors.Join(uidErr, gidErr); err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")
}
