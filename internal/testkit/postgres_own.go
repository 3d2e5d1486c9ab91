package testkit

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// PostgresServer is a PostgreSQL server of a test's own, which it may kill.
type PostgresServer struct{ server *postgres }

// StartPostgres starts a server for one test; it ends with the test. It writes
// each commit out before it answers, so that none is lost when its processes
// are killed.
func StartPostgres(tb testing.TB) *PostgresServer {
	tb.Helper()
	server, err := startPostgres()
	if err != nil {
		tb.Fatalf("starting PostgreSQL: %v", err)
	}
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		err := errors.Join(server.admin.Close(), server.process.Stop(ctx), os.RemoveAll(server.program.Dir))
		if err != nil {
			tb.Errorf("stopping PostgreSQL: %v", err)
		}
	})
	return &PostgresServer{server}
}

// Database makes an empty database and returns its URL.
func (s *PostgresServer) Database(tb testing.TB) (dsn string) {
	tb.Helper()
	return s.server.newDatabase(tb)
}

// Exec runs a statement as the superuser.
func (s *PostgresServer) Exec(tb testing.TB, statement string) {
	tb.Helper()
	if _, err := s.server.admin.ExecContext(tb.Context(), statement); err != nil {
		tb.Fatalf("running %q: %v", statement, err)
	}
}

// Kill ends the server as kill -9 of its first process does, and returns when
// its sessions, which notice by themselves, have ended too: it refuses to start
// before that.
func (s *PostgresServer) Kill(tb testing.TB) {
	tb.Helper()
	if err := s.server.process.Kill(); err != nil {
		tb.Fatalf("killing PostgreSQL: %v", err)
	}
	ctx, cancel := context.WithTimeout(tb.Context(), patience)
	defer cancel()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for s.busy(tb) {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			tb.Fatal("PostgreSQL's sessions do not end")
		}
	}
	// In a container without an init the first process stays a zombie, which
	// the next start would take for a running server.
	if err := os.Remove(filepath.Join(s.server.program.Dir, "data", "postmaster.pid")); err != nil {
		tb.Fatalf("removing the killed server's note: %v", err)
	}
}

// busy tells whether a process works in the server's folder, as all of
// PostgreSQL's do.
func (s *PostgresServer) busy(tb testing.TB) bool {
	tb.Helper()
	folders, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		tb.Fatalf("listing processes: %v", err)
	}
	data := filepath.Join(s.server.program.Dir, "data")
	return slices.ContainsFunc(folders, func(link string) bool {
		folder, err := os.Readlink(link)
		return err == nil && folder == data // others' processes can not be read, and are none of ours
	})
}

// Restart starts the server after a Kill, at the same address, and waits until
// it has recovered.
func (s *PostgresServer) Restart(tb testing.TB) {
	tb.Helper()
	if err := s.server.start(); err != nil {
		tb.Fatalf("starting PostgreSQL again: %v", err)
	}
}
