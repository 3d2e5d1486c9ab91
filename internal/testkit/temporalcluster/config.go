package temporalcluster

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"strings"
	"text/template"

	"heraut/internal/testkit"
)

// settings is what differs from one server to the next.
type settings struct {
	Store, Visibility                   database
	Frontend, History, Matching, Worker service
}

// database is one PostgreSQL database.
type database struct{ Address, User, Name string }

// service is one service's ports.
type service struct{ GRPC, Membership int }

func newSettings(storeURL, visibilityURL string) (settings, error) {
	var s settings
	var err error
	if s.Store, err = parseDatabase(storeURL); err != nil {
		return s, err
	}
	if s.Visibility, err = parseDatabase(visibilityURL); err != nil {
		return s, err
	}
	for _, each := range []*service{&s.Frontend, &s.History, &s.Matching, &s.Worker} {
		if each.GRPC, err = testkit.FreePort(); err != nil {
			return s, err
		}
		if each.Membership, err = membershipPort(); err != nil {
			return s, err
		}
	}
	return s, nil
}

// membershipPort finds a free port below 32768: the server's table of members
// has a smallint for it, and the system's own free ports begin there.
func membershipPort() (int, error) {
	const lowest, highest, tries = 20_000, 32_767, 100
	var lastErr error
	for range tries {
		port := lowest + rand.IntN(highest-lowest+1)
		listener, err := net.Listen("tcp", loopback(port))
		if err == nil {
			return port, listener.Close()
		}
		lastErr = err
	}
	return 0, fmt.Errorf("finding a port for the server's members: %w", lastErr)
}

func parseDatabase(dsn string) (database, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return database{}, fmt.Errorf("reading the database's URL: %w", err)
	}
	return database{Address: u.Host, User: u.User.Username(), Name: strings.TrimPrefix(u.Path, "/")}, nil
}

func (s settings) write(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := configTemplate.Execute(file, s); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return file.Close()
}

// configTemplate is the server's configuration: one process with all services,
// which find each other by gossip as those of a real cluster do.
var configTemplate = template.Must(template.New("config").Parse(`
log: {stdout: true, level: warn}
persistence:
  defaultStore: store
  visibilityStore: visibility
  numHistoryShards: 4
  datastores:
    store:
      sql: {{template "sql" .Store}}
    visibility:
      sql: {{template "sql" .Visibility}}
global:
  membership: {maxJoinDuration: 30s, broadcastAddress: 127.0.0.1}
services:
  frontend: {{template "service" .Frontend}}
  history: {{template "service" .History}}
  matching: {{template "service" .Matching}}
  worker: {{template "service" .Worker}}
clusterMetadata:
  enableGlobalNamespace: false
  failoverVersionIncrement: 10
  masterClusterName: active
  currentClusterName: active
  clusterInformation:
    active:
      enabled: true
      initialFailoverVersion: 1
      rpcName: frontend
      rpcAddress: "127.0.0.1:{{.Frontend.GRPC}}"
publicClient: {hostPort: "127.0.0.1:{{.Frontend.GRPC}}"}
dcRedirectionPolicy: {policy: noop}
archival:
  history: {state: disabled}
  visibility: {state: disabled}
namespaceDefaults:
  archival:
    history: {state: disabled}
    visibility: {state: disabled}
{{define "sql"}}
        pluginName: postgres12
        connectProtocol: tcp
        connectAddr: "{{.Address}}"
        user: "{{.User}}"
        databaseName: "{{.Name}}"
        maxConns: 20
        maxIdleConns: 20
        maxConnLifetime: 1h
{{- end}}
{{define "service"}}{rpc: {grpcPort: {{.GRPC}}, membershipPort: {{.Membership}}, bindOnIP: 127.0.0.1}}{{end}}
`))
