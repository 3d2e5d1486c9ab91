package config

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

func hostPort(text string) (string, error) {
	host, port, err := net.SplitHostPort(text)
	if err != nil || strings.ContainsAny(host, " /@") || !portNumber(port) {
		return "", fmt.Errorf(`must be host:port such as "127.0.0.1:8080", not %q`, text)
	}
	return text, nil
}

func portNumber(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && n >= 0 && n <= 65535
}

// loopback is for what has no sign-in of its own.
func loopback(text string) (string, error) {
	if _, err := hostPort(text); err != nil {
		return "", err
	}
	host, _, _ := net.SplitHostPort(text) // hostPort has split it already
	if addr, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !addr.IsLoopback()) {
		return "", fmt.Errorf("must be a loopback address such as 127.0.0.1, for nobody signs in there, not %q", host)
	}
	return text, nil
}

func nameServer(text string) (string, error) {
	if _, err := netip.ParseAddr(text); err == nil {
		text = net.JoinHostPort(text, "53")
	}
	return hostPort(text)
}

func hostName(text string) (string, error) {
	if strings.ContainsAny(text, " /:@\t") {
		return "", fmt.Errorf("must be a host name, not %q", text)
	}
	return text, nil
}

// baseURL drops a slash at the end, the one path it allows.
func baseURL(text string) (string, error) {
	u, err := url.Parse(text)
	bad := err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != ""
	if bad {
		return "", errors.New(`must be http:// or https:// with a host and nothing after it, such as "https://heraut.example.org"`)
	}
	return u.Scheme + "://" + u.Host, nil
}

func secureURL(text string) (string, error) {
	base, err := baseURL(text)
	if err != nil || !strings.HasPrefix(base, "https://") {
		return "", errors.New(`must be https:// with a host and nothing after it, such as "https://127.0.0.1:2197"`)
	}
	return base, nil
}

// booksPath is where Apple's own service has its calls, and a service in its
// place too unless it says otherwise.
const booksPath = "/mdm/v2"

// booksURL takes the address of a service with its calls below a path.
func booksURL(text string) (string, error) {
	u, err := url.Parse(text)
	bad := err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != ""
	if bad {
		return "", errors.New(`must be https:// with a host and at most a path, such as "https://127.0.0.1:2198"`)
	}
	path := strings.TrimRight(u.EscapedPath(), "/")
	return "https://" + u.Host + cmp.Or(path, booksPath), nil
}

// postgresURL keeps the address out of its errors, for the password in it.
func postgresURL(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return "", errors.New("must be of the form postgres://user:password@host:port/database")
	}
	return text, nil
}

func namespace(text string) (string, error) {
	if strings.HasPrefix(text, "temporal-") || strings.ContainsAny(text, " \t/") {
		return "", fmt.Errorf("must be a Temporal namespace of your own, not %q", text)
	}
	return text, nil
}

func atLeastADay(text string) (string, error) {
	if d, err := time.ParseDuration(text); err == nil && d < 24*time.Hour {
		return "", fmt.Errorf("must be at least 24h, the shortest that Temporal keeps, not %q", text)
	}
	return text, nil
}

func between(low, high int) func(string) (string, error) {
	return func(text string) (string, error) {
		n, err := strconv.Atoi(text)
		if err != nil || n < low || n > high {
			return "", fmt.Errorf("must be a whole number from %d to %d, not %q", low, high, text)
		}
		return text, nil
	}
}

// lasting takes durations of at least low and at most high.
func lasting(low, high time.Duration) func(string) (string, error) {
	return func(text string) (string, error) {
		d, err := time.ParseDuration(text)
		if err != nil || d < low || d > high {
			return "", fmt.Errorf("must be a duration from %s to %s, such as 5m, not %q", low, high, text)
		}
		return text, nil
	}
}

func oneOf(words ...string) func(string) (string, error) {
	return func(text string) (string, error) {
		if !slices.Contains(words, text) {
			last := len(words) - 1
			return "", fmt.Errorf("must be %s or %s, not %q", strings.Join(words[:last], ", "), words[last], text)
		}
		return text, nil
	}
}

func readable(path string) (string, error) { return path, checkFile(path, 0) }

// groupSecret lets a group read: Debian keeps TLS keys readable by ssl-cert.
func groupSecret(path string) (string, error) { return path, checkFile(path, 0o007) }

func ownSecret(path string) (string, error) { return path, checkFile(path, 0o077) }

// checkFile refuses what can not be read, and files that carry one of the
// forbidden permissions.
func checkFile(path string, forbidden os.FileMode) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("must name a file that can be read: %w", err)
	}
	defer func() { _ = file.Close() }() // only looked at
	info, err := file.Stat()
	switch {
	case err != nil:
		return fmt.Errorf("must name a file that can be read: %w", err)
	case info.IsDir():
		return fmt.Errorf("must name a file, and %s is a folder", path)
	case info.Mode().Perm()&forbidden != 0:
		return fmt.Errorf("must name a secret file, and others may read %s (mode %04o): run chmod 600 %s, and replace what it holds if others could see it",
			path, info.Mode().Perm(), path)
	}
	return nil
}
