package temporalcluster

import (
	"fmt"
	"net/url"
	"os"
	"strings"
	"text/template"

	"heraut/internal/freeport"
)

// settings is what differs from one server to the next.
type settings struct {
	Store, Visibility                   database
	Frontend, History, Matching, Worker service
}

// database is one PostgreSQL database.
type database struct{ Address, User, Name string }

// service is one service's ports; the server's table of members has a smallint
// for the second, which is enough for what freeport gives.
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
		for _, port := range []*int{&each.GRPC, &each.Membership} {
			if *port, err = freeport.Find("127.0.0.1"); err != nil {
				return s, err
			}
		}
	}
	return s, nil
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
