// Package directories starts real directory servers for tests.
package directories

import (
	"context"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"heraut/internal/testkit"
	"heraut/people"
	"heraut/simulator/slapd"
)

// patience is how long a server may take to start on a busy machine.
const patience = 90 * time.Second

// Slapd is a running OpenLDAP server.
type Slapd struct {
	*slapd.Server

	program testkit.Program
	process *testkit.Process
}

// StartSlapd starts an OpenLDAP server with the entries that fill writes; it
// ends with the test.
func StartSlapd(tb testing.TB, o slapd.Options, fill func(io.Writer) error) *Slapd {
	tb.Helper()
	dir := tb.TempDir()
	server, err := slapd.Prepare(dir, o, fill)
	if err != nil {
		tb.Fatal(err)
	}
	path, args, err := server.Command()
	if err != nil {
		tb.Fatal(err)
	}
	s := &Slapd{Server: server, program: testkit.Program{Path: path, Args: args, Dir: dir, Signal: "TERM"}}
	if s.process, err = s.program.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := s.process.Stop(ctx); err != nil {
			tb.Errorf("stopping slapd: %v", err)
		}
	})
	awaitPort(tb, s.process, server.SecurePort)
	return s
}

// Config is how Heraut reads the server.
func (s *Slapd) Config() people.DirectoryConfig {
	return people.DirectoryConfig{
		Host: "localhost", Port: s.SecurePort, Security: people.DirectoryLDAPS, CA: s.CA, BindDN: slapd.Reader, BaseDN: slapd.Suffix,
	}.WithDefaults()
}

// Modify changes entries as LDIF says: "changetype" and all.
func (s *Slapd) Modify(tb testing.TB, ldif string) {
	tb.Helper()
	cmd := exec.CommandContext(tb.Context(), "ldapmodify", "-H", fmt.Sprintf("ldap://127.0.0.1:%d", s.Port), "-x", "-D", slapd.Root, "-w", slapd.Password)
	cmd.Stdin = strings.NewReader(ldif)
	if said, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("changing the directory: %v: %s", err, said)
	}
}

// awaitPort returns when the server listens.
func awaitPort(tb testing.TB, process *testkit.Process, port int) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), patience)
	defer cancel()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", "127.0.0.1:"+strconv.Itoa(port))
		if err == nil {
			_ = conn.Close() // it was only to see
			return
		}
		select {
		case <-ticker.C:
		case <-process.Exited():
			tb.Fatalf("the directory server has ended: %s", process.Output())
		case <-ctx.Done():
			tb.Fatalf("the directory server does not listen: %s", process.Output())
		}
	}
}
