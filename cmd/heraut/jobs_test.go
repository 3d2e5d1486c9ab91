package main

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heraut/api/client"
	"heraut/people"
)

// decode reads what a command printed with --json.
func decode[T any](t *testing.T, out string) T {
	t.Helper()
	var got T
	require.NoError(t, json.Unmarshal([]byte(out), &got), out)
	return got
}

func TestPlanShowsWhatWouldLeave(t *testing.T) {
	s := filled(t)
	out := done(t, s.args("plan --group 4A --skipped")...)
	assert.Regexp(t, `plan for +\S.*4A`, out)
	assert.Regexp(t, `invitations +2 to 2 users\n`, out)
	assert.Regexp(t, `by channel +mdm 0, alert 0, mail 2\n`, out)
	assert.Regexp(t, `messages +2 will leave\n`, out)
	assert.Regexp(t, `skipped +1 no_device \(no device\)\n`, out)
	assert.Regexp(t, `Cato Visser +no_device\n`, out)
	assert.Regexp(t, `heraut send [0-9a-f-]{36} --digest \S+ --data \S+ --server \S+\n`, out)

	plan := decode[client.Plan](t, done(t, s.args("plan --user anna@example.org --json")...))
	assert.Equal(t, 1, plan.Invitations)
	assert.Equal(t, client.AudienceNotEnrolled, plan.Audience)
}

func TestPlanWords(t *testing.T) {
	s := filled(t)
	tests := []struct {
		line string
		code int
		says string
	}{
		{"plan --group 9Z", exitFailed, `there is no group "9Z"`},
		{"plan --user nobody@example.org", exitFailed, `there is no user "nobody@example.org"`},
		{"plan --user 00000000-0000-4000-8000-000000000000", exitFailed, "(not_found)"},
		{"plan", exitUsage, "name either --group or --user"},
		{"plan --group 4A --user anna", exitUsage, "name either --group or --user"},
		{"plan --group 4A --device x", exitUsage, "--device goes with --user"},
		{"plan --group 4A --audience all", exitUsage, "--audience is not_enrolled or not_invited"},
		{"plan --group 4A --channel pigeon", exitUsage, "--channel is auto, push, mail or both"},
	}
	for _, test := range tests {
		r := cli(t, s.args(test.line)...)
		assert.Equal(t, test.code, r.code, test.line)
		assert.Contains(t, r.errs, test.says, test.line)
	}
}

func TestSendByDigest(t *testing.T) {
	s := filled(t)
	line := regexp.MustCompile(`send [0-9a-f-]{36} --digest \S+`).FindString(done(t, s.args("plan --group 4A")...))
	assert.Contains(t, done(t, s.args(line)...), "is on its way")
	assert.Contains(t, done(t, s.args(line)...), "was sent before")
	sends := done(t, s.args("sends")...)
	assert.Regexp(t, `running .* Nederlands 4A\n`, sends)
}

func TestSendThatIsStaleSaysSo(t *testing.T) {
	s := filled(t)
	line := regexp.MustCompile(`send [0-9a-f-]{36} --digest \S+`).FindString(done(t, s.args("plan --group 4A")...))
	users, err := s.store.ListUsers(t.Context(), people.UserFilter{Query: "anna"}, people.Cursor{}, 10)
	require.NoError(t, err)
	require.Len(t, users.Items, 1)
	require.NoError(t, s.store.DeleteUser(t.Context(), people.System("test"), users.Items[0].ID, nil))
	r := cli(t, s.args(line)...)
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.errs, "(0 more, 1 fewer): plan again")
}

func TestSendAsks(t *testing.T) {
	s := filled(t)
	r := cli(t, s.args("send --group 4A")...)
	assert.Equal(t, exitUsage, r.code)
	assert.Contains(t, r.errs, "nobody is there to ask")
	assert.NotContains(t, done(t, s.args("sends")...), "running", "nothing left")

	sent := decode[client.Send](t, done(t, s.args("send --group 4A --yes --json")...))
	assert.Equal(t, 2, sent.Counts.Queued)
	r = cli(t, s.args("send --user cato --yes")...)
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.errs, "the plan invites nobody")
	assert.Contains(t, r.errs, "no_device")
}

func TestSendUsage(t *testing.T) {
	s := filled(t)
	const id = "6f1c2f0e-58f4-4c7a-9d2c-0b6f3d1f6a55"
	for line, says := range map[string]string{
		"send x --digest y":            "is no id of a plan",
		"send " + id + " --group 4A":   "give a plan's id, or --group",
		"send --digest y":              "--digest goes with the id",
		"send --yes":                   "name either --group or --user",
		"send --group 4A --channel no": "--channel is auto",
		"sends pause x":                "is no id of a send",
		"tasks --watch --completed":    "--watch goes with active tasks",
		"tasks --limit 0":              "--limit is at least 1",
		"tasks --send nonsense":        "is no id of a send: `heraut sends` shows them",
		"tasks --device iPad":          "is no id of a device",
		"import roster x --force":      "--force goes with --remove-missing",
	} {
		r := cli(t, s.args(line)...)
		assert.Equal(t, exitUsage, r.code, line)
		assert.Contains(t, r.errs, says, line)
	}
}

func TestTasks(t *testing.T) {
	s := filled(t)
	assert.Equal(t, 1, strings.Count(done(t, s.args("tasks")...), "\n"), "a heading alone")
	sent := decode[client.Send](t, done(t, s.args("send --user anna --yes --json")...))
	for _, line := range []string{"tasks", "tasks --send " + sent.ID, "tasks --user anna", "tasks --group 4A"} {
		out := done(t, s.args(line)...)
		assert.Contains(t, out, "Anna de Vries", line)
		assert.Contains(t, out, "iPad van Anna", line)
	}
	list := decode[client.TaskList](t, done(t, s.args("tasks --json")...))
	require.Len(t, list.Items, 1)
	assert.NotContains(t, done(t, s.args("tasks --completed")...), "Anna")
	done(t, s.args("sends cancel "+sent.ID)...)
	assert.Contains(t, done(t, s.args("tasks --completed")...), "cancelled")
	assert.Contains(t, done(t, s.args("tasks --send "+sent.ID+" --watch")...), "cancelled: queued 0, sent 0")
	r := cli(t, s.args("sends cancel "+sent.ID)...)
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.errs, "(send_settled)")
}

func TestSendsArePausedAndResumed(t *testing.T) {
	s := filled(t)
	sent := decode[client.Send](t, done(t, s.args("send --group 4A --yes --json")...))
	for deed, state := range map[string]string{"pause": "paused", "resume": "running"} {
		got := decode[client.Send](t, done(t, s.args("sends "+deed+" "+sent.ID+" --json")...))
		assert.Equal(t, state, string(got.State))
	}
}

func TestPreflight(t *testing.T) {
	s := newOffice(t)
	r := cli(t, s.args("preflight")...)
	assert.Equal(t, exitFailed, r.code, "no mail route is set")
	assert.Contains(t, r.out, "FAILED")
	assert.Contains(t, r.out, "ok")
	r = cli(t, s.args("preflight --json")...)
	assert.Equal(t, exitFailed, r.code)
	assert.NotEmpty(t, decode[client.Preflight](t, r.out).Checks)
}
