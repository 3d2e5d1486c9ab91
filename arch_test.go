// Package heraut_test holds what must be true of the house as a whole: who
// may import whom, how long things may grow, and the files around the code.
package heraut_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// module is the path of our module.
const module = "heraut"

// domain are the rooms that know only the subject: the standard library and
// each other, as the rows of below say.
var domain = []string{"content", "fault", "invitation", "people", "settings"}

// plumbing are the rooms below internal that every room but the domain and
// the simulator may use. They know the domain, and no other room.
var plumbing = []string{
	"internal/codec", "internal/config", "internal/freeport", "internal/qrcode", "internal/secrets", "internal/telemetry", "internal/throttle",
}

// below lists, for each room, the rooms of ours that it may import; domain
// and plumbing are added where leaf is false. docs/architecture.md has the
// picture. A new room needs a row here.
var below = map[string]struct {
	rooms []string
	leaf  bool
}{
	"content":    {leaf: true, rooms: []string{"fault"}},
	"fault":      {leaf: true},
	"invitation": {leaf: true, rooms: []string{"fault"}},
	"people":     {leaf: true, rooms: []string{"fault"}},
	"settings":   {leaf: true, rooms: []string{"fault", "invitation"}},

	"activities": {},
	"appsbooks":  {},
	"directory":  {},
	"mail":       {},
	"mdm":        {},
	"push":       {},
	"store":      {},

	"workflows": {rooms: []string{"activities"}},
	"worker":    {rooms: []string{"activities", "workflows"}},
	"office":    {},
	"tasks":     {leaf: true, rooms: []string{"content", "fault", "invitation", "people"}},
	"api":       {rooms: []string{"office", "tasks", "workflows"}},
	"console":   {rooms: []string{"office", "tasks", "workflows"}},
	"portal":    {rooms: []string{"workflows"}},
	"scim":      {},
	"engine":    {},
	"simulator": {leaf: true, rooms: []string{"internal/freeport"}},

	"internal/codec":     {},
	"internal/config":    {},
	"internal/freeport":  {leaf: true},
	"internal/qrcode":    {},
	"internal/secrets":   {},
	"internal/telemetry": {},
	"internal/throttle":  {},
}

// unbound are the rooms that may import every other: the commands, which put
// the parts together, what measures the whole, and what only tests import.
var unbound = []string{"", "cmd", "internal/bench", "internal/testkit"}

func TestImportsPointDown(t *testing.T) {
	for _, file := range sources(t) {
		if file.test || slices.Contains(unbound, file.room) {
			continue
		}
		rule, known := below[file.room]
		if !assert.True(t, known, "%s: room %q has no row in arch_test.go", file.path, file.room) {
			continue
		}
		for _, path := range file.imports() {
			room, ours := strings.CutPrefix(path, module+"/")
			if !ours {
				continue
			}
			room = roomOf(room)
			allowed := room == file.room || slices.Contains(rule.rooms, room) ||
				!rule.leaf && (slices.Contains(domain, room) || slices.Contains(plumbing, room))
			assert.True(t, allowed, "%s: %s may not import %s", file.path, file.room, path)
		}
	}
}

func TestDomainNeedsStandardLibraryOnly(t *testing.T) {
	for _, file := range sources(t) {
		if file.test || !slices.Contains(domain, file.room) {
			continue
		}
		for _, path := range file.imports() {
			first, _, _ := strings.Cut(path, "/")
			assert.NotContains(t, first, ".", "%s imports %s", file.path, path)
		}
	}
}

// confined are packages that only some files may import, by the start of
// their path; tests may always.
var confined = []struct {
	pkg    string
	within []string
	why    string
}{
	{module + "/engine", []string{"engine", "cmd/heraut/serve"}, "the server is big; lean builds leave it out"},
	{module + "/internal/testkit", nil, "it is for tests"},
	{module + "/store/storetest", nil, "it is for tests"},
	{"testing", nil, "it is for tests"},
	{"go.temporal.io/server", []string{"engine"}, "the engine hides the server"},
	{"github.com/temporalio/ui-server", []string{"engine"}, "the engine hides the UI"},
	{
		"go.temporal.io/sdk",
		[]string{"activities", "cmd", "engine", "internal/bench", "internal/codec", "internal/telemetry", "worker", "workflows"},
		"whoever stores, sends or answers must not depend on Temporal",
	},
	{"github.com/jmoiron/sqlx", []string{"store"}, "SQL has one home"},
	{"github.com/wneessen/go-mail", []string{"mail"}, "the mail room hides the library"},
	{"github.com/sideshow/apns2", []string{"push"}, "the push room hides the library"},
	{"github.com/micromdm/nanomdm", []string{"mdm", "store/mdmstore"}, "the mdm room hides the library; the store has its shape"},
	{"github.com/smallstep/scep", []string{"mdm", "simulator/device"}, "the mdm room hides the library"},
	{"github.com/chromedp", []string{"internal/testkit/browsertest"}, "browsers are for tests"},
	{"github.com/nicksnyder/go-i18n", []string{"console/page"}, "words have one home"},
	{"github.com/BurntSushi/toml", []string{"console/page"}, "words have one home"},
	{"rsc.io/qr", []string{"internal/qrcode"}, "one package hides the library"},
	{"github.com/alexedwards/scs", []string{"console/signin"}, "signing in has one home"},
	{"github.com/coreos/go-oidc", []string{"console/signin"}, "signing in has one home"},
	{"golang.org/x/oauth2", []string{"console/signin"}, "signing in has one home"},
	{"golang.org/x/crypto/argon2", []string{"internal/secrets"}, "passphrases have one home, where the work on them is bounded"},
	{"github.com/go-ldap/ldap", []string{"directory/ldap"}, "the directory room hides the library"},
}

func TestConfinedPackages(t *testing.T) {
	for _, file := range sources(t) {
		if file.test {
			continue
		}
		for _, path := range file.imports() {
			for _, rule := range confined {
				if !within(path, rule.pkg) {
					continue
				}
				allowed := slices.ContainsFunc(rule.within, func(prefix string) bool {
					return strings.HasPrefix(file.path, prefix)
				})
				assert.True(t, allowed, "%s may not import %s: %s", file.path, path, rule.why)
			}
		}
	}
}
