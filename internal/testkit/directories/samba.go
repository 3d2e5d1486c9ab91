package directories

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"heraut/internal/testkit"
	"heraut/people"
	"heraut/simulator/authority"
)

// What the domain of StartSamba is called and who rules it.
const (
	SambaSuffix   = "DC=school,DC=example"
	SambaAdmin    = "Administrator@school.example"
	SambaPassword = "Only-for-tests-1"
)

// sambaPort is LDAPS; Active Directory knows no other.
const sambaPort = 636

// Samba is a running domain controller of Active Directory.
type Samba struct {
	ca string
}

// StartSamba makes a domain with the entries of LDIF and runs its controller;
// it ends with the test. It needs root and the fixed ports of LDAP: tests of
// other packages that start one wait for each other.
func StartSamba(tb testing.TB, ldif string) *Samba {
	tb.Helper()
	alone(tb)
	dir := tb.TempDir()
	provision(tb, dir)
	s := &Samba{ca: secure(tb, dir)}
	conf := filepath.Join(dir, "etc", "smb.conf")
	fillSamba(tb, conf, ldif)
	// It ends before its children do: a group of its own lets them end with it.
	process, err := testkit.Program{
		Path: "/usr/bin/setsid", Args: []string{"/usr/sbin/samba", "-F", "-s", conf}, Env: []string{quick}, Dir: dir, Signal: "TERM",
	}.Start()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := process.Stop(ctx); err != nil {
			tb.Errorf("stopping samba: %v", err)
		}
	})
	awaitPort(tb, process, sambaPort)
	return s
}

// quick spares the disk: the domain need not survive the machine.
const quick = "TDB_NO_FSYNC=1"

// alone waits until no other test has a domain controller.
func alone(tb testing.TB) {
	tb.Helper()
	path := filepath.Join(os.TempDir(), "heraut-samba.lock") //nolint:usetesting // one file for the tests of all packages
	lock, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		tb.Fatal(err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		tb.Fatalf("waiting for the other domain controller: %v", err)
	}
	tb.Cleanup(func() { _ = lock.Close() }) // which gives the lock back; a test binary that dies does so too
}

func provision(tb testing.TB, dir string) {
	tb.Helper()
	run(tb, "", "samba-tool", "domain", "provision", "--server-role=dc", "--dns-backend=NONE", "--targetdir="+dir,
		"--realm=SCHOOL.EXAMPLE", "--domain=SCHOOL", "--host-name=dc", "--adminpass="+SambaPassword,
		"--option=interfaces=lo", "--option=bind interfaces only=yes", "--option=vfs objects=dfs_samba4 acl_xattr xattr_tdb")
}

// secure gives the controller a certificate for localhost, and nothing to
// serve but LDAP.
func secure(tb testing.TB, dir string) (ca string) {
	tb.Helper()
	made, err := authority.Open(nil, nil, "Domain of the school")
	if err != nil {
		tb.Fatal(err)
	}
	certificate, key, err := made.Files("localhost")
	if err != nil {
		tb.Fatal(err)
	}
	for name, text := range map[string][]byte{"ca.pem": made.PEM, "cert.pem": certificate, "key.pem": key} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	conf := filepath.Join(dir, "etc", "smb.conf")
	text, err := os.ReadFile(conf)
	if err != nil {
		tb.Fatal(err)
	}
	set := fmt.Sprintf("[global]\n\tserver services = ldap\n\ttls enabled = yes\n\ttls cafile = %[1]s/ca.pem\n\ttls certfile = %[1]s/cert.pem\n"+
		"\ttls keyfile = %[1]s/key.pem\n\tlog file = %[1]s/log\n", dir)
	lines := strings.Split(string(text), "\n")
	kept := lines[:0]
	for _, line := range lines {
		if !strings.Contains(line, "server services") && !strings.Contains(line, "log file") {
			kept = append(kept, line)
		}
	}
	if err := os.WriteFile(conf, []byte(strings.Replace(strings.Join(kept, "\n"), "[global]\n", set, 1)), 0o600); err != nil {
		tb.Fatal(err)
	}
	return string(made.PEM)
}

// loader adds entries to a domain that does not run, all in one transaction.
const loader = `
import sys
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB
settings = LoadParm()
settings.load(sys.argv[1])
domain = SamDB(session_info=system_session(), lp=settings)
domain.transaction_start()
domain.add_ldif(sys.stdin.read())
domain.transaction_commit()
`

func fillSamba(tb testing.TB, conf, ldif string) {
	tb.Helper()
	run(tb, ldif, "/usr/bin/python3", "-c", loader, conf)
}

func run(tb testing.TB, input, name string, args ...string) {
	tb.Helper()
	cmd := exec.CommandContext(tb.Context(), name, args...)
	cmd.Env = append(os.Environ(), quick)
	cmd.Stdin = strings.NewReader(input)
	if said, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("running %s: %v: %s", name, err, said)
	}
}

// Config is how Heraut reads the domain.
func (s *Samba) Config() people.DirectoryConfig {
	return people.DirectoryConfig{
		Host: "localhost", Port: sambaPort, Security: people.DirectoryLDAPS, CA: s.ca, BindDN: SambaAdmin, BaseDN: SambaSuffix,
	}.WithDefaults()
}

// Modify changes entries as LDIF says.
func (s *Samba) Modify(tb testing.TB, ldif string) {
	tb.Helper()
	cmd := exec.CommandContext(tb.Context(), "ldapmodify", "-H", "ldaps://127.0.0.1", "-x", "-D", SambaAdmin, "-w", SambaPassword)
	cmd.Env = append(os.Environ(), "LDAPTLS_REQCERT=never") // that it is checked is for Heraut to show
	cmd.Stdin = strings.NewReader(ldif)
	if said, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("changing the domain: %v: %s", err, said)
	}
}
