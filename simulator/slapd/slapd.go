// Package slapd prepares a real OpenLDAP server on loopback with a made-up
// school: tests and benchmarks read people from it. It writes a folder and
// says how to run the server in it; running it is the caller's.
package slapd

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"heraut/internal/freeport"
	"heraut/simulator/authority"
)

// What a prepared server holds and lets in.
const (
	Suffix = "dc=school,dc=example"
	// Reader is the account that may read everything but passwords, and Root
	// the one that may change it; both have Password.
	Reader   = "cn=heraut," + Suffix
	Root     = "cn=root," + Suffix
	Password = "read me, all of me"
	// People and Groups are where they are.
	People = "ou=people," + Suffix
	Groups = "ou=groups," + Suffix
)

// Options say how the server differs from the usual.
type Options struct {
	// Limit is what searches of Reader are bound by, in the form of slapd.conf:
	// "size=100"; empty: by nothing.
	Limit string
	// Apple gives it the schema of Open Directory.
	Apple bool
	// More is appended to slapd.conf, inside of the database.
	More string
}

// Server is a prepared server.
type Server struct {
	Dir string
	// Port takes StartTLS, and SecurePort is for LDAPS.
	Port, SecurePort int
	// CA is the authority that signed the server's certificate for localhost.
	CA string

	conf string
}

// program finds slapd, whose folder is in no ordinary user's path.
func program(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	path := "/usr/sbin/" + name
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("finding %s, of Debian's package slapd: %w", name, err)
	}
	return path, nil
}

// Prepare makes a server in an empty folder with the entries that fill writes,
// as LDIF below Suffix, whose own entries are there already.
func Prepare(dir string, o Options, fill func(io.Writer) error) (*Server, error) {
	s := &Server{Dir: dir, conf: filepath.Join(dir, "slapd.conf")}
	if err := s.ports(); err != nil {
		return nil, err
	}
	if err := s.certificates(); err != nil {
		return nil, err
	}
	if err := os.Mkdir(filepath.Join(dir, "db"), 0o700); err != nil {
		return nil, fmt.Errorf("making the server's database: %w", err)
	}
	if err := os.WriteFile(s.conf, []byte(config(dir, o)), 0o600); err != nil {
		return nil, fmt.Errorf("writing the server's settings: %w", err)
	}
	if o.Apple {
		if err := os.WriteFile(filepath.Join(dir, "apple.schema"), []byte(appleSchema), 0o600); err != nil {
			return nil, fmt.Errorf("writing Apple's schema: %w", err)
		}
	}
	if err := s.load(fill); err != nil {
		return nil, err
	}
	return s, nil
}

// Command runs the server in the foreground.
func (s *Server) Command() (path string, args []string, err error) {
	path, err = program("slapd")
	return path, []string{
		"-d", "0", "-f", s.conf,
		"-h", fmt.Sprintf("ldap://127.0.0.1:%d ldaps://127.0.0.1:%d", s.Port, s.SecurePort),
	}, err
}

func (s *Server) ports() (err error) {
	if s.Port, err = freeport.Find("127.0.0.1"); err != nil {
		return err
	}
	s.SecurePort, err = freeport.Find("127.0.0.1")
	return err
}

func (s *Server) certificates() error {
	ca, err := authority.Open(nil, nil, "Directory of the school")
	if err != nil {
		return fmt.Errorf("making the directory's authority: %w", err)
	}
	certificate, key, err := ca.Files("localhost")
	if err != nil {
		return fmt.Errorf("making the directory's certificate: %w", err)
	}
	s.CA = string(ca.PEM)
	for name, text := range map[string][]byte{"ca.pem": ca.PEM, "cert.pem": certificate, "key.pem": key} {
		if err := os.WriteFile(filepath.Join(s.Dir, name), text, 0o600); err != nil {
			return fmt.Errorf("writing the directory's certificate: %w", err)
		}
	}
	return nil
}

// load fills the database before the server runs, which is ten times as fast.
func (s *Server) load(fill func(io.Writer) error) error {
	path, err := program("slapadd")
	if err != nil {
		return err
	}
	cmd := exec.Command(path, "-q", "-f", s.conf, "-b", Suffix) //nolint:noctx // it ends by itself, when its input does
	in, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("filling the directory: %w", err)
	}
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("filling the directory: %w", err)
	}
	_, err = io.WriteString(in, base)
	if err == nil && fill != nil {
		err = fill(in)
	}
	if err = errors.Join(err, in.Close(), cmd.Wait()); err != nil {
		return fmt.Errorf("filling the directory: %w: %s", err, said.String())
	}
	return nil
}
