package acceptance_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/internal/testkit"
)

// postfix is a real mail server, in folders of its own and on ports of its own.
// It has a maildir for all of pN-...@people.example, refuses whoever else is said
// to be there, takes mail for elsewhere.example and hears only later, at its
// second port, that nobody is there. Its reports to bounces.example go to an
// intake.
type postfix struct {
	// Dir holds everything.
	Dir string
	// Port takes mail; Elsewhere refuses it.
	Port, Elsewhere string
	// Intake is the address, host:port, of the mail server of bounces.example.
	Intake, IntakePort string
	// UID and GID own the mailboxes.
	UID, GID string
}

func startPostfix(tb testing.TB) *postfix {
	tb.Helper()
	require.Zero(tb, os.Geteuid(), "postfix starts as root alone")
	p := &postfix{Intake: freeAddress(tb)}
	_, p.Port = splitAddress(tb, freeAddress(tb))
	_, p.Elsewhere = splitAddress(tb, freeAddress(tb))
	_, p.IntakePort = splitAddress(tb, p.Intake)
	p.furnish(tb)
	output, err := exec.CommandContext(tb.Context(), "/usr/sbin/postfix", "-c", p.path("etc"), "check").CombinedOutput()
	require.NoError(tb, err, string(output))
	run := filepath.Join(p.Dir, "run")
	require.NoError(tb, os.Mkdir(run, 0o755))
	program, err := testkit.Program{
		Path: "/usr/lib/postfix/sbin/master", Args: []string{"-c", p.path("etc"), "-s"}, Dir: run, Signal: "TERM",
	}.Start()
	require.NoError(tb, err)
	tb.Cleanup(func() { p.stop(tb, program) })
	require.NoError(tb, testkit.Await(program, func(ctx context.Context) error {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort("127.0.0.1", p.Port))
		if err != nil {
			return err
		}
		return conn.Close()
	}))
	return p
}

func (p *postfix) stop(tb testing.TB, program *testkit.Process) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := program.Stop(ctx)
	if tb.Failed() {
		log, readErr := os.ReadFile(p.path("log"))
		tb.Logf("the log of postfix (%v):\n%s", readErr, tail(string(log)))
	}
	require.NoError(tb, err)
}

// furnish makes the folders and the configuration.
func (p *postfix) furnish(tb testing.TB) {
	tb.Helper()
	owner, err := user.Lookup("postfix")
	require.NoError(tb, err)
	p.UID, p.GID = owner.Uid, owner.Gid
	uid, err := strconv.Atoi(owner.Uid)
	require.NoError(tb, err)
	// Not the test's own folder, which is for its own user alone.
	p.Dir, err = os.MkdirTemp("", "heraut-mta-") //nolint:usetesting // see above
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, os.RemoveAll(p.Dir)) })
	require.NoError(tb, os.Chmod(p.Dir, 0o755))
	for _, name := range []string{"etc", "queue", "data", "mail"} {
		require.NoError(tb, os.Mkdir(p.path(name), 0o755))
	}
	require.NoError(tb, os.Chown(p.path("data"), uid, -1))
	require.NoError(tb, os.Chown(p.path("mail"), uid, -1))
	for name, text := range map[string]string{"main.cf": mainCF, "master.cf": masterCF} {
		file, err := os.Create(filepath.Join(p.path("etc"), name))
		require.NoError(tb, err)
		require.NoError(tb, template.Must(template.New(name).Parse(text)).Execute(file, p))
		require.NoError(tb, file.Close())
	}
}

func (p *postfix) path(name string) string { return filepath.Join(p.Dir, name) }

// delivered counts the mails in the maildir by whom they are for, as postfix
// notes at the top of each.
func (p *postfix) delivered(tb testing.TB) map[string]int {
	tb.Helper()
	const field = "Delivered-To: "
	counts := map[string]int{}
	files, err := filepath.Glob(filepath.Join(p.path("mail"), "everyone", "new", "*"))
	require.NoError(tb, err)
	for _, path := range files {
		text, err := os.ReadFile(path)
		require.NoError(tb, err)
		for line := range strings.Lines(string(text)) {
			if address, ok := strings.CutPrefix(line, field); ok {
				counts[strings.TrimSpace(address)]++
				break
			}
		}
	}
	return counts
}

