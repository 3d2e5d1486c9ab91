package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/google/uuid"
	"github.com/oapi-codegen/nullable"
	"github.com/spf13/cobra"

	"heraut/api/client"
	"heraut/internal/config"
)

// binding is one `heraut directory add`.
type binding struct {
	host, kind, security, caFile, bindDN, passwordFile, baseDN string
	peopleBase, peopleFilter, groupsBase, groupsFilter         string
	port, every                                                int32
	read, asJSON                                               bool
}

func newDirectoryAdd() *cobra.Command {
	var b binding
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: "Bind a directory",
		Long: "Binds a directory. The password is read from a file, or from standard input with --password-file -; it is kept sealed. " +
			"Nobody is taken over yet: look at it with `heraut directory test` and `preview`; the first `sync` that succeeds has it read by itself from then on.",
		Example: "  heraut directory add School --host ldap.school.example --bind-dn cn=heraut,dc=school,dc=example \\\n" +
			"    --password-file ./password --base-dn dc=school,dc=example --ca-file ./ca.pem",
		Args: oneArgument("the directory"),
		RunE: func(cmd *cobra.Command, args []string) error {
			body, err := b.body(cmd, args[0])
			if err != nil {
				return err
			}
			api, err := dial(cmd)
			if err != nil {
				return err
			}
			return b.add(cmd, api, body)
		},
	}
	f := cmd.Flags()
	f.StringVar(&b.host, "host", "", "`NAME` of the server")
	f.Int32Var(&b.port, "port", 0, "`PORT` of the server; 636, or 389 with starttls, unless told otherwise")
	f.StringVar(&b.kind, "kind", "auto", "auto, active_directory, openldap or open_directory")
	f.StringVar(&b.security, "security", "ldaps", "ldaps or starttls")
	f.StringVar(&b.caFile, "ca-file", "", "PEM `FILE` with the authority that signed the server's certificate")
	f.StringVar(&b.bindDN, "bind-dn", "", "`DN` of the account that reads; for Active Directory name@domain too")
	f.StringVar(&b.passwordFile, "password-file", "", "`FILE` with the account's password; - for standard input")
	f.StringVar(&b.baseDN, "base-dn", "", "`DN` below which people and groups are")
	f.StringVar(&b.peopleBase, "people-base", "", "`DN` below which people are, where it is another")
	f.StringVar(&b.peopleFilter, "people-filter", "", "LDAP `FILTER` that people must match besides")
	f.StringVar(&b.groupsBase, "groups-base", "", "`DN` below which groups are, where it is another")
	f.StringVar(&b.groupsFilter, "groups-filter", "", "LDAP `FILTER` that groups must match besides")
	f.Int32Var(&b.every, "every", 60, "how often it is read, in `MINUTES`")
	f.BoolVar(&b.read, "read", false, "have it read at once and by itself, before anybody has looked")
	f.BoolVar(&b.asJSON, "json", false, "print the API's JSON")
	config.Bind(cmd, "directory")
	complete(cmd, "kind", client.DirectoryAuto, client.DirectoryActiveDirectory, client.DirectoryOpenLDAP, client.DirectoryOpenDirectory)
	complete(cmd, "security", client.DirectoryLDAPS, client.DirectoryStartTLS)
	return cmd
}

func (b *binding) body(cmd *cobra.Command, name string) (client.DirectoryCreate, error) {
	for flag, text := range map[string]string{"host": b.host, "bind-dn": b.bindDN, "base-dn": b.baseDN, "password-file": b.passwordFile} {
		if text == "" {
			return client.DirectoryCreate{}, usagef("give --%s", flag)
		}
	}
	password, err := b.password(cmd.InOrStdin())
	if err != nil {
		return client.DirectoryCreate{}, err
	}
	body := client.DirectoryCreate{
		Name: name, Host: b.host, Kind: new(client.DirectoryKind(b.kind)), Security: new(client.DirectorySecurity(b.security)),
		BindDn: b.bindDN, BaseDn: b.baseDN, Password: &password, SyncEvery: new(60 * b.every), Paused: new(!b.read),
		People: search(b.peopleBase, b.peopleFilter), Groups: search(b.groupsBase, b.groupsFilter),
	}
	if b.port != 0 {
		body.Port = &b.port
	}
	if b.caFile != "" {
		ca, err := os.ReadFile(b.caFile)
		if err != nil {
			return body, usagef("--ca-file: %w", err)
		}
		body.Ca = nullable.NewNullableWithValue(string(ca))
	}
	return body, nil
}

// password reads the one line of a file. An empty one would bind as nobody.
func (b *binding) password(stdin io.Reader) (string, error) {
	read := func() ([]byte, error) { return os.ReadFile(b.passwordFile) }
	if b.passwordFile == "-" {
		read = func() ([]byte, error) { return io.ReadAll(stdin) }
	}
	text, err := read()
	if err != nil {
		return "", usagef("--password-file: %w", err)
	}
	password := strings.TrimRight(string(text), "\r\n")
	if password == "" {
		return "", usagef("--password-file: it is empty; a directory would let anybody in with that, as nobody")
	}
	return password, nil
}

func search(base, filter string) *client.DirectorySearch {
	s := &client.DirectorySearch{}
	if base != "" {
		s.BaseDn = nullable.NewNullableWithValue(base)
	}
	if filter != "" {
		s.Filter = nullable.NewNullableWithValue(filter)
	}
	return s
}

func (b *binding) add(cmd *cobra.Command, api *server, body client.DirectoryCreate) error {
	params := client.CreateDirectoryParams{IdempotencyKey: new(uuid.NewString())}
	got, err := ask(api, http.StatusCreated, func() (*client.CreateDirectoryResponse, error) {
		return api.CreateDirectoryWithResponse(cmd.Context(), &params, body)
	})
	switch {
	case err != nil:
		return err
	case b.asJSON:
		return printRaw(cmd.OutOrStdout(), got.Body)
	}
	next := "Look at it, then read it; from then on it is read by itself"
	if b.read {
		next = "It is read within minutes, and by itself from then on"
	}
	name := quoted(body.Name)
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "Directory %s is bound. %s:\n  heraut directory test %s\n  heraut directory preview %s\n  heraut directory sync %s\n",
		clean(body.Name), next, name, name, name)
	return err
}