const mainCF = `compatibility_level = 3.6
queue_directory = {{.Dir}}/queue
data_directory = {{.Dir}}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = {{.Dir}}/log
maillog_file_prefixes = {{.Dir}}
mail_owner = postfix
setgid_group = postdrop
myhostname = postfix.test
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_peername_lookup = no
virtual_mailbox_domains = people.example
virtual_mailbox_base = {{.Dir}}/mail
virtual_mailbox_maps = regexp:{ {/^p[0-9][^@]*@people\.example$$/ everyone/} }
virtual_minimum_uid = 1
virtual_uid_maps = static:{{.UID}}
virtual_gid_maps = static:{{.GID}}
transport_maps = inline:{ {elsewhere.example=smtp:[127.0.0.1]:{{.Elsewhere}}}, {bounces.example=smtp:[127.0.0.1]:{{.IntakePort}}} }
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
`

const masterCF = `127.0.0.1:{{.Port}} inet n - n - - smtpd
127.0.0.1:{{.Elsewhere}} inet n - n - - smtpd
  -o myhostname=elsewhere.test -o smtpd_recipient_restrictions=reject
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`

func TestPostfix(t *testing.T) {
	t.Parallel()
	mta := startPostfix(t)
	s := serve(t, "--dns-server", names(t, "people.example"), "--mx-port", mta.Port)
	settings := s.relay()
	port, err := strconv.Atoi(mta.Port)
	require.NoError(t, err)
	settings.Relay = relayAt(port)
	settings.Bounces = bouncesAt(mta.Intake)
	s.setMail(settings)

	t.Run("relays", func(t *testing.T) { s.throughPostfix(t, mta) })
	t.Run("bounces", func(t *testing.T) { s.bouncedByPostfix(t, mta) })
	s.setMail(s.direct())
	t.Run("is reached directly", func(t *testing.T) { s.throughPostfix(t, mta) })
}

// throughPostfix invites people who are there and people who are not.
func (s *site) throughPostfix(t *testing.T, mta *postfix) {
	t.Helper()
	began := time.Now()
	everyone, group := s.people(20, all(byMail))
	s.local = "gone"
	gone, strangers := s.people(3, all(byMail))
	s.local = ""
	send, vain := s.invite(toGroup(group)), s.invite(toGroup(strangers))

	eventually(t, func() bool { return s.send(send.ID).Counts.Sent == len(everyone) }, "all is sent")
	eventually(t, func() bool {
		delivered := mta.delivered(t)
		return !slices.ContainsFunc(everyone, func(p person) bool { return delivered[p.email] != 1 })
	}, "all mails are in the maildir")
	s.settled(vain.ID)
	require.Equal(t, len(gone), s.send(vain.ID).Counts.Failed)
	for _, p := range gone {
		require.Contains(t, value(s.invitation(p.id).LastAnswer), "550 5.1.1")
		require.Contains(t, value(s.invitation(p.id).LastAnswer), "User unknown in virtual mailbox table")
	}
	s.check([]string{send.ID, vain.ID})
	t.Logf("done after %s", time.Since(began).Round(time.Millisecond))
}

// bouncedByPostfix invites people whom the relay takes for somebody's.
func (s *site) bouncedByPostfix(t *testing.T, mta *postfix) {
	t.Helper()
	s.domain = "elsewhere.example"
	everyone, group := s.people(3, all(byMail))
	s.domain = "people.example"
	send := s.invite(toGroup(group))

	s.settled(send.ID)
	require.Equal(t, len(everyone), s.send(send.ID).Counts.Failed)
	for _, p := range everyone {
		failed := s.invitation(p.id)
		require.NotNil(t, value(failed.SentAt), "the relay took it")
		require.Contains(t, value(failed.LastAnswer), "5.7.1")
		require.Contains(t, value(failed.LastAnswer), "Access denied")
		require.Zero(t, mta.delivered(t)[p.email])
	}
	s.check([]string{send.ID})
}
